"""A typed named tuple with defaults that a loop unpacks."""

from typing import NamedTuple

from torch import nn


class Row(NamedTuple):
    width: int
    groups: int = 4
    kernel: int = 3


ROWS = [Row(32), Row(48, kernel=5), Row(52)]


def build():
    layers, channels = [], 3
    for width, groups, kernel in ROWS:
        layers.append(nn.Conv2d(channels, width, 1))
        layers.append(nn.Conv2d(width, width, kernel, groups=groups))
        channels = width
    return nn.Sequential(*layers)


build()
