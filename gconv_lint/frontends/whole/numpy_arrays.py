"""Functions of NumPy, on numbers and on arrays that are kept as tensors with values."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.whole import torch_creation
from gconv_lint.frontends.whole.functions import first_unknown
from gconv_lint.frontends.whole.tensors import Tensor
from gconv_lint.frontends.whole.values import Unknown, Value

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter


def _each(compute: Callable[[Any], Any]) -> Callable[..., Value]:
    """A function of one array, number by number."""

    def run(interp: Interpreter, x: Value, *rest: Value, **options: Value) -> Value:
        if rest or options:
            return interp.unknown("a function of arrays with options is not followed")
        if isinstance(x, (list, tuple)):
            x = torch_creation.tensor(interp, x, "float64")
        if not isinstance(x, Tensor):
            return compute(x)
        if x.values is None:
            return interp.unknown("the values of an array are not known")
        return Tensor(x.shape, "float64", [compute(v) for v in x.values])

    return _known(run)


def _known(run: Callable[..., Value]) -> Callable[..., Value]:
    def checked(interp: Interpreter, *args: Value, **kwargs: Value) -> Value:
        unknown: Unknown | None = first_unknown(args) or first_unknown(kwargs.values())
        return unknown if unknown is not None else run(interp, *args, **kwargs)

    return checked


def _power(interp: Interpreter, x: Value, y: Value) -> Value:
    return interp.operators.binary("pow", x, y)


def _unique(interp: Interpreter, x: Value, return_counts: Value = False) -> Value:
    values = x.values if isinstance(x, Tensor) else x
    if not isinstance(values, (list, tuple)):
        return interp.unknown("the values of an array are not known")
    counts = Counter(values)
    rows = sorted(counts)
    return (rows, [counts[r] for r in rows]) if return_counts else rows


def _prod(interp: Interpreter, x: Value) -> Value:
    values = x.values if isinstance(x, Tensor) else interp.items(x)
    return math.prod(values) if values is not None else interp.unknown("the values of an array are not known")


FUNCTIONS: dict[str, Callable[..., Value]] = {
    **{name: _each(getattr(math, name)) for name in ("ceil", "floor", "sqrt", "log", "log2", "exp", "cos", "sin")},
    "round": _each(round),
    "abs": _each(abs),
    "power": _known(_power),
    "unique": _known(_unique),
    "prod": _known(_prod),
    "arange": _known(torch_creation.arange),
    "array": _known(torch_creation.tensor),
    "linspace": _known(torch_creation.linspace),
}
