"""A transposed convolution in a method, with its weight in a ParameterDict."""

import torch
from torch import nn
from torch.nn import functional as F


class Up(nn.Module):
    def __init__(self):
        super().__init__()
        self.squeeze = nn.Conv2d(48, 48, 1)
        self.table = nn.ParameterDict({"kernel": nn.Parameter(torch.randn(96, 8, 2, 2))})

    def enlarge(self, x):
        return F.conv_transpose2d(x, self.table["kernel"], stride=2, groups=6)  # expect: GC006

    def forward(self, x):
        return self.enlarge(self.squeeze(x))
