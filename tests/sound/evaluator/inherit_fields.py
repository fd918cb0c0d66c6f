"""Fields are inherited, and attributes of a class that is no data class change no default."""

from dataclasses import dataclass, field
from torch import nn


@dataclass
class Base:
    width: int = 32
    groups: int = field(default=4)


@dataclass
class Wide(Base):
    width: int = 64
    depth: int = 1


class Plain(Wide):
    groups = 7


def build(cfg):
    return nn.Sequential(nn.Conv2d(cfg.width, cfg.width, 3, groups=cfg.groups), nn.Conv2d(cfg.width, 8, 1))


build(Wide())
build(Plain())
