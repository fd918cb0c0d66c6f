"""A weight that is made flat and viewed."""

import torch
import torch.nn.functional as F
from torch import nn


class Flat(nn.Module):
    def __init__(self):
        super().__init__()
        self.flat = nn.Parameter(torch.randn(24 * 4 * 9))

    def forward(self, x):
        kernel = self.flat.view(24, -1, 3, 3)
        return F.conv2d(x, kernel, padding=1, groups=5)  # expect: GC006
