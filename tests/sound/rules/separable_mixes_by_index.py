import torch
from torch import nn


class SeparableShuffled(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.c = c
        self.dw = nn.Conv2d(c, c, 3, groups=c)

    def forward(self, x):
        y = self.dw(x)
        return y + y[:, list(range(self.c))[::-1]]


SeparableShuffled(4)(torch.zeros(1, 4, 8, 8))
