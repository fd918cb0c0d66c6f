"""Functions of NumPy, on numbers and on arrays that are kept as tensors with values."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

from gconv_lint.frontends.whole import torch_creation, torch_sizes
from gconv_lint.frontends.whole.functions import first_unknown
from gconv_lint.frontends.whole.tensors import Tensor
from gconv_lint.frontends.whole.torch_numbers import Near, applied
from gconv_lint.frontends.whole.values import Unknown, Value

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter


def _each(name: str) -> Callable[..., Value]:
    """A function of one array, number by number."""

    def run(interp: Interpreter, x: Value, *rest: Value, **options: Value) -> Value:
        if rest or options:
            return interp.unknown("a function of arrays with options is not followed")
        if isinstance(x, (list, tuple)):
            x = torch_creation.tensor(interp, x, "float64")
        if not isinstance(x, Tensor):
            made = applied(name, "float64", x)
            return made if made is not None else interp.unknown("a number is rounded in more than one way")
        values = [applied(name, "float64", v) for v in x.values or [None]]
        return Tensor(x.shape, "float64", None if None in values else values)

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
    if not isinstance(values, (list, tuple)) or any(type(v) is Near for v in values):
        return interp.unknown("the values of an array are not known")
    counts = Counter(values)
    rows = sorted(counts)
    return (rows, [counts[r] for r in rows]) if return_counts else rows


def _random_whole(interp: Interpreter, low: Value, high: Value = None, size: Value = None, **options: Value) -> Value:
    """Whole numbers that nobody knows; of no size it is one."""
    shape = () if size is None else torch_sizes.sizes_of(interp, [size])
    return Tensor(shape, "int64")


def _prod(interp: Interpreter, x: Value) -> Value:
    values = x.values if isinstance(x, Tensor) else interp.items(x)
    return math.prod(values) if values is not None else interp.unknown("the values of an array are not known")


def _wide(make: Callable[..., Value]) -> Callable[..., Value]:
    """Numbers with a fraction have 64 bits where nobody says otherwise."""

    def run(interp: Interpreter, *args: Value, dtype: Value = None, **options: Value) -> Value:
        name = {"int": "int64", "float": "float64"}.get(getattr(dtype, "name", ""), dtype)
        made = make(interp, *args, **options, **({} if name is None else {"dtype": name}))
        if name is None and isinstance(made, Tensor) and made.dtype == "float32":
            return make(interp, *args, **options, dtype="float64")
        return made

    return run


_MADE: dict[str, Callable[..., Value]] = {
    **{name: torch_creation.FUNCTIONS[name] for name in ("zeros", "ones", "empty")},
    "arange": torch_creation.arange,
    "array": torch_creation.tensor,
    "linspace": torch_creation.linspace,
}
FUNCTIONS: dict[str, Callable[..., Value]] = {
    **{name: _each(name) for name in ("ceil", "floor", "sqrt", "log", "log2", "exp", "round", "abs", "sin", "cos")},
    "power": _known(_power),
    "unique": _known(_unique),
    "random.randint": _known(_random_whole),
    "prod": _known(_prod),
    **{name: _known(_wide(run)) for name, run in _MADE.items()},
}
