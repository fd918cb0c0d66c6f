"""Operators of objects whose classes define them: each runs the method that Python would."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gconv_lint.frontends.source.frames import Call, Frame
from gconv_lint.frontends.source.values import MISSING, ClassValue, Function, Instance, Value
from gconv_lint.model.dims import Sym

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator

_NAMES = {
    "+": "add", "-": "sub", "*": "mul", "/": "truediv", "//": "floordiv", "%": "mod", "**": "pow", "@": "matmul",
    "&": "and", "|": "or", "^": "xor", "<<": "lshift", ">>": "rshift",
}  # fmt: skip
#: Comparisons with what the other side is asked when the first does not know.
_COMPARISONS = {
    "==": ("eq", "eq"), "!=": ("ne", "ne"),
    "<": ("lt", "gt"), "<=": ("le", "ge"), ">": ("gt", "lt"), ">=": ("ge", "le"),
}  # fmt: skip


def method(owner: Value, name: str) -> Function | None:
    """The method that a class of the project defines under a name."""
    if not isinstance(owner, Instance) or not isinstance(owner.cls, ClassValue):
        return None
    found = owner.cls.lookup(name)
    return found if isinstance(found, Function) else None


def defines(value: Value, *names: str) -> bool:
    """Whether the class of an object has any of some methods."""
    cls = value.cls if isinstance(value, Instance) else None
    return isinstance(cls, ClassValue) and any(cls.lookup(name) is not MISSING for name in names)


def _is_unknown(value: Value) -> bool:
    return isinstance(value, Sym) or (isinstance(value, tuple) and any(map(_is_unknown, value)))


def run(ev: Evaluator, owner: Value, name: str, *args: Value) -> Value:
    """``type(owner).name(owner, *args)``, ``MISSING`` where its class defines no such method."""
    function = method(owner, name)
    if function is None:
        return MISSING
    if any(map(_is_unknown, args)) and name != "__setitem__":
        ev.escapes.give([owner])  # It would show little, and may change its object.
        return ev.heap.fresh(name)
    frame = Frame(function.module, {}, Call(None, function.module, None))
    return ev.functions.run(function, [owner, *args], {}, None, frame)


def binary(ev: Evaluator, symbol: str, a: Value, b: Value) -> Value:
    """``a symbol b`` where either is an object; ``MISSING`` where neither class says what it means."""
    if not isinstance(a, Instance) and not isinstance(b, Instance):
        return MISSING
    forth, back = _COMPARISONS.get(symbol) or (_NAMES.get(symbol, ""), f"r{_NAMES.get(symbol, '')}")
    first, second = method(a, f"__{forth}__"), method(b, f"__{back}__")
    if first is not None and second is not None:
        # Either may decline, and a subclass is asked first.
        run(ev, a, f"__{forth}__", b)
        run(ev, b, f"__{back}__", a)
        return ev.heap.fresh(symbol)
    return run(ev, a, f"__{forth}__", b) if first is not None else run(ev, b, f"__{back}__", a)
