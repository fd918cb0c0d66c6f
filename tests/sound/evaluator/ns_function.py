"""A function changes the namespace that it gets."""

from argparse import Namespace
from torch import nn


def override(a):
    a.width = 32


def build():
    a = Namespace(width=30)
    override(a)
    return nn.Sequential(nn.Conv2d(a.width, 8, 3, groups=4), nn.Conv2d(8, 8, 1))


build()
