"""The first that fits, or a default; an iterator goes on where it was left."""

from torch import nn


def pick(width, options=(7, 5, 4)):
    return next((g for g in options if width % g == 0), 1)


def stateful():
    it = iter([3, 4])
    next(it)
    return next(it)


net = nn.Sequential(
    nn.Conv2d(32, 32, 3, groups=pick(32) + 0), nn.Conv2d(32, 32, 1), nn.Conv2d(32, 32, 3, groups=stateful())
)
