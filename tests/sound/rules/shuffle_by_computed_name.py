import torch
from torch import nn


def channel_shuffle(x, g):
    b, c, h, w = x.shape
    return x.view(b, g, c // g, h, w).transpose(1, 2).reshape(b, c, h, w)


def op(kind):
    return globals()["channel_" + kind]


class N(nn.Module):
    def __init__(self):
        super().__init__()
        self.c = nn.Conv2d(8, 8, 1, groups=2)

    def forward(self, x):
        return op("shuffle")(self.c(x), 2)


N()(torch.zeros(1, 8, 2, 2))
