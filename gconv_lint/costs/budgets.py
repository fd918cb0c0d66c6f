"""Whether a model keeps to the numbers that its users allow it."""

from __future__ import annotations

from collections.abc import Iterator

from gconv_lint.model.summary import Totals
from gconv_lint.model.targets import Target


def exceeded(target: Target, totals: Totals) -> Iterator[str]:
    """A sentence for each budget that the totals exceed."""
    budgets = (
        (totals.params, target.max_params, "parameters", "max-params"),
        (totals.macs, target.max_macs, "multiply-accumulates", "max-macs"),
    )
    for found, allowed, what, name in budgets:
        if allowed is not None and found > allowed:
            yield f"{target.name} has {found:,} {what}, more than the {allowed:,} that {name} allows"
