"""What a fix costs: a convolution before and after it, by the formulas that price whole models."""

from __future__ import annotations

import re
from typing import Any

from gconv_lint.costs import at_one_position
from gconv_lint.model.findings import Finding
from gconv_lint.model.fixes import Plan, Price, Priced
from gconv_lint.model.layers import ConvAttrs

_RANK = re.compile(r"([123])d$")


def price(finding: Finding, plan: Plan) -> Price | None:
    """The flagged convolution before and after a fix that changes its groups; ``None`` where that is not known."""
    conv, groups = _conv(finding, plan), _groups_after(plan)
    if conv is None or groups is None:
        return None
    after = _priced(conv, conv.in_channels if groups == "in_channels" else int(groups))
    return Price(before=_priced(conv, conv.groups), after=after) if after is not None else None


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
    """The convolution with so many groups, at one position; ``None`` where torch would refuse it."""
    found = at_one_position(conv, groups)
    return None if found is None else Priced(groups, conv.in_channels // groups, found.params, found.macs)
