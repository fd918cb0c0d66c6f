"""A variable of a script holds at each place what was stored last."""

from torch import nn
for groups in (4, 8):
    nn.Conv2d(8, 8, 3, groups=groups)
groups = 2
nn.Conv2d(4, 4, 1, groups=groups)
width = 4
nn.Conv2d(8, 8, 3, groups=width)
width = 3
for width in (5, 8):
    pass
nn.Conv2d(8, 8, 3, groups=width)
from string import digits as several

several += "11"
several = len(several)
nn.Conv2d(24, 24, 3, groups=several)
