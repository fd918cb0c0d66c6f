"""Along which parts of a tensor's axes its dependence on channels varies, and what moving axes about does to that."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from itertools import product
from math import prod
from typing import NamedTuple

from gconv_lint.channels.relation import MAX_CHANNELS
from gconv_lint.channels.route import Route, compose, everything

#: Slots that are kept for the next tensor like it.
_FEW = 4_096


class Factor(NamedTuple):
    """A part of an axis: ``size`` positions, which may depend on different channels or are all alike."""

    size: int
    varies: bool


Axis = tuple[Factor, ...]


class Layout(NamedTuple):
    """The factors of every axis, slowest first. The *slots* of a tensor are the positions of those that vary.

    (N, C, H, W) has C slots. ``view(N, g, C // g, H, W)`` splits the channel factor, ``flatten(1)`` puts it in front of
    one that does not vary; neither touches the slots. ``permute`` reorders them.
    """

    axes: tuple[Axis, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """The sizes of the axes."""
        return tuple(prod(f.size for f in axis) for axis in self.axes)

    @property
    def slots(self) -> int:
        """How many slots there are."""
        return prod(f.size for axis in self.axes for f in axis if f.varies)

    def varies(self, axis: int) -> bool:
        """Whether positions along an axis may depend on different channels."""
        return any(f.varies for f in self.axes[axis])


#: A new layout, and where its slots come from; ``None`` where they stay as they are.
Moved = tuple[Layout, Route | None]


def plain(shape: Sequence[int], channels: int | None) -> Layout:
    """A tensor that varies along the axis ``channels`` alone, or along none."""
    return Layout(tuple(normal([Factor(size, i == channels)]) for i, size in enumerate(shape)))


def viewed(layout: Layout, shape: Sequence[int]) -> Moved:
    """``view`` and ``reshape``: slots keep their order; a factor that a new axis cuts through varies from then on."""
    axes = _regrouped(layout, shape)
    if axes is not None:
        return Layout(axes), None
    spread, route = _spread(layout, _cut(layout.shape, shape))
    axes = _regrouped(spread, shape)
    if axes is None or spread.slots > MAX_CHANNELS:
        return _collapsed(layout, shape)
    return Layout(axes), route


def permuted(layout: Layout, order: Sequence[int]) -> Moved:
    """``permute``: the axis ``i`` of the result is the axis ``order[i]``."""
    made = Layout(tuple(layout.axes[i] for i in order))
    strides = strides_of(layout)
    taken = numbers([pair for i in order for pair in strides[i]])
    return made, None if taken == tuple(range(layout.slots)) else Route(taken=taken)


def expanded(layout: Layout, shape: Sequence[int]) -> Moved:
    """``expand``: axes of size 1, and new ones in front, get their new size with the same dependence everywhere."""
    front = len(shape) - len(layout.axes)
    old = ((),) * front + layout.axes
    sizes = (1,) * front + layout.shape
    axes = [a if size == new else normal([Factor(new, False)]) for a, size, new in zip(old, sizes, shape, strict=True)]
    return Layout(tuple(axes)), None


def picked(layout: Layout, axis: int, positions: Sequence[int]) -> Moved:
    """The given positions of an axis, in their order, with repeats: slices, flips, rolls, a constant index."""
    if not layout.varies(axis):
        axes = (*layout.axes[:axis], normal([Factor(len(positions), False)]), *layout.axes[axis + 1 :])
        return Layout(axes), None
    spread, route = _spread(layout, {axis})
    if spread.slots > MAX_CHANNELS:
        return _collapsed(layout, (*layout.shape[:axis], len(positions), *layout.shape[axis + 1 :]))
    axes = (*spread.axes[:axis], normal([Factor(len(positions), True)]), *spread.axes[axis + 1 :])
    strides = strides_of(spread)
    steps = [strides[i] for i in range(len(strides))]
    stride = steps[axis][0][1]
    offsets = [
        [position * stride for position in positions] if i == axis else numbers(pairs) for i, pairs in enumerate(steps)
    ]
    taken = _shared(sum(parts) for parts in product(*offsets))
    return Layout(axes), compose(route, Route(taken=taken))


def reduced(layout: Layout, over: Iterable[int], keep: bool) -> Moved:
    """Sums, means and the like over axes: what is left depends on everything that was there along them."""
    gone = set(over)
    axes = tuple(() if i in gone else axis for i, axis in enumerate(layout.axes))
    made = Layout(axes if keep else tuple(a for i, a in enumerate(axes) if i not in gone))
    blocks = _blocks(layout, gone)
    return made, None if blocks is None else Route(blocks=blocks, taken=tuple(range(made.slots)))


def mixed(layout: Layout, over: Iterable[int]) -> Moved:
    """The same tensor, each position now depending on everything along some axes: a softmax, a norm."""
    blocks = _blocks(layout, set(over))
    return layout, None if blocks is None else Route(blocks=blocks, taken=blocks)


def normal(factors: Iterable[Factor]) -> Axis:
    """Without factors of size 1, neighbours that both vary or both do not put together."""
    found: list[Factor] = []
    for factor in factors:
        if factor.size == 1:
            continue
        if found and found[-1].varies == factor.varies:
            found[-1] = Factor(found[-1].size * factor.size, factor.varies)
        else:
            found.append(factor)
    return tuple(found)


def _regrouped(layout: Layout, shape: Sequence[int]) -> tuple[Axis, ...] | None:
    """The factors dealt to new axes; ``None`` where an axis would end inside of one."""
    queue = list(reversed(normal(f for axis in layout.axes for f in axis)))
    axes: list[Axis] = []
    for size in shape:
        taken: list[Factor] = []
        while size > 1:
            if not queue:
                return None
            factor = queue.pop()
            if size % factor.size == 0:
                size //= factor.size
            elif factor.size % size == 0:
                queue.append(Factor(factor.size // size, factor.varies))
                factor, size = Factor(size, factor.varies), 1
            else:
                return None
            taken.append(factor)
        axes.append(normal(taken))
    return None if queue else tuple(axes)


def _cut(old: Sequence[int], new: Sequence[int]) -> set[int]:
    """The old axes in those blocks of equal size where old and new axes do not fall together one by one."""
    cut: set[int] = set()
    i = j = 0
    while i < len(old) and j < len(new):
        first, left, right = i, old[i], new[j]
        i, j = i + 1, j + 1
        while left != right:
            if left < right:
                left, i = left * old[i], i + 1
            else:
                right, j = right * new[j], j + 1
        if i - first > 1 or old[first] != new[j - 1]:
            cut.update(range(first, i))
    return cut


def _spread(layout: Layout, axes: Iterable[int]) -> Moved:
    """The same tensor with every factor of some axes taken to vary."""
    chosen = set(axes)
    made = Layout(
        tuple(normal(Factor(f.size, f.varies or i in chosen) for f in axis) for i, axis in enumerate(layout.axes))
    )
    if made.slots > MAX_CHANNELS:
        return made, None
    sizes = [(f, i in chosen) for i, axis in enumerate(layout.axes) for f in axis]
    stride, pairs = 1, []
    for factor, spread in reversed(sizes):
        if factor.varies:
            pairs.append((factor.size, stride))
            stride *= factor.size
        elif spread:
            pairs.append((factor.size, 0))
    taken = numbers(pairs[::-1])
    return made, None if len(taken) == layout.slots else Route(taken=taken)


def _collapsed(layout: Layout, shape: Sequence[int]) -> Moved:
    """A tensor of a shape whose every position depends on everything."""
    return plain(shape, None), everything(layout.slots)


def strides_of(layout: Layout) -> list[list[tuple[int, int]]]:
    """``(size, stride)`` of the varying factors of each axis, the stride counted in slots."""
    found: list[list[tuple[int, int]]] = []
    stride = 1
    for axis in reversed(layout.axes):
        pairs = []
        for factor in reversed(axis):
            if factor.varies:
                pairs.append((factor.size, stride))
                stride *= factor.size
        found.append(pairs[::-1])
    return found[::-1]


def numbers(pairs: Iterable[tuple[int, int]]) -> tuple[int, ...]:
    """The slots at all positions of some factors, row by row."""
    found = tuple(pairs)
    return _kept_numbers(found) if prod(size for size, _ in found) <= _FEW else _numbers(found)


def _numbers(pairs: tuple[tuple[int, int], ...]) -> tuple[int, ...]:
    found: tuple[int, ...] = (0,)
    for size, stride in pairs:
        found = tuple([n + i * stride for n in found for i in range(size)])
    return _shared(found)


def _shared(slots: Iterable[int]) -> tuple[int, ...]:
    """The same numbers as objects that are there once: with one for each, a tuple takes four times the memory."""
    found = tuple(slots)
    if len(found) <= _FEW or max(found) >= MAX_CHANNELS:
        return found
    return tuple(map(_counted().__getitem__, found))


@cache
def _counted() -> tuple[int, ...]:
    return tuple(range(MAX_CHANNELS))


_kept_numbers = lru_cache(maxsize=256)(_numbers)  # the steps of a recurrent layer are many and alike


def _blocks(layout: Layout, gone: set[int]) -> tuple[int, ...] | None:
    """For each slot the one that it falls on once some axes are gone; ``None`` if none of these varies."""
    if not any(layout.varies(i) for i in gone):
        return None
    kept = strides_of(Layout(tuple(() if i in gone else axis for i, axis in enumerate(layout.axes))))
    pairs = []
    for i, axis in enumerate(layout.axes):
        sizes = [f.size for f in axis if f.varies]
        pairs += [(size, 0) for size in sizes] if i in gone else kept[i]
    return numbers(pairs)
