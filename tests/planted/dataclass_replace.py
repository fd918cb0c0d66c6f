"""A changed copy of a dataclass."""

import dataclasses

from torch import nn


@dataclasses.dataclass
class Spec:
    width: int = 64
    groups: int = 8


def conv(spec):
    mixed = nn.Conv2d(spec.width, spec.width, 3, groups=spec.groups)  # expect: GC002, GC003
    return nn.Sequential(mixed, nn.Conv2d(spec.width, spec.width, 1))


def build():
    base = Spec()
    return conv(dataclasses.replace(base, width=100))


build()
