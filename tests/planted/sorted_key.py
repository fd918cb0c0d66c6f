"""Stages sorted by a key."""

from torch import nn

STAGES = {"c": (64, 12), "a": (16, 4), "b": (32, 8)}


def build():
    layers, c = [], 3
    for _, (width, groups) in sorted(STAGES.items(), key=lambda item: item[0]):
        layers += [nn.Conv2d(c, width, 1), nn.Conv2d(width, width, 3, groups=groups)]  # expect: GC002, GC003
        c = width
    return nn.Sequential(*layers)


build()
