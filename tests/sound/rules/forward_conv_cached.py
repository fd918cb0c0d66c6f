import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.cache = {}

    def forward(self, x):
        conv = self.cache.get(x.shape[1])
        if conv is None:
            conv = self.cache[x.shape[1]] = nn.Conv2d(x.shape[1], 8, 1)
        return conv(x)


Net()(torch.zeros(1, 4, 2, 2))
