"""Python's operators over values that may be known only as expressions."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable
from typing import Any

from gconv_lint.frontends.source.heap import Heap
from gconv_lint.frontends.source.values import (
    DictValue,
    Instance,
    ListValue,
    Raised,
    Value,
)
from gconv_lint.model.dims import FloorZero, Sym, add, exact_quotient, multiply, opaque

_WIDE = re.compile(r"\d{4}")
MAX_BITS = 512
MAX_TEXT = 10_000
MAX_ITEMS = 20_000

SYMBOLS: dict[type[ast.AST], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**",
    ast.LShift: "<<", ast.RShift: ">>", ast.BitOr: "|", ast.BitAnd: "&", ast.BitXor: "^", ast.MatMult: "@",
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
    ast.Is: "is", ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in",
}  # fmt: skip
NATIVE: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "//": operator.floordiv,
    "%": operator.mod, "**": operator.pow, "<<": operator.lshift, ">>": operator.rshift, "|": operator.or_,
    "&": operator.and_, "^": operator.xor, "==": operator.eq, "!=": operator.ne, "<": operator.lt,
    "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
NUMBERS = (int, float, Sym)


def binary(heap: Heap, symbol: str, a: Value, b: Value) -> Value:
    """``a symbol b``; raises ``Raised`` where Python would for known operands, unknown when it cannot know."""
    if isinstance(a, NUMBERS) and isinstance(b, NUMBERS):
        if isinstance(a, Sym) or isinstance(b, Sym):
            return _symbolic(heap, symbol, a, b)
        return _numeric(heap, symbol, a, b)
    if isinstance(a, (ListValue, DictValue)) or isinstance(b, (ListValue, DictValue)):
        return _containers(heap, symbol, a, b)
    if isinstance(a, (str, bytes, tuple)) or isinstance(b, (str, bytes, tuple)):
        return _sequences(heap, symbol, a, b)
    return heap.fresh(f"{symbol}")


def _numeric(heap: Heap, symbol: str, a: Any, b: Any) -> Value:
    if symbol in ("**", "<<") and _too_big(a, b):
        return heap.fresh("big")
    try:
        result = NATIVE[symbol](a, b)
    except ZeroDivisionError:
        raise Raised("ZeroDivisionError") from None
    except KeyError:
        return heap.fresh(symbol)
    except (TypeError, ValueError, OverflowError):
        raise Raised("TypeError") from None
    if type(result) is int:
        if result == 0 and symbol == "//" and a > 0:
            return FloorZero(0)
        if result.bit_length() > MAX_BITS:
            return heap.fresh("big")
    return result if isinstance(result, (int, float)) else heap.fresh("complex")


def _too_big(a: Any, b: Any) -> bool:
    return isinstance(b, int) and (abs(b) > MAX_BITS or abs(b) * max(1, int(abs(a)).bit_length()) > MAX_BITS)


def _symbolic(heap: Heap, symbol: str, a: Any, b: Any) -> Value:
    result: Any = None
    if symbol == "+":
        result = add(a, b)
    elif symbol == "-":
        result = add(a, b, -1)
    elif symbol == "*":
        result = multiply(a, b)
    elif symbol == "//":
        result = exact_quotient(a, b)
    elif symbol == "%" and exact_quotient(a, b) is not None:
        result = 0
    if result is None:
        if b == 0 and symbol in ("/", "//", "%"):
            raise Raised("ZeroDivisionError")
        floating = symbol == "/" or any(v.floating if isinstance(v, Sym) else isinstance(v, float) for v in (a, b))
        return opaque(f"{bracketed(a)} {symbol} {bracketed(b)}", floating)
    return result


def bracketed(value: Any) -> str:
    """The text of a value as an operand of something larger."""
    text = str(value)
    return f"({text})" if " " in text else text


def _sequences(heap: Heap, symbol: str, a: Any, b: Any) -> Value:
    if isinstance(a, Sym) or isinstance(b, Sym):
        return heap.fresh("sequence")
    if symbol == "%" and isinstance(a, str):
        return _format(heap, a, b)
    if symbol == "*":
        size, times = (len(a), b) if isinstance(a, (str, bytes, tuple)) else (len(b), a)
        if not isinstance(times, int) or size * times > MAX_TEXT:
            return heap.fresh("repeat")
    elif symbol != "+":
        return heap.fresh(symbol)
    try:
        result = NATIVE[symbol](a, b)
    except TypeError:
        raise Raised("TypeError") from None
    return result if len(result) <= MAX_TEXT else heap.fresh("long")


def is_tame(template: str) -> bool:
    """Whether a template asks for no width or precision that would cost memory."""
    return len(template) <= MAX_TEXT and _WIDE.search(template) is None


def _format(heap: Heap, text: str, values: Value) -> Value:
    parts = values if isinstance(values, tuple) else (values,)
    if "*" in text or not is_tame(text) or not all(isinstance(p, (int, float, str)) for p in parts):
        return heap.fresh("text")
    try:
        return text % values
    except (TypeError, ValueError):
        raise Raised("TypeError") from None


def _containers(heap: Heap, symbol: str, a: Any, b: Any) -> Value:
    if symbol == "+" and isinstance(a, ListValue) and isinstance(b, ListValue):
        exact = a.exact and b.exact and len(a.items) + len(b.items) <= MAX_ITEMS
        made = ListValue([*a.items, *b.items] if exact else [], exact)
        if not exact:
            made.lost = tuple([v for v in (*a.items, *a.lost, *b.items, *b.lost) if isinstance(v, Instance)])
        return made
    if symbol == "*":
        items, times = (a, b) if isinstance(a, ListValue) else (b, a)
        if isinstance(items, ListValue):
            exact = items.exact and isinstance(times, int) and len(items.items) * times <= MAX_ITEMS
            return ListValue(items.items * times if exact else [], exact)
    if symbol == "|" and isinstance(a, DictValue) and isinstance(b, DictValue):
        return DictValue({**a.items, **b.items}, a.exact and b.exact)
    return heap.one_of(symbol, a, b)


def unary(heap: Heap, node: ast.unaryop, value: Value) -> Value:
    """``-``, ``+`` and ``~``."""
    if isinstance(node, ast.USub) and isinstance(value, NUMBERS):
        return binary(heap, "-", 0, value) if not isinstance(value, float) else -value
    if isinstance(node, ast.UAdd) and isinstance(value, NUMBERS):
        return int(value) if isinstance(value, bool) else value
    if isinstance(node, ast.Invert) and isinstance(value, int):
        return ~value
    return heap.fresh("unary")
