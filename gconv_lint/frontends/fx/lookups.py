"""Operations that pick positions by numbers which a run computes, or that give such numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from gconv_lint.channels import alignment, layout
from gconv_lint.channels.layout import Layout
from gconv_lint.channels.route import Route
from gconv_lint.frontends.fx.convolutions import behind

if TYPE_CHECKING:
    from gconv_lint.frontends.fx.lowering import Lowering, Node
    from gconv_lint.frontends.fx.recorded import Operation

Handler = Callable[["Lowering", "Operation"], bool]
_Side = tuple["Node", Layout, "Route | None"]


def _gather(low: Lowering, operation: Operation) -> bool:
    """``gather``: each position may come from anywhere along an axis, as its index says; a constant one is not read."""
    data, axis, index = operation.arguments[:3]
    if low.node(index) is None:
        return False
    shape = low.tensors[operation.results[0]].shape
    if not shape:
        return False
    axis %= len(shape)
    sides = []
    for argument in (data, index):
        node = low.node(argument)
        if node is not None:
            sides.append(_spread(node, axis, shape) if argument is data else (node, node.layout, None))
    return _together(low, operation, sides)


def _spread(node: Node, axis: int, shape: tuple[int, ...]) -> _Side:
    """A tensor whose positions along an axis are all alike, cut to the sizes of a result."""
    made, route = layout.reduced(node.layout, [axis], True)
    for i, size in enumerate(shape):
        if i != axis and size != made.shape[i]:
            made, step = layout.picked(made, i, range(size))
            route = behind(route, step)
    return node, made, route


def _together(low: Lowering, operation: Operation, sides: list[_Side]) -> bool:
    """What depends on several tensors position by position."""
    shape = low.tensors[operation.results[0]].shape
    found = alignment.aligned([*(made for _, made, _ in sides), layout.plain(shape, None)])
    if found is None or found[0].shape != shape or not sides:
        return False
    routes = [behind(before, after) for (_, _, before), after in zip(sides, found[1], strict=False)]
    low.emit("move", operation.module, [node.layer for node, _, _ in sides], operation.results, found[0], routes)
    return True


def _ranked(low: Lowering, operation: Operation) -> bool:
    """``topk``, ``sort``, ``argmax`` and their like: each result depends on everything along an axis."""
    node = low.node(operation.arguments[0])
    if node is None:
        return False
    shape = low.tensors[operation.results[0]].shape
    rank, given = len(node.layout.axes), operation.arguments[1:] or (None,)
    axis = _ranking_axis(operation, given)
    if axis is None:
        made, route = layout.reduced(node.layout, range(rank), len(shape) == rank)
    else:
        made, route = layout.reduced(node.layout, [axis % rank], len(shape) == rank)
        if len(shape) == rank and made.shape[axis % rank] != shape[axis % rank]:
            made, _ = layout.expanded(made, shape)
    if not low.moved(operation, node, operation.results[0], (made, route)):
        return False
    low.nodes.update(dict.fromkeys(operation.results, low.nodes[operation.results[0]]))  # values, and where they were
    return True


def _ranking_axis(operation: Operation, given: tuple[object, ...]) -> int | None:
    """The axis that is ranked along; ``None`` where all positions are."""
    position = {"topk": 1, "kthvalue": 1}.get(operation.name, 0)
    value = given[position] if len(given) > position else operation.options.get("dim", -1)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _unpool(low: Lowering, operation: Operation) -> bool:
    """``max_unpool``: the values of each channel, dealt over its space."""
    sides: list[_Side] = []
    for argument in operation.arguments[:2]:
        node = low.node(argument)
        if node is not None:
            rank = len(node.layout.axes)
            sides.append((node, *layout.reduced(node.layout, range(min(2, rank), rank), True)))
    return _together(low, operation, sides)


def _embedding(low: Lowering, operation: Operation) -> bool:
    """Rows of a constant table by numbers of the run."""
    table, index = operation.arguments[:2]
    node = low.node(index)
    if node is None or low.node(table) is not None:
        return False
    width = low.tensors[operation.results[0]].shape[-1]
    made = Layout((*node.layout.axes, *layout.plain((width,), None).axes))
    return low.moved(operation, node, operation.results[0], (made, None))


LOOKUPS: dict[str, Handler] = {
    "gather": _gather,
    **dict.fromkeys(("topk", "sort", "argsort", "argmax", "argmin", "kthvalue", "mode"), _ranked),
    **dict.fromkeys(("max_unpool2d", "max_unpool3d"), _unpool),
    "embedding": _embedding,
}
