"""A block that is copied for every stage."""

import copy

from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        block = nn.Conv2d(32, 32, 3, padding=1, groups=8)  # expect: GC008
        self.first = nn.Sequential(nn.Conv2d(3, 48, 1), copy.deepcopy(block), nn.Conv2d(32, 8, 1))

    def forward(self, x):
        return self.first(x)


net = Net()
