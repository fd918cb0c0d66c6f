"""One layout for several tensors: what broadcasting and concatenation make of theirs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import prod

from gconv_lint.channels.layout import Axis, Factor, Layout, normal, numbers, strides_of
from gconv_lint.channels.relation import MAX_CHANNELS
from gconv_lint.channels.route import Route


def aligned(layouts: Sequence[Layout]) -> tuple[Layout, list[Route | None]] | None:
    """The layout that tensors have together after broadcasting, and how each comes to it; ``None`` beyond the limit."""
    if all(layout == layouts[0] for layout in layouts):  # as most are: each slot is where it was
        return (layouts[0], [None] * len(layouts)) if layouts[0].slots <= MAX_CHANNELS else None
    rank = max(len(layout.axes) for layout in layouts)
    padded = [Layout(((),) * (rank - len(layout.axes)) + layout.axes) for layout in layouts]
    axes = tuple(_common([layout.axes[i] for layout in padded]) for i in range(rank))
    made = Layout(axes)
    if made.slots > MAX_CHANNELS:
        return None
    return made, [_broadcast(layout, made) for layout in padded]


def joined(layouts: Sequence[Layout], axis: int) -> tuple[Layout, list[Route]] | None:
    """``cat`` along an axis: the layout, and how each part comes to it; ``None`` beyond the limit.

    The axis varies where it does in a part, or a part has one position. Otherwise, as with two halves of an image,
    the parts are taken to be mixed along it.
    """
    sizes = [layout.shape[axis] for layout in layouts]
    whole = normal([Factor(sum(sizes), any(layout.varies(axis) or layout.shape[axis] == 1 for layout in layouts))])
    found = aligned([Layout((*a.axes[:axis], whole, *a.axes[axis + 1 :])) for a in layouts])
    if found is None:
        return None
    made, start, routes = found[0], 0, []
    for layout, size in zip(layouts, sizes, strict=True):
        routes.append(_placed(layout, made, axis, range(start, start + size)))
        start += size
    return made, routes


def _placed(layout: Layout, made: Layout, axis: int, positions: range) -> Route:
    """Where each slot of ``made`` is in a part that has some positions of an axis."""
    part = Layout((*made.axes[:axis], normal([Factor(len(positions), made.varies(axis))]), *made.axes[axis + 1 :]))
    inside = _broadcast(layout, part)
    own = numbers([(part.slots, 1)]) if inside is None else inside.taken
    if not made.varies(axis):
        return Route(taken=tuple(own))
    before, after = (
        prod(f.size for a in side for f in a if f.varies) for side in (made.axes[:axis], made.axes[axis + 1 :])
    )
    front, size = positions.start * after, len(positions) * after
    back = made.shape[axis] * after - front - size
    taken: list[int] = []
    for i in range(before):
        taken += [*(-1,) * front, *own[i * size : (i + 1) * size], *(-1,) * back]
    return Route(taken=tuple(taken))


def _common(axes: Sequence[Axis]) -> Axis:
    """The factors of an axis that suit several tensors; those of size 1 follow the others."""
    several = [axis for axis in axes if axis]
    if not several:
        return ()
    if all(axis == several[0] for axis in several):
        return several[0]
    cuts = list(_meeting(several))
    if len(cuts) == 1:
        return normal([Factor(cuts[0][1], any(f.varies for axis in several for f in axis))])
    return normal(Factor(size, any(_at(axis, start).varies for axis in several)) for start, size in cuts)


def _meeting(axes: Sequence[Axis]) -> Iterator[tuple[int, int]]:
    """``(stride, size)`` of factors that all axes can be cut into; one factor for all where they cannot."""
    total = prod(f.size for f in axes[0])
    strides = {total}
    for axis in axes:
        left = total
        for factor in axis:
            left //= factor.size
            strides.add(left)
    ordered = sorted(strides, reverse=True)
    if any(a % b for a, b in pairwise(ordered)):
        yield 1, total
        return
    for before, after in pairwise(ordered):
        yield after, before // after


def _at(axis: Axis, stride: int) -> Factor:
    """The factor of an axis that holds the positions ``stride`` apart."""
    left = prod(f.size for f in axis)
    for factor in axis:
        left //= factor.size
        if left <= stride:
            return factor
    return axis[-1]


def _broadcast(layout: Layout, made: Layout) -> Route | None:
    """Where the slots of ``made`` are in a tensor that is broadcast to it."""
    strides = strides_of(layout)
    pairs: list[tuple[int, int]] = []
    for own, steps, axis in zip(layout.axes, strides, made.axes, strict=True):
        pairs += _stretched(own, steps, axis)
    taken = numbers(pairs)
    return None if taken == tuple(range(layout.slots)) else Route(taken=taken)


def _stretched(own: Axis, steps: Sequence[tuple[int, int]], axis: Axis) -> list[tuple[int, int]]:
    """The varying factors of ``axis`` with the strides that they have in the slots of ``own``."""
    if not own:
        return [(f.size, 0) for f in axis if f.varies]
    # Where no cuts suit both axes, ``axis`` is one factor, and those of ``own`` will do.
    fine = list(_meeting([own, axis]))
    if len(fine) == 1:
        fine = list(_meeting([own]))
    ends = {}
    left = prod(f.size for f in own)
    queue = [stride for _, stride in steps]
    for factor in own:
        left //= factor.size
        ends[left] = queue.pop(0) if factor.varies else None
    pairs = []
    for stride, size in fine:
        if _at(axis, stride).varies:
            low = max(end for end in ends if end <= stride)
            step = ends[low]
            pairs.append((size, 0 if step is None else step * (stride // low)))
    return pairs
