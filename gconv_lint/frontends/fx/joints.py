"""Operations that put tensors behind one another, or write one into another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from gconv_lint.channels import alignment, layout
from gconv_lint.channels.layout import Layout
from gconv_lint.channels.route import Route
from gconv_lint.frontends.fx.convolutions import behind
from gconv_lint.frontends.fx.recorded import OVERWRITTEN

if TYPE_CHECKING:
    from gconv_lint.frontends.fx.lowering import Lowering
    from gconv_lint.frontends.fx.recorded import Operation

Handler = Callable[["Lowering", "Operation"], bool]
#: A tensor with the layout in which it takes part, and how that comes out of its own.
Part = tuple[Any, Layout, "Route | None"]


def _cat(low: Lowering, operation: Operation) -> bool:
    shape = low.tensors[operation.results[0]].shape
    parts = [part for part in operation.arguments[0] if 0 not in low.tensor(part).shape]
    return _joined(low, operation, [(part, _layout_of(low, part), None) for part in parts], _axis(operation, shape))


def _stack(low: Lowering, operation: Operation) -> bool:
    axis = _axis(operation, low.tensors[operation.results[0]].shape)
    return _joined(low, operation, [_raised(low, part, axis) for part in operation.arguments[0]], axis)


def _axis(operation: Operation, shape: Sequence[int]) -> int:
    axis: int = operation.arguments[1] if len(operation.arguments) > 1 else operation.options.get("dim", 0)
    return axis % len(shape)


def _raised(low: Lowering, part: Any, axis: int) -> Part:
    """A tensor with a new axis of size 1."""
    made = _layout_of(low, part)
    return part, Layout((*made.axes[:axis], (), *made.axes[axis:])), None


def _layout_of(low: Lowering, part: Any) -> Layout:
    node = low.node(part)
    return node.layout if node is not None else layout.plain(low.tensor(part).shape, None)


def _joined(low: Lowering, operation: Operation, parts: Sequence[Part], axis: int) -> bool:
    found = alignment.joined([made for _, made, _ in parts], axis)
    if found is None or found[0].shape != low.tensors[operation.results[0]].shape:
        return False
    live = [
        (node.layer, behind(before, after))
        for (part, _, before), after in zip(parts, found[1], strict=True)
        if (node := low.node(part)) is not None
    ]
    layers, routes = [layer for layer, _ in live], [route for _, route in live]
    low.emit("move", operation.module, layers, operation.results, found[0], routes, {"op": "cat"})
    return True


def _copy(low: Lowering, operation: Operation) -> bool:
    """``a.copy_(b)``: nothing of what was there is left."""
    node, result = low.node(operation.arguments[1]), operation.results[0]
    if node is None:
        return True
    shape = low.tensors[result].shape
    return len(shape) >= len(node.layout.axes) and low.moved(
        operation, node, result, layout.expanded(node.layout, shape)
    )


def _fill(low: Lowering, operation: Operation) -> bool:
    """``a.fill_(number)`` leaves a constant."""
    return low.node(operation.arguments[1]) is None


def _overwritten(low: Lowering, operation: Operation) -> bool:
    """What somebody sees who looks at memory that was written to through another view."""
    before, written, cut, inside = operation.arguments
    if cut is None:
        return False
    axis, start, stop, drops = cut
    if inside:
        return _replaced(low, operation, (before, written), (axis, start, stop, drops))
    node, result = low.node(written), operation.results[0]
    if node is None:
        return True
    made, route = layout.picked(node.layout, axis, range(start, stop))
    if drops:
        made = Layout((*made.axes[:axis], *made.axes[axis + 1 :]))
    return low.moved(operation, node, result, (made, route))


def _replaced(low: Lowering, operation: Operation, pair: tuple[Any, Any], cut: tuple[int, int, int, bool]) -> bool:
    """``before`` with some positions of an axis taken from ``written``."""
    (before, written), (axis, start, stop, drops) = pair, cut
    whole = _layout_of(low, before)
    piece = _raised(low, written, axis) if drops else (written, _layout_of(low, written), None)
    size = whole.shape[axis]
    front, back = (layout.picked(whole, axis, kept) for kept in (range(start), range(stop, size)))
    parts: list[Part] = [(before, *front), piece, (before, *back)]
    kept = [part for part in parts if part[1].shape[axis]]
    return _joined(low, operation, kept, axis)


JOINTS: dict[str, Handler] = {
    "cat": _cat,
    "stack": _stack,
    "copy_": _copy,
    "fill_": _fill,
    OVERWRITTEN: _overwritten,
}
