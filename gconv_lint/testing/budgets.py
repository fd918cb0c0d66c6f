"""Asserts that a model keeps to the numbers that its users allow it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gconv_lint import costs, model_settings
from gconv_lint.model.summary import Row, Totals
from gconv_lint.model.targets import Target
from gconv_lint.testing.runs import observed, require_model
from gconv_lint.testing.wording import listed

if TYPE_CHECKING:
    from gconv_lint.frontends.fx.live import Model

#: So many of the most expensive layers are named.
_MOST = 3


def assert_budget(model: Model, *inputs: Any, params: int | str | None = None, macs: int | str | None = None) -> None:
    """Assert that ``model`` has at most ``params`` parameters and one run takes at most ``macs`` multiply-accumulates.

    Budgets are numbers or texts such as ``"25M"``; parameters that layers share count once, biases and norms cost no
    multiply-accumulates. ``inputs`` are tensors or shapes, whose batch size counts; parameters alone need none.

    Raises ``AssertionError`` with the most expensive layers; ``SettingError`` for a text that is no number,
    ``ValueError`` where there is no budget; what the model raises when it is run.
    """
    __tracebackhide__ = True
    if params is None and macs is None:
        raise ValueError("no budget is given; allowed are params, macs or both")
    require_model(model)
    target = Target(type(model).__name__, max_params=_number(params), max_macs=_number(macs))
    rows, totals = _table(model, inputs, macs is not None)
    exceeded = list(costs.exceeded(target, totals, ("params", "macs")))
    if exceeded:
        by_macs = target.max_macs is not None and totals.macs > target.max_macs
        raise AssertionError(listed("\n".join(exceeded), _largest(rows, by_macs)))


def _table(model: Model, inputs: tuple[Any, ...], run: bool) -> tuple[tuple[Row, ...], Totals]:
    """The rows and totals of a model; parameters can be counted without a run."""
    needed = observed(model, inputs) if run or inputs else None
    from gconv_lint.frontends.fx.judged import graph_of
    from gconv_lint.frontends.fx.owners import owners

    if needed is None:
        return costs.table((), owners(model))
    return costs.table(graph_of(needed).layers, owners(needed.model))


def _number(budget: int | str | None) -> int | None:
    return model_settings.parse_count(budget) if isinstance(budget, str) else budget


def _largest(rows: tuple[Row, ...], by_macs: bool) -> list[str]:
    """The rows that cost most."""

    def size(row: Row) -> int:
        return (row.macs or 0) if by_macs else row.params

    what = "multiply-accumulates" if by_macs else "parameters"
    largest = sorted(rows, key=size, reverse=True)[:_MOST]
    return [f"`{row.name}` ({row.kind}) has {size(row):,} {what}" for row in largest if size(row)]
