"""Where a tensor's channels lie while ``view``, ``permute`` and their like move axes about."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.source import comparisons
from gconv_lint.frontends.source.heap import Heap
from gconv_lint.frontends.source.values import Value
from gconv_lint.model.dims import Sym

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator

#: (size, stride) of one digit of the channel number, most significant first.
Digit = tuple[int, int]
MAX_CHANNELS = 65_536


class Layout:
    """For each axis the digits of the channel number that run along it; empty for batch and space.

    ``view(b, g, c // g, h, w)`` splits the channel axis into two digits, ``transpose(1, 2)`` swaps their axes, and the
    last ``view`` joins them: read in the new order they give the permutation of a channel shuffle.
    """

    __slots__ = ("axes",)

    def __init__(self, axes: tuple[tuple[Digit, ...], ...]) -> None:
        self.axes = axes

    def axis_of_channels(self) -> int | None:
        """The one axis that holds all channels, if there is one."""
        holders = [i for i, digits in enumerate(self.axes) if digits]
        return holders[0] if len(holders) == 1 else None

    def permutation(self, axis: int) -> tuple[int, ...] | None:
        """Which channel stands at each position of ``axis``; ``None`` unless all channels lie there."""
        if self.axis_of_channels() != axis:
            return None
        digits = self.axes[axis]
        return tuple(
            sum(i * stride for i, (_, stride) in zip(index, digits))
            for index in product(*[range(s) for s, _ in digits])
        )


def _layout_of(tensor: Any) -> Layout | None:
    if tensor.layout is not None:
        return tensor.layout  # type: ignore[no-any-return]
    shape = tensor.shape
    if shape is None or len(shape) < 2 or not isinstance(shape[1], int) or not 0 < shape[1] <= MAX_CHANNELS:
        return None
    return Layout(((), ((shape[1], 1),), *[()] * (len(shape) - 2)))


def move(
    ev: Evaluator, tensor: Any, name: str, args: list[Value], kwargs: dict[Any, Value], make: Callable[..., Any]
) -> Any:
    """The tensor behind a method that moves axes, or ``None`` where that is not understood."""
    layout = _layout_of(tensor)
    if layout is None or kwargs:
        return None
    if name in ("view", "reshape"):
        return _view(ev, tensor, layout, args, make)
    if name == "flatten":
        return _flatten(tensor, layout, args, make)
    order = _order(ev, name, args, len(tensor.shape))
    if order is None:
        return None
    return _made(tuple(tensor.shape[i] for i in order), tensor.node, Layout(tuple(layout.axes[i] for i in order)), make)


def _made(shape: tuple[Value, ...], node: int | None, layout: Layout, make: Callable[..., Any]) -> Any:
    layout = Layout(tuple(_joined(digits) for digits in layout.axes))
    plain = len(layout.axes) > 1 and len(layout.axes[1]) == 1 and layout.axis_of_channels() == 1
    return make(shape, node, None if plain else layout)


def _joined(digits: tuple[Digit, ...]) -> tuple[Digit, ...]:
    """Neighbouring digits that count on as one digit, put together."""
    joined: list[Digit] = []
    for size, stride in digits:
        if joined and joined[-1][1] == size * stride:
            joined[-1] = (joined[-1][0] * size, stride)
        else:
            joined.append((size, stride))
    return tuple(joined)


def _order(ev: Evaluator, name: str, args: list[Value], rank: int) -> list[int] | None:
    wanted = (ev.iterate(args[0]) or []) if len(args) == 1 else args
    if not all(isinstance(a, int) and -rank <= a < rank for a in wanted):
        return None
    axes = [a % rank for a in wanted]
    if name == "permute":
        return axes if sorted(axes) == list(range(rank)) else None
    if name != "transpose" or len(axes) != 2:
        return None
    order = list(range(rank))
    order[axes[0]], order[axes[1]] = order[axes[1]], order[axes[0]]
    return order


def _flatten(tensor: Any, layout: Layout, args: list[Value], make: Callable[..., Any]) -> Any:
    """``flatten(1)`` of a pooled map keeps one number a channel; of a larger one it puts space behind each channel."""
    start = args[0] if args else 0
    if start != 1 or len(args) > 1 or layout.axis_of_channels() != 1:
        return None
    size = tensor.shape[1] if all(s == 1 for s in tensor.shape[2:]) else None
    digits = layout.axes[1] if size is not None else (*layout.axes[1], (0, 0))
    return make((tensor.shape[0], size), tensor.node, Layout(((), digits)))


def _view(ev: Evaluator, tensor: Any, layout: Layout, args: list[Value], make: Callable[..., Any]) -> Any:
    wanted = ev.iterate(args[0]) if len(args) == 1 and not isinstance(args[0], (int, Sym)) else args
    if wanted is None:
        return None
    blocks = _match(ev.heap, list(tensor.shape), list(wanted))
    if blocks is None:
        return None
    shape: list[Value] = []
    axes: list[tuple[Digit, ...]] = []
    for old, sizes in blocks:
        digits = tuple(d for i in old for d in layout.axes[i])
        held = _split(digits, sizes)
        if held is None:
            return None
        shape += sizes
        axes += held
    return _made(tuple(shape), tensor.node, Layout(tuple(axes)), make)


def _split(digits: tuple[Digit, ...], sizes: list[Value]) -> list[tuple[Digit, ...]] | None:
    """The digits along each new axis of a block; ``None`` where channels and space would share an axis."""
    if not digits:
        return [() for _ in sizes]
    if not all(isinstance(s, int) and s > 0 for s in sizes) or prod(s for s, _ in digits) != prod(sizes):
        return None
    rest, held = list(digits), []
    for size in sizes:
        axis: list[Digit] = []
        need = size
        while need > 1:
            if not rest:
                return None
            have, stride = rest.pop(0)
            if need % have == 0:
                axis.append((have, stride))
                need //= have
            elif have % need == 0:
                axis.append((need, stride * (have // need)))
                rest.insert(0, (have // need, stride))
                need = 1
            else:
                return None
        held.append(tuple(axis))
    return held


def uneven_split(shape: tuple[Value, ...] | None, wanted: list[Value]) -> tuple[int, int] | None:
    """``(channels, groups)`` of ``view(b, groups, width, ...)`` where groups times width are not the channels."""
    if shape is None or len(shape) < 2 or len(wanted) != len(shape) + 1 or not isinstance(shape[1], int):
        return None
    groups, width = wanted[1], wanted[2]
    kept = zip((shape[0], *shape[2:]), (wanted[0], *wanted[3:]))
    same = all(comparisons.equals(a, b) for a, b in kept)
    if not same or not isinstance(groups, int) or not isinstance(width, int) or min(groups, width) < 0:
        return None
    return (shape[1], groups) if groups * width != shape[1] else None


#: Old axes, and the sizes of the new ones that hold the same.
Block = tuple[list[int], list[Value]]


def _match(heap: Heap, old: list[Value], new: list[Value]) -> list[Block] | None:
    """Old and new axes grouped into blocks of equal product; one ``-1`` takes what its block leaves."""
    front: list[Block] = []
    i = 0
    while i < min(len(old), len(new)) and comparisons.equals(old[i], new[i]):
        front.append(([i], [new[i]]))
        i += 1
    back: list[Block] = []
    a, b = len(old), len(new)
    while a > i and b > i and comparisons.equals(old[a - 1], new[b - 1]):
        back.insert(0, ([a - 1], [new[b - 1]]))
        a, b = a - 1, b - 1
    middle_old, middle_new = old[i:a], new[i:b]
    if not middle_old and not middle_new:
        return front + back
    sizes = _filled(heap, middle_old, middle_new)
    return [*front, (list(range(i, a)), sizes), *back] if sizes is not None else None


def _filled(heap: Heap, old: list[Value], new: list[Value]) -> list[Value] | None:
    if not old or not new:
        return list(new) if all(s == 1 and isinstance(s, int) for s in (*old, *new)) else None
    if not all(isinstance(s, int) for s in (*old, *new)):
        return None
    total, holes = prod(old), [k for k, s in enumerate(new) if s == -1]
    known = prod(s for s in new if s != -1)
    if len(holes) > 1 or known <= 0 or total % known or (not holes and total != known):
        return None
    return [total // known if s == -1 else s for s in new]
