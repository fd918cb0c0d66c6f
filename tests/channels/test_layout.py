"""What moving axes does to slots, against torch moving the numbers of the slots themselves."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

import torch
from hypothesis import given
from hypothesis import strategies as st

from gconv_lint.channels.alignment import aligned, joined
from gconv_lint.channels.layout import (
    Factor,
    Layout,
    expanded,
    mixed,
    permuted,
    picked,
    plain,
    reduced,
    viewed,
)
from gconv_lint.channels.route import Route

FACTORS = st.builds(Factor, st.integers(2, 4), st.booleans())
AXES = st.lists(FACTORS, max_size=2).map(
    lambda fs: tuple(f for i, f in enumerate(fs) if not i or f.varies != fs[i - 1].varies)
)
LAYOUTS = st.lists(AXES, min_size=1, max_size=4).map(lambda axes: Layout(tuple(axes)))


def numbered(layout: Layout) -> torch.Tensor:
    """The number of its slot at each position of a tensor."""
    sizes = [f.size if f.varies else 1 for axis in layout.axes for f in axis]
    full = [f.size for axis in layout.axes for f in axis]
    return torch.arange(layout.slots).reshape(sizes).expand(full).reshape(layout.shape)


def sources(layout: Layout, route: Route | None, slots: int) -> dict[int, set[int]]:
    """The input slots of each slot."""
    taken = range(slots) if route is None else route.taken
    assert len(taken) == layout.slots
    if route is None or route.blocks is None:
        return {j: {i} - {-1} for j, i in enumerate(taken)}
    blocks = route.blocks
    return {j: {i for i in range(slots) if blocks[i] == b} for j, b in enumerate(taken)}


def moves(before: Layout, after: Layout, route: Route | None, expected: torch.Tensor) -> None:
    """Every position of the result takes exactly the slot that torch puts there."""
    assert after.shape == tuple(expected.shape)
    found = sources(after, route, before.slots)
    assert [found[j] for j in numbered(after).flatten().tolist()] == [{i} for i in expected.flatten().tolist()]


@st.composite
def reshaped(draw: st.DrawFn) -> tuple[Layout, list[int]]:
    layout = draw(LAYOUTS)
    left = numbered(layout).numel()
    shape = []
    while left > 1:
        divisors = [d for d in range(1, left + 1) if left % d == 0]
        shape.append(draw(st.sampled_from(divisors)))
        left //= shape[-1]
        if len(shape) > 6:
            break
    return layout, [*shape, left]


@given(reshaped())
def test_views(case: tuple[Layout, list[int]]) -> None:
    layout, shape = case
    moves(layout, *viewed(layout, shape), numbered(layout).reshape(shape))


@given(st.data(), LAYOUTS)
def test_permutations(data: st.DataObject, layout: Layout) -> None:
    order = data.draw(st.permutations(range(len(layout.axes))))
    moves(layout, *permuted(layout, order), numbered(layout).permute(order))


@given(st.data(), LAYOUTS)
def test_positions_of_an_axis(data: st.DataObject, layout: Layout) -> None:
    axis = data.draw(st.integers(0, len(layout.axes) - 1))
    positions = data.draw(st.lists(st.integers(0, layout.shape[axis] - 1), min_size=1, max_size=6))
    moves(layout, *picked(layout, axis, positions), numbered(layout).index_select(axis, torch.tensor(positions)))


@given(st.data(), LAYOUTS)
def test_expansion(data: st.DataObject, layout: Layout) -> None:
    shape = [data.draw(st.integers(1, 3)) if size == 1 else size for size in layout.shape]
    shape = [*data.draw(st.lists(st.integers(1, 3), max_size=2)), *shape]
    moves(layout, *expanded(layout, shape), numbered(layout).expand(shape))


@given(st.data(), LAYOUTS, st.booleans())
def test_reductions(data: st.DataObject, layout: Layout, keep: bool) -> None:
    over = data.draw(st.sets(st.integers(0, len(layout.axes) - 1), min_size=1))
    after, route = reduced(layout, over, keep)
    ids = numbered(layout)
    assert after.shape == tuple(ids.float().mean(tuple(over), keepdim=keep).shape)
    found = sources(after, route, layout.slots)
    order = [*(i for i in range(ids.dim()) if i not in over), *over]
    rows = ids.permute(order).reshape(numbered(after).numel(), -1)
    assert [found[j] for j in numbered(after).flatten().tolist()] == [set(row) for row in rows.tolist()]


@given(st.data(), LAYOUTS)
def test_mixing_along_axes(data: st.DataObject, layout: Layout) -> None:
    over = data.draw(st.sets(st.integers(0, len(layout.axes) - 1), min_size=1))
    after, route = mixed(layout, over)
    assert after == layout
    left, small = reduced(layout, over, True)
    reach = sources(left, small, layout.slots)
    wide = numbered(left).expand(layout.shape)
    found = sources(after, route, layout.slots)
    assert [found[j] for j in numbered(layout).flatten().tolist()] == [reach[j] for j in wide.flatten().tolist()]


@st.composite
def broadcast(draw: st.DrawFn) -> list[Layout]:
    """Layouts of the same sizes, cut into factors in other ways, or of size 1."""
    sizes = draw(st.lists(st.sampled_from([1, 2, 6, 8, 12]), min_size=1, max_size=3))
    found = []
    for _ in range(draw(st.integers(1, 3))):
        axes = []
        for size in sizes[draw(st.integers(0, len(sizes) - 1)) :]:
            parts = draw(st.sampled_from(CUTS[size]))
            axes.append(() if draw(st.booleans()) else factors(draw, parts))
        found.append(Layout(tuple(axes)))
    return found


CUTS: dict[int, list[list[int]]] = {
    1: [[]],
    2: [[2]],
    6: [[6], [2, 3], [3, 2]],
    8: [[8], [2, 4], [4, 2], [2, 2, 2]],
    12: [[12], [3, 4], [4, 3], [2, 6], [2, 3, 2]],
}


def factors(draw: st.DrawFn, parts: Sequence[int]) -> tuple[Factor, ...]:
    varies = draw(st.booleans())
    return tuple(Factor(size, varies != bool(i % 2)) for i, size in enumerate(parts))


@given(broadcast())
def test_broadcasting(layouts: list[Layout]) -> None:
    found = aligned(layouts)
    assert found is not None
    made, routes = found
    shape = torch.broadcast_shapes(*(layout.shape for layout in layouts))
    assert made.shape == tuple(shape)
    for layout, route in zip(layouts, routes, strict=True):
        moves(layout, made, route, numbered(layout).expand(shape))


@given(st.data(), broadcast())
def test_concatenation(data: st.DataObject, layouts: list[Layout]) -> None:
    first = layouts[0]
    axis = data.draw(st.integers(0, len(first.axes) - 1))
    alike = [first]
    for _ in range(data.draw(st.integers(0, 2))):
        other = data.draw(st.sampled_from(CUTS[data.draw(st.sampled_from(sorted(CUTS)))]))
        size = tuple(Factor(s, bool(i % 2)) for i, s in enumerate(other))
        alike.append(Layout((*first.axes[:axis], size, *first.axes[axis + 1 :])))
    found = joined(alike, axis)
    assert found is not None
    made, routes = found
    starts = [0, *accumulate(layout.slots for layout in alike)]
    expected = torch.cat([numbered(layout) + start for layout, start in zip(alike, starts)], axis)
    assert made.shape == tuple(expected.shape)
    for position, number in zip(numbered(made).flatten().tolist(), expected.flatten().tolist(), strict=True):
        reached = {
            start + route.taken[position]
            for start, route in zip(starts, routes, strict=False)
            if route.taken[position] >= 0
        }
        assert number in reached
        assert made.varies(axis) is False or reached == {number}


def test_a_channel_shuffle_is_a_permutation_of_slots() -> None:
    layout = plain((2, 12, 5, 5), 1)
    split, nothing = viewed(layout, (2, 3, 4, 5, 5))
    assert nothing is None
    swapped, route = permuted(split, (0, 2, 1, 3, 4))
    merged, again = viewed(swapped, (2, 12, 5, 5))
    assert merged == layout
    assert again is None
    assert route is not None
    assert list(route.taken) == [0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11]


def test_flattening_keeps_one_slot_for_each_channel() -> None:
    layout = plain((2, 64, 7, 7), 1)
    flat, route = viewed(layout, (2, 64 * 49))
    assert route is None
    assert flat.slots == 64


def test_what_is_too_large_depends_on_everything() -> None:
    layout = plain((1, 66, 223, 227), 1)
    made, route = viewed(layout, (1, 227, 66, 223))
    assert made.slots == 1
    assert route is not None
    assert set(route.taken) == {0}
    assert set(route.blocks or ()) == {0}
