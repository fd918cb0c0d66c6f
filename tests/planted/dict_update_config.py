"""A class that updates its own table of attributes."""

from torch import nn


class Config:
    def __init__(self, **kwargs):
        self.__dict__.update(kwargs)


class Net(nn.Module):
    def __init__(self, cfg):
        super().__init__()
        self.conv = nn.Conv2d(cfg.width, cfg.width, 3, groups=cfg.groups)  # expect: GC002, GC003
        self.mix = nn.Conv2d(cfg.width, cfg.width, 1)


def build():
    return Net(Config(width=42, groups=4))


build()
