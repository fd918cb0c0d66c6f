"""Three-valued logic and arithmetic: an operation answers ``UNKNOWN`` where its operands do not decide it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from enum import Enum
from typing import Any, Final

from gconv_lint.model import dims
from gconv_lint.model.dims import Sym

#: The bits of the largest product that is worked out; no channel count comes near it.
MAX_BITS = 512


class Unknown(Enum):
    """The type of ``UNKNOWN``."""

    UNKNOWN = "unknown"

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final[Unknown] = Unknown.UNKNOWN

#: ``True``, ``False`` or cannot know.
Truth = bool | Unknown


def known(value: Any) -> Any:
    """``value``, with the ``None`` by which ``dims`` says *cannot know* turned into ``UNKNOWN``."""
    return UNKNOWN if value is None else value


def truth(value: Any) -> Truth:
    """Whether ``value`` counts as true: an expression may or may not be zero."""
    if value is True or value is False:
        return bool(value)
    return UNKNOWN if value is UNKNOWN or isinstance(value, Sym) else bool(value)


def negation(value: Any) -> Truth:
    """Kleene's *not*."""
    outcome = truth(value)
    return UNKNOWN if outcome is UNKNOWN else not outcome


def all_of(values: Iterable[Any]) -> Truth:
    """Kleene's *and*: one false operand decides, whatever the unknown ones are."""
    outcome: Truth = True
    for value in values:
        verdict = truth(value)
        if verdict is False:
            return False
        if verdict is UNKNOWN:
            outcome = UNKNOWN
    return outcome


def any_of(values: Iterable[Any]) -> Truth:
    """Kleene's *or*: one true operand decides, whatever the unknown ones are."""
    return negation(all_of(negation(value) for value in values))


def is_number(value: Any) -> bool:
    """Whether ``value`` can take part in arithmetic."""
    return isinstance(value, (int, float, Sym))


def equal(a: Any, b: Any) -> Truth:
    """Whether ``a == b``; sequences are compared element by element."""
    if type(a) is int and type(b) is int:
        return True if a == b else False  # noqa: SIM210 - bool() would be a call in the hottest place of a run
    if isinstance(a, Sym) or isinstance(b, Sym):
        return truth(known(dims.equal(a, b))) if is_number(a) and is_number(b) else UNKNOWN
    if isinstance(a, (tuple, list)) and isinstance(b, (tuple, list)):
        return all_of((len(a) == len(b), *map(equal, a, b)))
    return UNKNOWN if a is UNKNOWN or b is UNKNOWN else truth(a == b)


def unequal(a: Any, b: Any) -> Truth:
    """Whether ``a != b``."""
    verdict = equal(a, b)
    return UNKNOWN if verdict is UNKNOWN else not verdict


def at_most(a: Any, b: Any) -> Truth:
    """Whether ``a <= b``, for numbers; anything else is unknown."""
    verdict = less(b, a)
    return UNKNOWN if verdict is UNKNOWN else not verdict


def less(a: Any, b: Any) -> Truth:
    """Whether ``a < b``, for numbers; anything else is unknown."""
    if type(a) is int and type(b) is int:
        return True if a < b else False  # noqa: SIM210 - as in equal
    if not (is_number(a) and is_number(b)):
        return UNKNOWN
    return truth(known(dims.less(a, b)) if isinstance(a, Sym) or isinstance(b, Sym) else a < b)


def _arithmetic(operation: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """``operation`` with ``UNKNOWN`` for operands that are no numbers and for results that cannot be had."""

    def safe(a: Any, b: Any) -> Any:
        if not (is_number(a) and is_number(b)):
            return UNKNOWN
        try:
            return known(operation(a, b))
        except (ArithmeticError, ValueError):
            return UNKNOWN

    return safe


def _product(a: Any, b: Any) -> Any:
    bits = sum(value.bit_length() for value in (a, b) if isinstance(value, int))
    return dims.multiply(a, b) if bits <= MAX_BITS else None


def _quotient(a: Any, b: Any) -> Any:
    return dims.exact_quotient(a, b) if isinstance(a, Sym) or isinstance(b, Sym) else a // b


def _remainder(a: Any, b: Any) -> Any:
    if not (isinstance(a, Sym) or isinstance(b, Sym)):
        return a % b
    if dims.exact_quotient(a, b) is not None:
        return 0
    return _constant_remainder(a, b) if isinstance(a, Sym) and type(b) is int and b else None


def _constant_remainder(a: Sym, b: int) -> int | None:
    """``a % b`` where every factor but the constant one is a multiple of ``b``: ``(4 * dim + 6) % 4`` is 2."""
    constant = 0
    for monomial, factor in a.terms:
        if a.floating or not isinstance(factor, int):
            return None
        if not monomial:
            constant = factor
        elif factor % b:
            return None
    return constant % b


plus = _arithmetic(dims.add)
minus = _arithmetic(lambda a, b: dims.add(a, b, -1))
times = _arithmetic(_product)
quotient = _arithmetic(_quotient)
remainder = _arithmetic(_remainder)
ratio = _arithmetic(lambda a, b: None if isinstance(a, Sym) or isinstance(b, Sym) else a / b)


def smallest(*values: Any) -> Any:
    """``min`` of numbers, where their order is known."""
    return _extreme(values, less)


def largest(*values: Any) -> Any:
    """``max`` of numbers, where their order is known."""
    return _extreme(values, lambda a, b: less(b, a))


def _extreme(values: tuple[Any, ...], before: Callable[[Any, Any], Truth]) -> Any:
    best = values[0]
    for value in values[1:]:
        verdict = equal(best, value)
        if verdict is not True:
            verdict = before(value, best)
            if verdict is UNKNOWN:
                return UNKNOWN
            best = value if verdict else best
    return best


def absolute(value: Any) -> Any:
    """``abs`` of a plain number."""
    return abs(value) if isinstance(value, (int, float)) else UNKNOWN


def common_divisor(*values: Any) -> Any:
    """``math.gcd`` of plain integers."""
    return math.gcd(*values) if all(isinstance(value, int) for value in values) else UNKNOWN
