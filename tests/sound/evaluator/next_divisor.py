"""The first group count that fits."""

from torch import nn


def pick(width, wanted):
    return next(g for g in range(wanted, 0, -1) if width % g == 0)


net = nn.Sequential(nn.Conv2d(60, 60, 3, groups=pick(60, 16)), nn.Conv2d(60, 60, 1))
