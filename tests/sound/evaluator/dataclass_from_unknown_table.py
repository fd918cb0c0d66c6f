"""What two stars bring may take the place of the defaults of a dataclass."""

from dataclasses import dataclass, field

from torch import nn


@dataclass
class Settings:
    width: int = 30
    groups: int = 4
    depth: int = field(default=1, kw_only=True)


def build(table):
    settings = Settings(**table)
    return nn.Sequential(
        nn.Conv2d(settings.width, settings.width, 3, groups=settings.groups),
        nn.Conv2d(settings.width, 32 * settings.depth, 1),
        nn.Conv2d(32 * settings.depth, 64, 3, groups=64 // settings.depth),
    )


def build_row(row):
    settings = Settings(*row)
    return nn.Conv2d(settings.width, settings.width, 3, groups=settings.groups)


build({"width": 32, "depth": 2})
build_row([32, 8])
