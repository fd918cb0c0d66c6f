"""A property gives one of two weights of the same shape."""

import torch
import torch.nn.functional as F
from torch import nn


class Noisy(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_parameter("mean", nn.Parameter(torch.randn(10, 3, 3)))

    @property
    def weight(self):
        if not self.training:
            return self.mean
        return self.mean + torch.randn_like(self.mean) * 0.1

    def forward(self, x):
        return F.conv1d(x, self.weight, None, 1, 1, 1, 4)  # expect: GC006
