"""Bounds on what one computation of the code under test may make."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.whole.values import Stopped

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter

#: Items of a list, characters of a text.
MAX_LENGTH = 200_000
#: Bits of a whole number.
MAX_BITS = 4096
#: Lists inside of lists: what is deeper Python itself cannot compare, hash or print.
MAX_NESTING = 200
#: Classes that a class is derived from, each as often as it is a base.
MAX_BASES = 500
#: Steps that an operation on tensors and a layer cost: each is kept, and looked at by every rule.
OPERATION, LAYER = 30, 40
_SCALARS = (int, float, str, bytes, bool, type(None))
_SIZED = (list, tuple, dict, set, frozenset)


def check(interp: Interpreter, *values: Any) -> None:
    """Account for all that values hold: some are made of few objects and take for ever to compare."""
    level = list(values)
    for _ in range(MAX_NESTING):
        inner: list[Any] = []
        for value in level:
            if isinstance(value, (tuple, list, set, frozenset)):
                inner.extend(value)
                interp.spend(1 + len(value))
            elif isinstance(value, dict):
                inner.extend(value)
                inner.extend(value.values())
                interp.spend(1 + len(value))
        if not inner:
            return
        level = inner
    raise Stopped("it makes a list that is nested too deeply to be followed")


def kept(interp: Interpreter, value: Any) -> Any:
    """The value, when the memory that it takes is paid for. Raises ``Stopped``."""
    kind = type(value)
    if kind in _SIZED:
        interp.spend(len(value))
    elif kind is str:
        length(len(value))
        interp.spend(len(value) >> 4)
    elif kind is int and value.bit_length() > MAX_BITS:
        raise Stopped("it computes with whole numbers that are too long to be followed")
    return value


def length(count: int) -> None:
    """Raise ``Stopped`` for what is too long to be made."""
    if count > MAX_LENGTH:
        raise Stopped("it makes a text or a list that is too long to be followed")


def bases(interp: Interpreter, classes: Any) -> None:
    """Raise ``Stopped`` where the order in which names are looked up would take for ever to find."""
    count = sum(len(getattr(cls, "mro", ())) + 1 for cls in classes)
    if count > MAX_BASES:
        raise Stopped("it makes a class of more bases than are followed")
    interp.spend(count)


def is_scalar(value: Any) -> bool:
    """Whether a value holds no others."""
    return isinstance(value, _SCALARS)
