import torch
import torch.nn.functional as F
from torch import nn


class _Hand(nn.Module):
    def __init__(self, c, groups):
        super().__init__()
        self.groups = groups
        self.weight = nn.Parameter(torch.randn(c, c // groups, 3, 3))

    def forward(self, x):
        return F.conv2d(x, self.weight, groups=self.groups)


def hand(c, groups):
    if c % groups:
        raise ValueError("no")
    return _Hand(c, groups)


hand(4, 2)
