"""What a fix costs: a convolution before and after it, by the formulas that price whole models."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from gconv_lint.costs import at_one_position
from gconv_lint.costs.times import estimate_us
from gconv_lint.fixes import regraph
from gconv_lint.model.devices import Device
from gconv_lint.model.findings import Finding
from gconv_lint.model.fixes import Plan, Price, Priced
from gconv_lint.model.graph import LayerGraph
from gconv_lint.model.layers import ConvAttrs
from gconv_lint.model.shapes import ConvShape

_RANK = re.compile(r"([123])d$")


def price(finding: Finding, plan: Plan, graphs: Sequence[LayerGraph], inserts: str = "") -> Price | None:
    """The flagged convolution before and after a fix; ``None`` where the fix has none, or its numbers are not known.

    What is inserted, a ``shuffle`` or a ``dense`` convolution, is counted in.
    """
    if inserts:
        return _inserted(finding, plan, graphs, inserts)
    conv, groups = _conv(finding, plan), _groups_after(plan)
    if conv is None or groups is None:
        return None
    number = conv.in_channels if groups == "in_channels" else int(groups)
    before, after = _priced(conv, conv.groups), _priced(conv, number)
    if after is None:
        return None
    found = regraph.conv_of(graphs, finding)
    if found is not None:
        after = after._replace(receptive_field=regraph.seen(*regraph.with_groups(*found, number), finding))
        before = before._replace(receptive_field=regraph.seen(*found, finding)) if before is not None else None
    return Price(before=before, after=after)


def _inserted(finding: Finding, plan: Plan, graphs: Sequence[LayerGraph], inserts: str) -> Price | None:
    """The convolution with a layer in front of it, or fewer groups, by the graph that runs it."""
    found = regraph.conv_of(graphs, finding)
    groups = finding.facts.get("groups")
    conv = found[1].conv if found is not None else None
    before = _priced(conv, conv.groups) if conv is not None and type(conv.groups) is int else None
    if found is None or conv is None or before is None or type(groups) is not int:
        return None
    after, changed = before, found
    if "fewer" in inserts:
        number = int(plan.recipe.arguments["fewer"])
        after, changed = _priced(conv, number) or before, regraph.with_groups(*found, number)
    if "shuffle" in inserts:
        changed = regraph.with_shuffle(*changed, groups)
    if "dense" in inserts:
        more, changed = conv.in_channels**2, regraph.with_dense(*found)
        after = before._replace(weights=before.weights + more, macs_per_position=before.macs_per_position + more)
    return Price(
        before=before._replace(receptive_field=regraph.seen(*found, finding)),
        after=after._replace(receptive_field=regraph.seen(*changed, finding)),
    )


def timed(price: Price, shape: ConvShape, device: Device) -> Price:
    """The price with estimated times, in fp16, of the convolution, which ran with this shape.

    Where something is put beside the convolution, its own time says nothing.
    """
    if (
        price.before is not None
        and price.before.groups == price.after.groups
        and price.before.weights != price.after.weights
    ):
        return price

    def with_time(priced: Priced) -> Priced:
        other = shape.with_groups(priced.groups)
        return priced._replace(estimated_us=estimate_us(other, device, "fp16", "nchw") if other is not None else None)

    before = with_time(price.before) if price.before is not None else None
    return Price(before, with_time(price.after), device.name)


def _groups_after(plan: Plan) -> str | None:
    """The groups that the fix gives: a number, or ``in_channels``."""
    action, words = plan.recipe.action, plan.recipe.arguments
    if words.get("argument") != "groups":
        return None
    if action == "remove-argument":
        return "1"
    if action != "set-argument":
        return None
    return words["value"] if words["value"].isdecimal() else words.get("means")


def _conv(finding: Finding, plan: Plan) -> ConvAttrs | None:
    """The convolution as the finding's facts tell of it, if they tell its numbers."""
    facts, found = finding.facts, _RANK.search(plan.function)
    numbers = [facts.get(name) for name in ("in_channels", "out_channels", "groups")]
    kernel = _sizes(facts.get("kernel_size"), int(found[1]) if found else 0)
    if kernel is None or not all(type(number) is int and number > 0 for number in numbers):
        return None
    inside, outside, groups = numbers
    return ConvAttrs(
        rank=len(kernel),
        in_channels=inside,
        out_channels=outside,
        kernel_size=kernel,
        groups=groups,
        bias=False,
        transposed=facts.get("transposed") is True,
    )


def _sizes(kernel: Any, rank: int) -> tuple[int, ...] | None:
    if type(kernel) is int and rank:
        return (kernel,) * rank
    known = isinstance(kernel, (tuple, list)) and kernel and all(type(size) is int for size in kernel)
    return tuple(kernel) if known else None


def _priced(conv: ConvAttrs, groups: int) -> Priced | None:
    """The convolution with so many groups, at one position; ``None`` where torch would refuse it.

    By itself an output depends on the channels of its group.
    """
    found = at_one_position(conv, groups)
    if found is None:
        return None
    width = conv.in_channels // groups
    return Priced(groups, width, found.params, found.macs, width)
