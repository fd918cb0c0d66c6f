"""Operations that move data and compute nothing: views, permutations, slices, concatenations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from gconv_lint.channels import alignment, layout
from gconv_lint.channels.layout import Layout
from gconv_lint.channels.route import Route, compose

if TYPE_CHECKING:
    from gconv_lint.frontends.fx.lowering import Lowering, Node
    from gconv_lint.frontends.fx.recording import Operation

Handler = Callable[["Lowering", "Operation"], bool]


def _view(low: Lowering, operation: Operation) -> bool:
    node = low.node(operation.arguments[0])
    result = operation.results[0]
    return node is not None and low.moved(
        operation, node, result, layout.viewed(node.layout, low.tensors[result].shape)
    )


def _permute(low: Lowering, operation: Operation) -> bool:
    node = low.node(operation.arguments[0])
    if node is None:
        return False
    order = _order(operation, len(node.layout.axes))
    return low.moved(operation, node, operation.results[0], layout.permuted(node.layout, order))


def _order(operation: Operation, rank: int) -> list[int]:
    order = list(range(rank))
    if operation.name == "permute":
        return [axis % rank for axis in operation.arguments[1]]
    first, second = (0, rank - 1) if operation.name == "t" else operation.arguments[1:3]
    order[first], order[second] = order[second], order[first]
    return order


def _expand(low: Lowering, operation: Operation) -> bool:
    node = low.node(operation.arguments[0])
    result = operation.results[0]
    return node is not None and low.moved(
        operation, node, result, layout.expanded(node.layout, low.tensors[result].shape)
    )


def _repeat(low: Lowering, operation: Operation) -> bool:
    node, times = low.node(operation.arguments[0]), operation.arguments[1]
    if node is None or len(times) != len(node.layout.axes):
        return False
    made, route = node.layout, None
    for axis, count in enumerate(times):
        if count != 1:
            size = made.shape[axis]
            made, step = layout.picked(made, axis, [*range(size)] * count)
            if _collapses(route, step):
                return False
            route = _then(route, step)
    return low.moved(operation, node, operation.results[0], (made, route))


def _collapses(route: Route | None, step: Route | None) -> bool:
    """Whether a step joins slots that an earlier one took apart, which no single route says."""
    return route is not None and step is not None and (route.blocks is not None or step.blocks is not None)


def _then(route: Route | None, step: Route | None) -> Route | None:
    """``step`` behind ``route``, either of which may leave the slots as they are."""
    if route is None or step is None:
        return step if route is None else route
    return compose(route, step)


def _pick(low: Lowering, operation: Operation, axis: int, positions: Sequence[int], result: int, drop: bool) -> bool:
    node = low.node(operation.arguments[0])
    if node is None:
        return False
    made, route = layout.picked(node.layout, axis, positions)
    if drop:
        made = Layout((*made.axes[:axis], *made.axes[axis + 1 :]))
    return low.moved(operation, node, result, (made, route))


def _size(low: Lowering, operation: Operation, axis: int) -> int:
    size: int = low.tensor(operation.arguments[0]).shape[axis]
    return size


def _given(operation: Operation, defaults: tuple[Any, ...]) -> tuple[Any, ...]:
    """The arguments behind the first, defaults for those that are not given."""
    given = operation.arguments[1:]
    return (*given, *defaults[len(given) :])


def _slice(low: Lowering, operation: Operation) -> bool:
    axis, start, stop, step = _given(operation, (0, None, None, 1))
    return _pick(low, operation, axis, range(_size(low, operation, axis))[start:stop:step], operation.results[0], False)


def _select(low: Lowering, operation: Operation) -> bool:
    _, axis, index = operation.arguments
    size = _size(low, operation, axis)
    axis %= len(low.tensor(operation.arguments[0]).shape)
    return _pick(low, operation, axis, [index % size], operation.results[0], True)


def _split(low: Lowering, operation: Operation) -> bool:
    sizes = operation.arguments[1]
    axis = operation.arguments[2] if len(operation.arguments) > 2 else operation.options.get("dim", 0)
    axis %= len(low.tensor(operation.arguments[0]).shape)
    size = _size(low, operation, axis)
    if isinstance(sizes, int):
        sizes = [min(sizes, size - start) for start in range(0, size, sizes)]
    start = 0
    for number, width in zip(operation.results, sizes, strict=True):
        if not _pick(low, operation, axis, range(start, start + width), number, False):
            return False
        start += width
    return True


def _unbind(low: Lowering, operation: Operation) -> bool:
    axis = operation.arguments[1] if len(operation.arguments) > 1 else 0
    axis %= len(low.tensor(operation.arguments[0]).shape)
    return all(_pick(low, operation, axis, [i], number, True) for i, number in enumerate(operation.results))


def _index_select(low: Lowering, operation: Operation) -> bool:
    _, axis, index = operation.arguments
    value = low.tensor(index).value
    if low.node(index) is not None or value is None:
        return False
    return _pick(low, operation, axis, value.flatten().tolist(), operation.results[0], False)


def _index(low: Lowering, operation: Operation) -> bool:
    """``x[:, index]`` with one constant index over one axis."""
    given = [(axis, index) for axis, index in enumerate(operation.arguments[1]) if index is not None]
    if len(given) != 1 or low.node(given[0][1]) is not None:
        return False
    axis, index = given[0]
    value = low.tensor(index).value
    if value is None or value.dim() != 1 or value.dtype.is_floating_point or value.dtype.itemsize == 1:
        return False
    size = _size(low, operation, axis)
    return _pick(low, operation, axis, [i % size for i in value.tolist()], operation.results[0], False)


def _flip(low: Lowering, operation: Operation) -> bool:
    node = low.node(operation.arguments[0])
    if node is None or len(operation.arguments[1]) != 1:
        return False
    axis = operation.arguments[1][0] % len(node.layout.axes)
    return _pick(low, operation, axis, range(node.layout.shape[axis])[::-1], operation.results[0], False)


def _roll(low: Lowering, operation: Operation) -> bool:
    """Along the one axis at most that varies; along the others every position is alike."""
    node = low.node(operation.arguments[0])
    shifts, axes = operation.arguments[1], (*operation.arguments, ())[2]
    if node is None or len(shifts) != len(axes):
        return False
    rank, result = len(node.layout.axes), operation.results[0]
    live = [(shift, axis % rank) for shift, axis in zip(shifts, axes, strict=True) if node.layout.varies(axis % rank)]
    if len(live) != 1:
        return not live and low.moved(operation, node, result, (node.layout, None))
    [(shift, axis)] = live
    size = node.layout.shape[axis]
    return _pick(low, operation, axis, [(i - shift) % size for i in range(size)], result, False)


def _cat(low: Lowering, operation: Operation) -> bool:
    parts = operation.arguments[0]
    axis = operation.arguments[1] if len(operation.arguments) > 1 else operation.options.get("dim", 0)
    shape = low.tensors[operation.results[0]].shape
    parts = [part for part in parts if 0 not in low.tensor(part).shape]  # which may be of another rank
    return _joined(low, operation, parts, [_layout_of(low, part) for part in parts], axis % len(shape))


def _stack(low: Lowering, operation: Operation) -> bool:
    parts = operation.arguments[0]
    axis = operation.arguments[1] if len(operation.arguments) > 1 else operation.options.get("dim", 0)
    axis %= len(low.tensors[operation.results[0]].shape)
    layouts = [_layout_of(low, part) for part in parts]
    return _joined(low, operation, parts, [Layout((*a.axes[:axis], (), *a.axes[axis:])) for a in layouts], axis)


def _layout_of(low: Lowering, part: Any) -> Layout:
    node = low.node(part)
    return node.layout if node is not None else layout.plain(low.tensor(part).shape, None)


def _joined(low: Lowering, operation: Operation, parts: Sequence[Any], layouts: Sequence[Layout], axis: int) -> bool:
    found = alignment.joined(layouts, axis)
    if found is None or found[0].shape != low.tensors[operation.results[0]].shape:
        return False
    live: list[tuple[Node, Route | None]] = [
        (node, route) for part, route in zip(parts, found[1], strict=True) if (node := low.node(part)) is not None
    ]
    layers = [node.layer for node, _ in live]
    low.emit("move", operation.module, layers, operation.results, found[0], [route for _, route in live])
    return True


def _shuffle(low: Lowering, operation: Operation) -> bool:
    node, groups = low.node(operation.arguments[0]), operation.arguments[1]
    if node is None:
        return False
    size = node.layout.shape[1] // groups
    positions = [group * size + offset for offset in range(size) for group in range(groups)]
    return _pick(low, operation, 1, positions, operation.results[0], False)


def _pixel_shuffle(low: Lowering, operation: Operation) -> bool:
    node, factor = low.node(operation.arguments[0]), operation.arguments[1]
    if node is None:
        return False
    *front, channels, height, width = node.layout.shape
    sizes = (*front, channels // factor**2, factor, factor, height, width)
    rank = len(front)
    order = [*range(rank), *(rank + i for i in (0, 3, 1, 4, 2))]
    return _turned(low, operation, node, sizes, order)


def _turned(
    low: Lowering,
    operation: Operation,
    node: Node,
    sizes: Sequence[int],
    order: Sequence[int],
) -> bool:
    """A view, a permutation and a view back to the shape of the result."""
    result = operation.results[0]
    split, first = layout.viewed(node.layout, sizes)
    swapped, second = layout.permuted(split, order)
    made, third = layout.viewed(swapped, low.tensors[result].shape)
    route: Route | None = None
    for step in (first, second, third):
        if step is not None:
            if step.blocks is not None:
                return False
            route = compose(route, step)
    return low.moved(operation, node, result, (made, route))


def _pixel_unshuffle(low: Lowering, operation: Operation) -> bool:
    """Each channel becomes several with the same sources, one for each phase."""
    node, factor = low.node(operation.arguments[0]), operation.arguments[1]
    if node is None:
        return False
    rank = len(node.layout.axes)
    *front, channels, height, width = node.layout.shape
    flat, blocks = layout.reduced(node.layout, (rank - 2, rank - 1), True)
    if blocks is not None:
        return False
    made, route = layout.picked(flat, rank - 3, [c for c in range(channels) for _ in range(factor**2)])
    low_res = layout.plain((*front, 1, height // factor, width // factor), None)
    return low.moved(operation, node, operation.results[0], (Layout((*made.axes[:-2], *low_res.axes[-2:])), route))


def _pad(low: Lowering, operation: Operation) -> bool:
    """Zeros around a tensor; around its channels they depend on nothing."""
    node, amounts = low.node(operation.arguments[0]), operation.arguments[1]
    if node is None:
        return False
    made, route = node.layout, None
    for i in range(0, len(amounts), 2):
        axis = len(made.axes) - 1 - i // 2
        before, after = amounts[i : i + 2]
        if before or after:
            size = made.shape[axis]
            if before < 0 or after < 0:
                made, step = layout.picked(made, axis, range(max(0, -before), size + min(0, after)))
                if _collapses(route, step):
                    return False
                route = _then(route, step)
            if before > 0 or after > 0:
                made, step = _surrounded(made, axis, max(0, before), max(0, after))
                if _collapses(route, step):
                    return False
                route = _then(route, step)
    return low.moved(operation, node, operation.results[0], (made, route))


def _surrounded(inner: Layout, axis: int, before: int, after: int) -> layout.Moved:
    """A tensor between zeros along an axis; where it varies along it, these depend on nothing."""
    size = inner.shape[axis]
    if not inner.varies(axis):
        return layout.picked(inner, axis, range(size + before + after))
    positions = [*[-1] * before, *range(size), *[-1] * after]
    made, route = layout.picked(inner, axis, [max(0, p) for p in positions])
    inside = layout.picked(inner, axis, range(size))[1]
    if route is None:
        return made, inside
    outer = Layout(made.axes[:axis]).slots
    step = len(route.taken) // (outer * len(positions))
    taken = [i if positions[number // step % len(positions)] >= 0 else -1 for number, i in enumerate(route.taken)]
    return made, Route(taken=tuple(taken))


MOVEMENT: dict[str, Handler] = {
    **dict.fromkeys(("view", "_unsafe_view", "reshape", "_reshape_alias", "squeeze", "unsqueeze", "squeeze_"), _view),
    **dict.fromkeys(("unsqueeze_", "flatten", "unflatten"), _view),
    **dict.fromkeys(("permute", "transpose", "t", "transpose_"), _permute),
    **dict.fromkeys(("channel_shuffle", "native_channel_shuffle"), _shuffle),
    **dict.fromkeys(("split", "split_with_sizes", "unsafe_split", "unsafe_split_with_sizes", "chunk"), _split),
    "pixel_shuffle": _pixel_shuffle,
    "pixel_unshuffle": _pixel_unshuffle,
    "expand": _expand,
    "repeat": _repeat,
    "slice": _slice,
    "select": _select,
    "unbind": _unbind,
    "index_select": _index_select,
    "index": _index,
    "flip": _flip,
    "roll": _roll,
    "cat": _cat,
    "stack": _stack,
    "constant_pad_nd": _pad,
}
