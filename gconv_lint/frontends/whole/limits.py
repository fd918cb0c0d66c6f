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
_SCALARS = (int, float, str, bytes, bool, type(None))


def check(interp: Interpreter, *values: Any) -> None:
    """Account for all that values hold: some are made of few objects and take for ever to compare."""
    waiting = list(values)
    while waiting:
        value = waiting.pop()
        if isinstance(value, (tuple, list, set, frozenset)):
            interp.spend(1 + len(value))
            waiting.extend(value)
        elif isinstance(value, dict):
            interp.spend(1 + len(value))
            waiting.extend(value)
            waiting.extend(value.values())


def length(count: int) -> None:
    """Raise ``Stopped`` for what is too long to be made."""
    if count > MAX_LENGTH:
        raise Stopped("it makes a text or a list that is too long to be followed")


def is_scalar(value: Any) -> bool:
    """Whether a value holds no others."""
    return isinstance(value, _SCALARS)
