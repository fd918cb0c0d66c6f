"""A shallow copy shares what it holds."""

import copy
from torch import nn


class Cfg:
    def __init__(self):
        self.widths = [30]


def build():
    a = Cfg()
    b = copy.copy(a)
    b.widths[0] = 32
    return nn.Sequential(nn.Conv2d(a.widths[0], 8, 3, groups=4), nn.Conv2d(8, 8, 1))


build()
