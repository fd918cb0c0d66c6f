"""The numbers that tensors hold: as their types round them, and where torch may round either way, within bounds."""

from __future__ import annotations

import math
import operator
import struct
from collections.abc import Callable, Sequence
from math import prod
from typing import Any

_BITS = {"int8": 8, "int16": 16, "int32": 32, "int64": 64}
_PACKED = {"float16": "e", "float32": "f", "float64": "d"}
#: What the functions of different libraries and processors differ by, as a part of the number.
_SLACK = {"float16": 2e-3, "float32": 1e-6, "float64": 1e-14}
#: Bits of whole numbers that powers are made of.
MAX_EXPONENT = 64


class Near(float):
    """A number that lies between two, which processors round differently; it is never zero."""

    __slots__ = ("high", "low")

    low: float
    high: float


def near(low: float, high: float, slack: float = 0.0) -> float | None:
    """A number between two, give or take a part of it; ``None`` where it may be zero or is too large."""
    wide = max(abs(low), abs(high)) * slack
    low, high = low - wide, high + wide
    if low <= 0 <= high or not math.isfinite(low) or not math.isfinite(high):
        return low if low == high == 0 else None
    if low == high:
        return low
    made = Near((low + high) / 2)
    made.low, made.high = low, high
    return made


def bounds(number: float) -> tuple[float, float]:
    """The least and the greatest that a number may be."""
    return (number.low, number.high) if type(number) is Near else (number, number)


def held(dtype: str, number: Any) -> Any:
    """A number as a tensor of that type holds it, ``None`` where that is not known."""
    if dtype == "bool":
        return bool(number)
    if type(number) is Near:
        return near(number.low, number.high, _SLACK[dtype]) if dtype in _PACKED else None
    if dtype in _PACKED:
        return _rounded(_PACKED[dtype], number)
    if dtype != "uint8" and dtype not in _BITS:
        return None
    if isinstance(number, float) and not math.isfinite(number):
        return None
    whole = int(number)
    return whole if _wrapped(dtype, whole) == whole else None


def _rounded(code: str, number: Any) -> float | None:
    try:
        return float(struct.unpack(code, struct.pack(code, number))[0])
    except (OverflowError, struct.error):
        return None


def _wrapped(dtype: str, whole: int) -> int:
    """A whole number without the bits that there is no room for."""
    if dtype == "uint8":
        return whole & 255
    bits = _BITS[dtype]
    return ((whole + (1 << bits - 1)) & ((1 << bits) - 1)) - (1 << bits - 1)


_EXACT: dict[str, Callable[[Any, Any], Any]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "floor_divide": operator.floordiv,
    "remainder": operator.mod,
    "pow": operator.pow,
    "maximum": max,
    "minimum": min,
}
_MONOTONE = {"add": operator.add, "sub": operator.sub, "mul": operator.mul, "div": operator.truediv}


def computed(name: str, dtype: str, a: Any, b: Any) -> Any:
    """``a <name> b`` in a type, by ATen's name; ``None`` where that is not known."""
    a, b = held(dtype, a), held(dtype, b)
    if a is None or b is None:
        return None
    try:
        return _of_floats(name, dtype, a, b) if dtype in _PACKED else _of_whole(name, dtype, a, b)
    except (ArithmeticError, TypeError, ValueError):
        return None


def _of_whole(name: str, dtype: str, a: int, b: int) -> Any:
    compute = _EXACT.get(name)
    if compute is None or (name == "pow" and not 0 <= b <= MAX_EXPONENT):
        return None
    made = compute(a, b)
    return bool(made) if dtype == "bool" else _wrapped(dtype, made)


def _of_floats(name: str, dtype: str, a: float, b: float) -> float | None:
    if name == "pow":
        return near(*_ends(math.pow, a, b), _SLACK[dtype]) if bounds(a)[0] > 0 else None
    compute = _MONOTONE.get(name)
    if compute is None:
        return None
    if type(a) is Near or type(b) is Near:
        if name == "div" and bounds(b)[0] <= 0 <= bounds(b)[1]:
            return None
        return near(*_ends(compute, a, b), _SLACK[dtype])
    return held(dtype, compute(a, b))  # type: ignore[no-any-return]


def _ends(compute: Callable[[float, float], float], a: float, b: float) -> tuple[float, float]:
    rows = [compute(x, y) for x in bounds(a) for y in bounds(b)]
    return min(rows), max(rows)


_STEPS: dict[str, Callable[[float], float]] = {
    **{name: getattr(math, name) for name in ("floor", "ceil", "trunc")},
    "round": round,
}
_SMOOTH: dict[str, Callable[[float], float]] = {
    name: getattr(math, name) for name in ("log", "log2", "log10", "log1p", "exp", "sqrt", "expm1")
}


def applied(name: str, dtype: str, number: Any) -> Any:
    """A function of one number, by ATen's name; ``None`` where that is not known."""
    if number is None:
        return None
    try:
        low, high = bounds(number)
        if name in _STEPS:
            step = _STEPS[name]
            return held(dtype, step(low)) if step(low) == step(high) else None
        if name == "neg":
            return held(dtype, -number) if type(number) is not Near else near(-high, -low)
        if name == "abs" and low > 0:
            return number
        if name in _SMOOTH and dtype in _PACKED:
            return near(_SMOOTH[name](low), _SMOOTH[name](high), _SLACK[dtype])
    except (ArithmeticError, ValueError, TypeError):
        return None
    return held(dtype, abs(number)) if name == "abs" and type(number) is not Near else None


def decided(compute: Callable[[Any, Any], bool], a: Any, b: Any) -> bool | None:
    """Whether a comparison of numbers holds, ``None`` where they are too near to each other."""
    answers = {compute(x, y) for x in bounds(a) for y in bounds(b)}
    inexact = type(a) is Near or type(b) is Near
    if inexact and (bounds(a)[0] <= bounds(b)[1] and bounds(b)[0] <= bounds(a)[1]):
        return None
    return answers.pop() if len(answers) == 1 else None


#: Python's operators by the names of ATen's.
_OPERATORS = {"truediv": "div"}


def operated(name: str, a: float, b: float) -> Any:
    """``a <name> b`` of Python's for numbers of which one is near; ``None`` where that is not known."""
    if name in ("eq", "ne", "lt", "le", "gt", "ge"):
        return decided(getattr(operator, name), a, b)
    return computed(_OPERATORS.get(name, name), "float64", a, b)


def spread(values: Sequence[Any], shape: Sequence[int], to: Sequence[int]) -> list[Any]:
    """The values of a tensor in the order of the positions of a shape that it is broadcast to."""
    if tuple(shape) == tuple(to):
        return list(values)
    places, step = [0], 1
    sizes = [1] * (len(to) - len(shape)) + list(shape)
    for size, wanted in zip(reversed(sizes), reversed(to)):
        rows = range(wanted) if size == wanted else [0] * wanted
        places = [step * row + place for row in rows for place in places]
        step *= size
    return [values[place] for place in places] if prod(to) else []
