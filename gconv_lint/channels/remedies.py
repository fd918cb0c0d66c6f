"""What would join the groups of a chain of grouped convolutions: a shuffle, a dense convolution, fewer groups."""

from __future__ import annotations

from collections.abc import Sequence
from math import gcd, prod
from typing import NamedTuple

from gconv_lint.channels.wiring import Numbers, Wiring
from gconv_lint.costs import at_one_position
from gconv_lint.model.layers import Layer


class Remedy(NamedTuple):
    """Whether a shuffle in front of the second convolution joins all ``groups`` of the first.

    Where none does, ``fewer`` is the largest number of groups of the second one that sees them all behind a shuffle by
    ``groups``, which may be ``shuffled`` in already; 0 where it is not known.
    """

    groups: int
    shuffle_joins: bool
    second: str = ""
    fewer: int = 0
    shuffled: bool = False
    #: weights of the second convolution as it is and with ``fewer`` groups, where its kernel is known
    weights: tuple[int, ...] = ()

    def __str__(self) -> str:
        groups, dense = self.groups, "a dense 1x1 convolution"
        if self.shuffle_joins:
            return f"a channel shuffle with {groups} groups in front of this layer, or {dense}, {_JOINS}"
        also = f", and so does groups={self.fewer} in `{self.second}`{self._behind}{self._price}" if self.fewer else ""
        return f"{dense} {_JOINS}{also}; a channel shuffle cannot join all {groups} in so few layers"

    @property
    def _behind(self) -> str:
        return "" if self.shuffled or self.fewer == 1 else f" behind a channel shuffle with {self.groups} groups"

    @property
    def _price(self) -> str:
        return " ({1:,} weights in place of {0:,})".format(*self.weights) if self.weights else ""


_JOINS = "lets the groups see each other"


def remedy_of(wiring: Wiring, layers: Sequence[Layer], numbers: Sequence[Numbers]) -> Remedy:
    """What would join the groups of a chain of convolutions with these numbers."""
    groups = numbers[0].groups
    if min(groups, prod(n.width for n in numbers[1:])) >= groups:
        return Remedy(groups, shuffle_joins=True)
    shuffles = _shuffles(wiring, layers[0], layers[1])
    if shuffles not in ([], [groups]):
        return Remedy(groups, shuffle_joins=False)
    fewer = _fewer(groups, numbers[1])
    weights = _weights(layers[1], numbers[1].groups, fewer)
    return Remedy(groups, False, wiring.label(layers[1]), fewer, bool(shuffles), weights)


def _shuffles(wiring: Wiring, first: Layer, second: Layer) -> list[object] | None:
    """The groups of the shuffles between two convolutions; ``None`` where other things stand there, too."""
    between = list(wiring.straight(second.inputs[0]))
    if between.pop() is not first:
        return None
    return [layer.attrs.get("groups") for layer in between if layer.kind == "shuffle"]


def _fewer(groups: int, second: Numbers) -> int:
    """The most groups that divide a convolution and hold a channel of each group that a shuffle puts in front of it."""
    most = min(second.groups - 1, second.in_channels // groups)
    common = gcd(second.in_channels, second.out_channels)
    return max((number for number in range(1, most + 1) if common % number == 0), default=0)


def _weights(layer: Layer, *counts: int) -> tuple[int, ...]:
    costs = [at_one_position(layer.conv, groups) for groups in counts] if layer.conv is not None else []
    return tuple(cost.params for cost in costs if cost is not None) if None not in costs else ()
