"""Weights of which one is taken, viewed and permuted: the shape is that of both, or nobody knows it."""

import torch
import torch.nn.functional as F
from torch import nn


class Either(nn.Module):
    def __init__(self, fold=True):
        super().__init__()
        self.inner = nn.Conv2d(8, 8, 1)
        self.small = nn.Parameter(torch.randn(8, 2, 3, 3))
        self.large = nn.Parameter(torch.randn(8, 8, 3, 3))
        self.table = nn.ParameterDict({"kernel": nn.Parameter(torch.randn(2, 8, 3, 3))})
        self.fold = fold

    @property
    def weight(self):
        return self.small * 2 if self.training else self.small

    def grouped(self, x):
        weight, groups = (self.small, 4) if self.fold else (self.large, 1)
        return F.conv2d(x, weight, padding=1, groups=groups)

    def forward(self, x):
        x = F.conv2d(self.inner(x), self.weight, padding=1, groups=4)
        x = F.conv2d(x, self.table["kernel"].permute(1, 0, 2, 3), padding=1, groups=4)
        x = F.conv2d(x, self.table["kernel"].view(8, -1, 3, 3), padding=1, groups=4)
        if self.training:
            x = x.view(x.size(0), 4, 2, *x.shape[2:]).transpose(1, 2).reshape(x.shape)
        return self.grouped(x)


Either()(torch.rand(2, 8, 9, 9))
Either(False).eval()(torch.rand(2, 8, 9, 9))
