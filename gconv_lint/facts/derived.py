"""The derived facts of convolutions: what follows from their arguments and from the names around them."""

from __future__ import annotations

import math
from typing import Any

from gconv_lint.facts import kleene
from gconv_lint.facts.attributes import CONVS, conv_count
from gconv_lint.facts.kleene import UNKNOWN
from gconv_lint.facts.registry import fact
from gconv_lint.model.dims import Sym
from gconv_lint.model.layers import Layer

#: How many divisors on each side of the refused group count a message lists.
_NEIGHBOURS = 3


def _over_groups(layer: Layer, channels: str) -> Any:
    return kleene.quotient(conv_count(layer, channels), conv_count(layer, "groups"))


@fact(*CONVS, type="int")
def group_width(layer: Layer) -> Any:
    """in_channels // groups: channels that each output reads"""
    return _over_groups(layer, "in_channels")


@fact(*CONVS, type="int")
def out_group_width(layer: Layer) -> Any:
    """out_channels // groups: outputs that share the same channels"""
    return _over_groups(layer, "out_channels")


@fact(*CONVS, type="int")
def channel_multiplier(layer: Layer) -> Any:
    """out_channels // in_channels"""
    return kleene.quotient(conv_count(layer, "out_channels"), conv_count(layer, "in_channels"))


@fact(*CONVS, type="bool")
def dense(layer: Layer) -> Any:
    """whether groups is 1"""
    return kleene.equal(conv_count(layer, "groups"), 1)


@fact(*CONVS, type="bool")
def depthwise(layer: Layer) -> Any:
    """whether groups equals in_channels, more than one, and out_channels is a multiple of them"""
    groups, channels = conv_count(layer, "groups"), conv_count(layer, "in_channels")
    multiple = kleene.equal(kleene.remainder(conv_count(layer, "out_channels"), channels), 0)
    several = True if isinstance(channels, Sym) else kleene.negation(kleene.equal(channels, 1))
    return kleene.all_of((kleene.equal(groups, channels), several, multiple))


@fact(*CONVS, type="bool")
def capable(layer: Layer) -> Any:
    """whether there are several groups of several channels each"""
    groups, width = conv_count(layer, "groups"), _over_groups(layer, "in_channels")
    return kleene.all_of((kleene.less(1, groups), kleene.less(1, width)))


@fact(*CONVS, type="bool")
def known_single_channel(layer: Layer) -> Any:
    """whether the program fixes in_channels at 1, so that dense and depthwise are the same"""
    return layer.conv is not None and type(layer.conv.in_channels) is int and layer.conv.in_channels == 1


def _all_one(value: Any) -> Any:
    if isinstance(value, (tuple, list)):
        return kleene.all_of(kleene.equal(size, 1) for size in value)
    return UNKNOWN if value is None else kleene.equal(value, 1)


@fact(*CONVS, type="bool")
def pointwise(layer: Layer) -> Any:
    """whether every kernel size is 1"""
    if layer.conv is None:
        return UNKNOWN
    shape = layer.conv.weight_shape
    return _all_one(layer.conv.kernel_size) if shape is None else _all_one(shape[2:])


@fact(*CONVS, type="bool")
def along_depth(layer: Layer) -> Any:
    """whether a three-dimensional kernel is 1 long along some axes only, so that "depth" may name an axis"""
    if layer.conv is None:
        return UNKNOWN
    if layer.conv.rank != 3 or isinstance(layer.conv.kernel_size, int):
        return False
    if not isinstance(layer.conv.kernel_size, (tuple, list)):
        return UNKNOWN
    return kleene.negation(kleene.all_of(kleene.negation(kleene.equal(n, 1)) for n in layer.conv.kernel_size))


@fact(*CONVS, type="bool")
def unit_stride(layer: Layer) -> Any:
    """whether every stride is 1"""
    return UNKNOWN if layer.conv is None else _all_one(layer.conv.stride)


@fact(*CONVS, type="bool")
def dilated(layer: Layer) -> Any:
    """whether any dilation is not 1"""
    return UNKNOWN if layer.conv is None else kleene.negation(_all_one(layer.conv.dilation))


@fact(*CONVS, type="bool")
def groups_power_of_two(layer: Layer) -> Any:
    """whether groups is a power of two"""
    groups = conv_count(layer, "groups")
    return groups & (groups - 1) == 0 if isinstance(groups, int) else UNKNOWN


def _weight_dim(layer: Layer, axis: int) -> Any:
    shape = None if layer.conv is None else layer.conv.weight_shape
    return UNKNOWN if shape is None or len(shape) <= axis else kleene.known(shape[axis])


@fact("functional_conv", type="int")
def weight_dim0(layer: Layer) -> Any:
    """size of the weight's first dimension: out_channels, or in_channels where transposed"""
    return _weight_dim(layer, 0)


@fact("functional_conv", type="int")
def weight_dim1(layer: Layer) -> Any:
    """size of the weight's second dimension: in_channels / groups, or out_channels / groups where transposed"""
    return _weight_dim(layer, 1)


@fact(*CONVS, type="str")
def groups_excess(layer: Layer) -> Any:
    """the channels that groups is larger than, as the end of a sentence; empty where there are none"""
    groups = conv_count(layer, "groups")
    few = [name for name in ("in_channels", "out_channels") if kleene.less(conv_count(layer, name), groups) is True]
    return f": groups is larger than {' and '.join(few)}" if few else ""


@fact(*CONVS, type="str")
def group_choices(layer: Layer) -> Any:
    """the group counts near groups that divide the channels, as a sentence"""
    groups = conv_count(layer, "groups")
    names = [name for name in ("in_channels", "out_channels") if isinstance(conv_count(layer, name), int)]
    if not names or not isinstance(groups, int):
        return "groups has to divide both in_channels and out_channels"
    counts = [conv_count(layer, name) for name in names]
    said = " and ".join(f"{name}={value}" for name, value in zip(names, counts, strict=True))
    divisors = ", ".join(map(str, _near(groups, math.gcd(*counts))))
    return f"groups that divide {said}, nearest to {groups}: {divisors}"


def _near(groups: int, number: int) -> list[int]:
    """The divisors of ``number`` around ``groups``, in order."""
    below, above = divisors_beside(groups, number)
    return below[-_NEIGHBOURS:] + above[:_NEIGHBOURS]


def divisors_beside(groups: int, number: int) -> tuple[list[int], list[int]]:
    """The divisors of ``number`` below and above ``groups``, in order."""
    small = [d for d in range(1, math.isqrt(number) + 1) if number % d == 0]
    divisors = sorted({*small, *(number // d for d in small)})
    return [d for d in divisors if d < groups], [d for d in divisors if d > groups]


def _beside(layer: Layer) -> list[int]:
    """The group counts next to groups, below and above, that divide both channel counts."""
    counts = [conv_count(layer, name) for name in ("in_channels", "out_channels", "groups")]
    if not all(type(each) is int for each in counts):
        return []
    below, above = divisors_beside(counts[2], math.gcd(*counts[:2]))
    return below[-1:] + above[:1]


@fact(*CONVS, type="int")
def nearest_groups(layer: Layer) -> Any:
    """the group count nearest to groups that divides both channel counts, the smaller of two"""
    groups, beside = conv_count(layer, "groups"), _beside(layer)
    return min(beside, key=lambda each: abs(each - groups)) if beside else UNKNOWN


@fact(*CONVS, type="str")
def nearest_choices(layer: Layer) -> Any:
    """the group counts next to groups that divide both channel counts, with the weights that each costs"""
    from gconv_lint.costs import at_one_position  # few runs have a number to choose

    beside = _beside(layer)
    costs = [] if layer.conv is None else [at_one_position(layer.conv, each) for each in beside]
    known = [cost for cost in costs if cost is not None]
    if not beside or len(known) < len(beside):
        return " and ".join(f"groups={each}" for each in beside) or UNKNOWN
    counts = [f"groups={each} with {cost.macs:,}" for each, cost in zip(beside, known, strict=True)]
    return " and ".join([f"{counts[0]} weights and MACs per output position", *counts[1:]])


def _nearest_divisor(layer: Layer, count: str, of: str) -> Any:
    given, number = layer.attrs.get(count), layer.attrs.get(of)
    if type(given) is not int or type(number) is not int or number < 1:
        return UNKNOWN
    below, above = divisors_beside(given, number)
    return min(below[-1:] + above[:1], key=lambda each: abs(each - given), default=UNKNOWN)


@fact("group_norm", type="int")
def nearest_num_groups(layer: Layer) -> Any:
    """the divisor of num_channels nearest to num_groups"""
    return _nearest_divisor(layer, "num_groups", "num_channels")
