"""The group counts that a filter leaves."""

from torch import nn

WIDTH = 48


def divisors(n):
    return list(filter(lambda g: n % g == 0, range(2, n)))


def build():
    groups = divisors(WIDTH)[-1]
    return nn.Sequential(nn.Conv2d(WIDTH, WIDTH, 3, groups=groups), nn.Conv2d(WIDTH, WIDTH, 1))


build()
