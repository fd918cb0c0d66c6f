"""Operations that compute: elementwise ones, products of matrices, reductions, norms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import TYPE_CHECKING

from gconv_lint.channels import alignment, layout
from gconv_lint.channels.layout import Layout
from gconv_lint.channels.route import everything
from gconv_lint.frontends.fx.convolutions import behind
from gconv_lint.frontends.fx.operations import CHANNELWISE, ELEMENTWISE, MIXING, NORMS, REDUCTIONS
from gconv_lint.frontends.fx.recorded import Operation, Ref

if TYPE_CHECKING:
    from gconv_lint.frontends.fx.lowering import Lowering, Node

Handler = Callable[["Lowering", Operation], bool]


def _channelwise(low: Lowering, operation: Operation) -> bool:
    """One tensor in, one of the same dependence out; along axes whose size changes it is taken to be mixed."""
    node = low.node(operation.arguments[0])
    if node is None or any(i in low.nodes for i in operation.inputs[1:]):
        return _elementwise(low, operation)
    shape = low.tensors[operation.results[0]].shape
    made, route = node.layout, None
    if shape != made.shape:
        if len(shape) != len(made.shape):
            return False
        changed = [i for i, size in enumerate(shape) if size != made.shape[i]]
        if any(i < 2 for i in changed):
            return False
        mixed, route = layout.reduced(made, [i for i in range(2, len(shape)) if made.varies(i)], True)
        made = Layout((*mixed.axes[:2], *layout.plain(shape, None).axes[2:]))
    kind = "global_pool" if operation.name == "_adaptive_avg_pool2d" and prod(shape[2:]) == 1 else "channelwise"
    attrs = {"op": CHANNELWISE.get(operation.name, operation.name)}
    low.emit(kind, operation.module, (node.layer,), operation.results, made, (route,), attrs)
    return True


def _elementwise(low: Lowering, operation: Operation) -> bool:
    """Tensors that broadcast together."""
    numbers = [i for i in dict.fromkeys(operation.inputs) if i in low.nodes]
    nodes = [low.nodes[i] for i in numbers]
    constants = [low.tensors[i].shape for i in operation.inputs if i not in low.nodes]
    found = alignment.aligned([*(n.layout for n in nodes), *(layout.plain(shape, None) for shape in constants)])
    shape = low.tensors[operation.results[0]].shape
    if found is None:
        return _mixed(low, operation, nodes, shape)
    if found[0].shape != shape:
        return False
    kind = ELEMENTWISE.get(operation.name, "add")
    routes = found[1][: len(nodes)]
    if len(nodes) == 1 and routes[0] is None:
        kind = "channelwise"
    attrs = {"op": operation.name} if kind == "channelwise" else None
    low.emit(kind, operation.module, [n.layer for n in nodes], operation.results, found[0], routes, attrs)
    return True


def _product(low: Lowering, operation: Operation) -> bool:
    """``mm``, ``addmm``, ``bmm``: rows of the left matrix with columns of the right one."""
    left, right = (operation.arguments[1:3] if "add" in operation.name else operation.arguments)[:2]
    shape = low.tensors[operation.results[0]].shape
    inputs, layouts = [], []
    for side, gone in ((low.node(left), len(shape) - 1), (low.node(right), len(shape) - 2)):
        if side is not None:
            inputs.append(side.layer)
            layouts.append(layout.reduced(side.layout, [gone], True))
    if not inputs:
        return False
    dense = len(inputs) == 1
    # Rows that depend on different channels stay apart. Where none do, what a matrix of weights makes is seeded by its
    # own number; it varies along the axis that the matrix brings.
    apart = dense and layouts[0][0].slots > 1
    fresh = len(shape) - (1 if low.node(right) is None else 2) if dense and not apart else None
    found = alignment.aligned([*(made for made, _ in layouts), layout.plain(shape, fresh)])
    if found is None:
        nodes = [node for node in (low.node(left), low.node(right)) if node is not None]
        found = layout.plain(shape, None), [everything(node.layout.slots) for node in nodes]
        layouts = [(made, None) for made, _ in layouts]
    if found[0].shape != shape:
        return False
    routes = [behind(before, after) for (_, before), after in zip(layouts, found[1], strict=False)]
    weights = low.tensor(left if low.node(left) is None else right)
    attrs = {
        "inner": low.tensor(left).shape[-1],
        "weights": prod(weights.shape) if dense else 0,
        "bias": operation.name == "addmm",
        **({"apart": True} if apart else {}),
    }
    kind, data = "linear" if dense else "product", right if low.node(left) is None else left
    low.emit(kind, operation.module, inputs, operation.results, found[0], routes, attrs, None, data.number)
    return True


def _mixed(low: Lowering, operation: Operation, nodes: Sequence[Node], shape: Sequence[int]) -> bool:
    """A tensor with too many positions to look at: each depends on everything."""
    routes = [everything(node.layout.slots) for node in nodes]
    layers = [node.layer for node in nodes]
    low.emit("move", operation.module, layers, operation.results, layout.plain(shape, None), routes)
    return True


def _reduction(low: Lowering, operation: Operation) -> bool:
    """``mean``, ``sum`` and their like over some axes."""
    if len(operation.arguments) > 1 and isinstance(operation.arguments[1], Ref):
        return _elementwise(low, operation)  # the maximum of two tensors
    node, axes = low.node(operation.arguments[0]), _axes(operation)
    if node is None:
        return False
    rank = len(node.layout.axes)
    over = range(rank) if axes is None else [axis % rank for axis in axes]
    keep = len(low.tensors[operation.results[0]].shape) == rank
    made, route = layout.reduced(node.layout, over, keep)
    if made.shape != low.tensors[operation.results[0]].shape:
        return False
    space = route is None and all(axis >= 2 for axis in over) and len(list(over)) == rank - 2
    kind = "global_pool" if space else "channelwise" if route is None else "move"
    low.emit(kind, operation.module, (node.layer,), operation.results, made, (route,), {"op": operation.name})
    return True


def _mixture(low: Lowering, operation: Operation) -> bool:
    """Norms and softmax: the tensor as it was, everything mixed along some axes."""
    node = low.node(operation.arguments[0])
    if node is None:
        return False
    rank = len(node.layout.axes)
    if operation.name == "native_group_norm":
        return _group_norm(low, operation, node)
    given = operation.arguments[1]
    over = [given % rank] if isinstance(given, int) else range(rank - len(given), rank)
    made, route = layout.mixed(node.layout, over)
    attrs = {"op": MIXING[operation.name]}
    low.emit("move", operation.module, (node.layer,), operation.results, made, (route,), attrs)
    return True


def _group_norm(low: Lowering, operation: Operation, node: Node) -> bool:
    groups = operation.arguments[6]
    channels = node.layout.shape[1]
    split, cut = layout.viewed(node.layout, (node.layout.shape[0], groups, channels // groups, *node.layout.shape[2:]))
    if cut is not None:
        return False
    made, route = layout.mixed(split, range(2, len(split.axes)))
    attrs = {"op": MIXING[operation.name], "num_groups": groups}
    low.emit("move", operation.module, (node.layer,), operation.results, node.layout, (route,), attrs)
    return made.slots == node.layout.slots


def _axes(operation: Operation) -> Sequence[int] | None:
    at = 2 if operation.name in NORMS else 1
    given = operation.arguments[at] if len(operation.arguments) > at else operation.options.get("dim")
    if isinstance(given, int):
        return (given,)
    return given if given else None


ARITHMETIC: dict[str, Handler] = {
    **dict.fromkeys(CHANNELWISE, _channelwise),
    **dict.fromkeys(ELEMENTWISE, _elementwise),
    **dict.fromkeys(REDUCTIONS, _reduction),
    **dict.fromkeys(MIXING, _mixture),
    **dict.fromkeys(("mm", "addmm", "bmm", "baddbmm"), _product),
}
