"""A changed copy works its other fields out anew."""

import dataclasses
from dataclasses import dataclass, field
from torch import nn


@dataclass
class Cfg:
    width: int = 32
    groups: int = field(init=False)

    def __post_init__(self):
        self.groups = self.width // 8


def build():
    cfg = dataclasses.replace(Cfg(), width=40)
    return nn.Sequential(nn.Conv2d(cfg.width, cfg.width, 3, groups=cfg.groups), nn.Conv2d(cfg.width, 8, 1))


build()
