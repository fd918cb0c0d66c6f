"""Python's built-in functions that make numbers, and those of ``math``, over values that may be unknown."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.source import operators
from gconv_lint.frontends.source.builtin_reflection import evaluated
from gconv_lint.frontends.source.frames import Frame
from gconv_lint.frontends.source.values import (
    UNKNOWN_STAR,
    Raised,
    Value,
)
from gconv_lint.model.dims import FloorZero, Sym, opaque

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator


NUMBER = (int, float)


MAX_DIGITS = 20


def _known(ev: Evaluator, name: str, compute: Callable[..., Value], args: list[Value]) -> Value:
    """``compute(*args)`` for numbers, an expression for symbols, unknown otherwise."""
    if all(isinstance(a, NUMBER) for a in args):
        try:
            return compute(*args)
        except (ValueError, OverflowError, ZeroDivisionError, TypeError, AttributeError):
            raise Raised("ValueError") from None
    if all(isinstance(a, (*NUMBER, Sym)) for a in args):
        return opaque(f"{name}({', '.join(str(a) for a in args)})")
    return ev.heap.fresh(name)


def math_function(ev: Evaluator, name: str, args: list[Value]) -> Value:
    """``math.name(*args)``."""
    compute = getattr(math, name, None)
    if (
        compute is None
        or not callable(compute)
        or (name in ("factorial", "comb", "perm", "pow", "exp") and _large(args))
    ):
        return ev.heap.fresh(name)
    return _known(ev, f"math.{name}", compute, args)


def numpy_function(ev: Evaluator, name: str, args: list[Value]) -> Value:
    """``numpy.name(*args)``: rounds to floats, and warns where ``math`` raises."""
    try:
        value = math_function(ev, name, args)
    except Raised:
        return ev.heap.fresh(name)
    return float(value) if name in ("floor", "ceil", "trunc") and isinstance(value, NUMBER) else value


def _large(args: list[Value]) -> bool:
    return any(isinstance(a, NUMBER) and abs(a) > 64 for a in args)


def _extreme(name: str, pick: Callable[[list[Any]], Any]) -> Callable[..., Value]:
    def run(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
        items = ev.iterate(args[0]) if len(args) == 1 else args
        if items is None or UNKNOWN_STAR in items or "key" in kwargs:
            return ev.heap.fresh(name)
        if not items:
            if "default" in kwargs:
                return kwargs["default"]
            raise Raised("ValueError")
        if all(isinstance(i, NUMBER) for i in items) or all(isinstance(i, str) for i in items):
            return pick(list(items))
        if all(isinstance(i, (*NUMBER, Sym)) for i in items):
            distinct = sorted({str(i): i for i in items}.items())
            return distinct[0][1] if len(distinct) == 1 else opaque(f"{name}({', '.join(t for t, _ in distinct)})")
        return ev.heap.fresh(name)

    return evaluated(run)


_min = _extreme("min", min)


_max = _extreme("max", max)


@evaluated
def _int(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    if len(args) != 1 or kwargs:
        return 0 if not args and not kwargs else ev.heap.fresh("int")
    value = args[0]
    if isinstance(value, str):
        if len(value) >= MAX_DIGITS:
            return ev.heap.fresh("int")
        try:
            return int(value)
        except ValueError:
            raise Raised("ValueError") from None
    if isinstance(value, float) and 0 < value < 1:
        return FloorZero(0)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float) and not math.isfinite(value):
        raise Raised("OverflowError" if math.isinf(value) else "ValueError")
    return _known(ev, "int", lambda v: int(v), args)


@evaluated
def _float(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    return float(args[0]) if len(args) == 1 and isinstance(args[0], NUMBER) else ev.heap.fresh("float")


@evaluated
def _round(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    if kwargs:
        return ev.heap.fresh("round")
    if len(args) == 1 and isinstance(args[0], float) and 0 < args[0] <= 0.5:
        return FloorZero(0)
    return _known(ev, "round", round, args)


@evaluated
def _abs(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    return _known(ev, "abs", abs, args)


@evaluated
def _divmod(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    return (
        tuple(operators.binary(ev.heap, s, args[0], args[1]) for s in ("//", "%"))
        if len(args) == 2
        else ev.heap.fresh("divmod")
    )


@evaluated
def _pow(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    return operators.binary(ev.heap, "**", *args) if len(args) == 2 and not kwargs else ev.heap.fresh("pow")


@evaluated
def _bool(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    answer = ev.truth(args[0]) if args else False
    return ev.heap.fresh("bool") if answer is None else answer
