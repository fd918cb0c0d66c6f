"""A dataclass that becomes keywords."""

from dataclasses import asdict, dataclass

from torch import nn


@dataclass
class ConvCfg:
    in_channels: int
    out_channels: int
    kernel_size: int = 3
    groups: int = 1


def build():
    cfg = ConvCfg(32, 64, groups=12)
    return nn.Sequential(nn.Conv2d(**asdict(cfg)), nn.Conv2d(64, 64, 1))  # expect: GC002, GC003


build()
