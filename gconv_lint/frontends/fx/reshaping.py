"""Operations that trade channels for space, or put zeros around a tensor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from gconv_lint.channels import layout
from gconv_lint.channels.layout import Layout
from gconv_lint.channels.route import Route, compose
from gconv_lint.frontends.fx.movement import LONGEST, collapses, then

if TYPE_CHECKING:
    from gconv_lint.frontends.fx.lowering import Lowering, Node
    from gconv_lint.frontends.fx.recorded import Operation

Handler = Callable[["Lowering", "Operation"], bool]


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
            if size + max(before, 0) + max(after, 0) > LONGEST:
                return False
            if before < 0 or after < 0:
                made, step = layout.picked(made, axis, range(max(0, -before), size + min(0, after)))
                if collapses(route, step):
                    return False
                route = then(route, step)
            if before > 0 or after > 0:
                made, step = _surrounded(made, axis, max(0, before), max(0, after))
                if collapses(route, step):
                    return False
                route = then(route, step)
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


RESHAPING: dict[str, Handler] = {
    "pixel_shuffle": _pixel_shuffle,
    "pixel_unshuffle": _pixel_unshuffle,
    "constant_pad_nd": _pad,
}
