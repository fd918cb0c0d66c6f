"""Sizes and axes as programs give them to torch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gconv_lint.frontends.whole.tensors import Tensor
from gconv_lint.frontends.whole.values import Value, held

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter


def sizes_of(interp: Interpreter, given: Sequence[Value]) -> tuple[int, ...]:
    """The sizes of ``view(a, b)`` or ``view((a, b))``."""
    rows = interp.items(given[0]) if len(given) == 1 and isinstance(given[0], (tuple, list)) else given
    return tuple(integer(interp, size) for size in rows)


def integer(interp: Interpreter, value: Value) -> int:
    """A whole number that may be a tensor of one. Raises ``Raised`` for what is none."""
    if isinstance(value, Tensor) and value.values is not None and len(value.values) == 1:
        value = value.values[0]
    value = held(value)
    if not isinstance(value, int):
        raise interp.error("TypeError", f"a size must be int, not {type(value).__name__}")
    return int(value)


def axis_of(interp: Interpreter, axis: Value, rank: int) -> int:
    """An axis counted from 0. Raises ``Raised`` where there is none."""
    number = integer(interp, axis)
    if not -rank <= number < max(rank, 1):
        low = f"[{-rank}, {rank - 1}]"
        raise interp.error("IndexError", f"Dimension out of range (expected to be in range of {low}, but got {axis})")
    return number % rank if rank else 0


def spread(interp: Interpreter, value: Value, rank: int) -> tuple[int, ...]:
    """One size an axis: ``3`` or ``(3, 3)``."""
    if isinstance(value, (tuple, list)):
        sizes = tuple(integer(interp, v) for v in value)
        return sizes * rank if len(sizes) == 1 else sizes
    return (integer(interp, value),) * rank
