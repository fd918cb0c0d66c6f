"""Operations that move the data of one tensor about: views, permutations, slices, repeats."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from gconv_lint.channels import layout
from gconv_lint.channels.layout import Layout
from gconv_lint.channels.route import Route, compose

if TYPE_CHECKING:
    from gconv_lint.frontends.fx.lowering import Lowering
    from gconv_lint.frontends.fx.recorded import Operation

Handler = Callable[["Lowering", "Operation"], bool]
#: Positions of an axis that are looked at one by one.
LONGEST = 1 << 24


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
            if size * count > LONGEST:
                return False
            made, step = layout.picked(made, axis, [*range(size)] * count)
            if collapses(route, step):
                return False
            route = then(route, step)
    return low.moved(operation, node, operation.results[0], (made, route))


def collapses(route: Route | None, step: Route | None) -> bool:
    """Whether a step joins slots that an earlier one took apart, which no single route says."""
    return route is not None and step is not None and (route.blocks is not None or step.blocks is not None)


def then(route: Route | None, step: Route | None) -> Route | None:
    """``step`` behind ``route``, either of which may leave the slots as they are."""
    if route is None or step is None:
        return step if route is None else route
    return compose(route, step)


def pick(low: Lowering, operation: Operation, axis: int, positions: Sequence[int], result: int, drop: bool) -> bool:
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
    return pick(low, operation, axis, range(_size(low, operation, axis))[start:stop:step], operation.results[0], False)


def _select(low: Lowering, operation: Operation) -> bool:
    _, axis, index = operation.arguments
    size = _size(low, operation, axis)
    axis %= len(low.tensor(operation.arguments[0]).shape)
    return pick(low, operation, axis, [index % size], operation.results[0], True)


def _split(low: Lowering, operation: Operation) -> bool:
    sizes = operation.arguments[1]
    axis = operation.arguments[2] if len(operation.arguments) > 2 else operation.options.get("dim", 0)
    axis %= len(low.tensor(operation.arguments[0]).shape)
    size = _size(low, operation, axis)
    if isinstance(sizes, int):
        sizes = [min(sizes, size - start) for start in range(0, size, sizes)]
    start = 0
    for number, width in zip(operation.results, sizes, strict=True):
        if not pick(low, operation, axis, range(start, start + width), number, False):
            return False
        start += width
    return True


def _unbind(low: Lowering, operation: Operation) -> bool:
    axis = operation.arguments[1] if len(operation.arguments) > 1 else 0
    axis %= len(low.tensor(operation.arguments[0]).shape)
    return all(pick(low, operation, axis, [i], number, True) for i, number in enumerate(operation.results))


def _is_unset(low: Lowering, index: Any) -> bool:
    """Whether an index is a buffer of zeros, which the weights that are loaded later are to replace."""
    tensor = low.tensor(index)
    if index.number not in low.stored or tensor.value is None or tensor.value.numel() < 2 or bool(tensor.value.any()):
        return False
    named = f"the index `{tensor.name}`" if tensor.name else "an index that the model stores"
    low.unknown.add(f"{named} is all zeros, as if it were still to be loaded")
    return True


def _index_select(low: Lowering, operation: Operation) -> bool:
    _, axis, index = operation.arguments
    value = low.tensor(index).value
    if low.node(index) is not None or value is None or _is_unset(low, index):
        return False
    return pick(low, operation, axis, value.flatten().tolist(), operation.results[0], False)


def _index(low: Lowering, operation: Operation) -> bool:
    """``x[:, index]`` with one constant index over one axis."""
    given = [(axis, index) for axis, index in enumerate(operation.arguments[1]) if index is not None]
    if len(given) != 1 or low.node(given[0][1]) is not None:
        return False
    axis, index = given[0]
    value = low.tensor(index).value
    if value is None or value.dim() != 1 or value.dtype.is_floating_point or value.dtype.itemsize == 1:
        return False
    if _is_unset(low, index):
        return False
    size = _size(low, operation, axis)
    return pick(low, operation, axis, [i % size for i in value.tolist()], operation.results[0], False)


def _flip(low: Lowering, operation: Operation) -> bool:
    node = low.node(operation.arguments[0])
    if node is None or len(operation.arguments[1]) != 1:
        return False
    axis = operation.arguments[1][0] % len(node.layout.axes)
    return pick(low, operation, axis, range(node.layout.shape[axis])[::-1], operation.results[0], False)


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
    return pick(low, operation, axis, [(i - shift) % size for i in range(size)], result, False)


def _shuffle(low: Lowering, operation: Operation) -> bool:
    node, groups = low.node(operation.arguments[0]), operation.arguments[1]
    if node is None:
        return False
    size = node.layout.shape[1] // groups
    positions = [group * size + offset for offset in range(size) for group in range(groups)]
    return pick(low, operation, 1, positions, operation.results[0], False)


MOVEMENT: dict[str, Handler] = {
    **dict.fromkeys(("view", "_unsafe_view", "reshape", "_reshape_alias", "squeeze", "unsqueeze", "squeeze_"), _view),
    **dict.fromkeys(("unsqueeze_", "flatten", "unflatten"), _view),
    **dict.fromkeys(("permute", "transpose", "t", "transpose_"), _permute),
    **dict.fromkeys(("channel_shuffle", "native_channel_shuffle"), _shuffle),
    **dict.fromkeys(("split", "split_with_sizes", "unsafe_split", "unsafe_split_with_sizes", "chunk"), _split),
    "expand": _expand,
    "repeat": _repeat,
    "slice": _slice,
    "select": _select,
    "unbind": _unbind,
    "index_select": _index_select,
    "index": _index,
    "flip": _flip,
    "roll": _roll,
}
