from torch import nn


def make():
    m = nn.Sequential(nn.Conv2d(64, 64, 1, groups=2), nn.Identity(), nn.Conv2d(64, 64, 1, groups=2))
    m.add_module("1", nn.Conv2d(64, 64, 1))
    return m


make()
