import torch
import torch.nn.functional as F
from torch import nn


class Hand(nn.Module):
    def __init__(self, c, groups):
        super().__init__()
        groups = max(d for d in range(1, groups + 1) if c // d * d == c)
        self.groups = groups
        self.weight = nn.Parameter(torch.randn(c, c // groups, 3, 3))

    def forward(self, x):
        return F.conv2d(x, self.weight, groups=self.groups)


Hand(4, 3)
