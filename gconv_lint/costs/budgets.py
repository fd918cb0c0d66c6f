"""Whether a model keeps to the numbers that its users allow it."""

from __future__ import annotations

from collections.abc import Iterator

from gconv_lint.model.summary import Totals
from gconv_lint.model.targets import Target


def exceeded(target: Target, totals: Totals, names: tuple[str, str] = ("max-params", "max-macs")) -> Iterator[str]:
    """A sentence for each budget that the totals exceed; ``names`` are those that users know the budgets by."""
    budgets = (
        (totals.params, target.max_params, "parameters", names[0]),
        (totals.macs, target.max_macs, "multiply-accumulates", names[1]),
    )
    for found, allowed, what, name in budgets:
        if allowed is not None and found > allowed:
            yield f"{target.name} has {found:,} {what}, more than the {allowed:,} that {name} allows"
