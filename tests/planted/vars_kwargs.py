"""A namespace that becomes keywords."""

from argparse import Namespace

from torch import nn


class Net(nn.Module):
    def __init__(self, width=32, groups=4):
        super().__init__()
        self.conv = nn.Conv2d(width, width, 3, groups=groups)  # expect: GC002, GC003
        self.mix = nn.Conv2d(width, width, 1)


def build():
    args = Namespace(width=48, groups=9)
    return Net(**vars(args))


build()
