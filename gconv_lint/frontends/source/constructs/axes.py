"""The axes of a tensor after ``view`` and what swapping and merging does to them."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import NamedTuple

from gconv_lint.frontends.source.constructs.syntax import integer

_SWAPS = frozenset({"transpose", "swapaxes", "swapdims"})


class Axes(NamedTuple):
    """The sizes of the axes as written, in memory order; ``order`` is the order in which the tensor has them now."""

    sizes: tuple[str, ...]
    order: tuple[int, ...]
    contiguous: bool = True

    @property
    def current(self) -> tuple[str, ...]:
        """The sizes in the present order."""
        return tuple(self.sizes[axis] for axis in self.order)

    def merges_into(self, after: Axes) -> bool:
        """Whether ``after`` has one axis fewer and keeps the first."""
        first = after.sizes[0] if after.sizes else ""
        return len(after.sizes) == len(self.sizes) - 1 and first in {self.sizes[0], "-1"}

    def swaps_group_axes(self, after: Axes) -> bool:
        """Whether axes 1 and 2 were swapped and then merged, which no view of the memory can show.

        Merging later axes (``view(b, c, g, h * w)``) is a legal view after the swap.
        """
        swapped = self.order == (0, 2, 1, *range(3, len(self.order)))
        return swapped and after.sizes[:3] != self.current[:3]


def apply(
    axes: Axes | None, operation: str, arguments: Sequence[ast.expr], code: Callable[[ast.AST], str]
) -> Axes | None:
    """The axes after one operation; ``None`` when they are not known any more."""
    if operation in {"view", "reshape"}:
        return _reshaped(axes, operation, arguments, code)
    if axes is None:
        # The memory order of the result is not known, so a later view of it says nothing.
        return None if operation == "contiguous" else Axes(sizes=(), order=(), contiguous=False)
    if operation == "contiguous":
        return axes._replace(contiguous=True)
    order = _swapped(axes.order, arguments) if operation in _SWAPS else _permuted(axes.order, arguments)
    return None if order is None else axes._replace(order=order, contiguous=order == tuple(sorted(order)))


def _reshaped(
    axes: Axes | None, operation: str, arguments: Sequence[ast.expr], code: Callable[[ast.AST], str]
) -> Axes | None:
    if len(arguments) == 1 and isinstance(arguments[0], (ast.Tuple, ast.List)):
        arguments = arguments[0].elts
    starred = any(isinstance(argument, ast.Starred) for argument in arguments)
    if starred or len(arguments) < 2 or (axes is not None and not axes.sizes and operation == "view"):
        return None
    sizes = tuple("".join(code(argument).split()) for argument in arguments)
    return Axes(sizes=sizes, order=tuple(range(len(sizes))))


def _swapped(order: tuple[int, ...], arguments: Sequence[ast.expr]) -> tuple[int, ...] | None:
    places = [integer(argument) for argument in arguments]
    if len(places) != 2 or any(place is None or not -len(order) <= place < len(order) for place in places):
        return None
    first, second = (place % len(order) for place in places if place is not None)
    result = list(order)
    result[first], result[second] = result[second], result[first]
    return tuple(result)


def _permuted(order: tuple[int, ...], arguments: Sequence[ast.expr]) -> tuple[int, ...] | None:
    if len(arguments) == 1 and isinstance(arguments[0], (ast.Tuple, ast.List)):
        arguments = arguments[0].elts
    places = [integer(argument) for argument in arguments]
    known = [place % len(order) for place in places if place is not None and order]
    return tuple(order[place] for place in known) if sorted(known) == list(range(len(order))) else None
