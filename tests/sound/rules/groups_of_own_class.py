import torch.nn.functional as F
from torch import nn


class MyLayer(nn.Module):
    def __init__(self):
        super().__init__()
        self.groups = 1

    def forward(self, x):
        return F.channel_shuffle(x, self.groups)


layer = MyLayer()
layer.groups = 2
