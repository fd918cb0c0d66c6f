"""Which shapes are timed beside a layer: its dense twin, and other groups that a fix could give it."""

from __future__ import annotations

from math import gcd
from typing import NamedTuple

from gconv_lint.facts.derived import divisors_beside
from gconv_lint.model.places import Place
from gconv_lint.model.shapes import ConvShape

#: How many smaller numbers of groups are tried.
NEIGHBOURS = 2


class Case(NamedTuple):
    """A layer to be timed: the rules that flag it, the groups that a fix gives it, and the model's parameters."""

    layer: str
    place: Place | None
    codes: tuple[str, ...]
    shape: ConvShape
    wanted: int | None = None
    model_params: int = 0


def alternatives(shape: ConvShape, wanted: int | None = None) -> dict[int, ConvShape]:
    """Shapes by groups: 1, the ``wanted`` number or else the nearest smaller ones; not the layer's own."""
    below, _ = divisors_beside(shape.groups, gcd(shape.in_channels, shape.out_channels))
    numbers = {1, *([wanted] if wanted is not None else below[-NEIGHBOURS:])} - {shape.groups}
    found = {groups: shape.with_groups(groups) for groups in sorted(numbers)}
    return {groups: each for groups, each in found.items() if each is not None}
