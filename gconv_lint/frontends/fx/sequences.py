"""Lowers recurrent layers: every number that they make depends on all features and steps of its sequence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import TYPE_CHECKING, Any

from gconv_lint.channels import alignment, layout
from gconv_lint.frontends.fx.convolutions import behind

if TYPE_CHECKING:
    from gconv_lint.frontends.fx.lowering import Lowering, Node
    from gconv_lint.frontends.fx.recorded import Operation

Handler = Callable[["Lowering", "Operation"], bool]
#: The arguments of torch's own functions: input, states, weights, bias, layers, dropout, training, both ways,
#: batch first.
_ARGUMENTS = 9


def _recurrent(low: Lowering, operation: Operation) -> bool:
    shape = low.tensors[operation.results[0]].shape
    if len(operation.arguments) != _ARGUMENTS or len(shape) != 3:
        return False
    data, _, weights = operation.arguments[:3]
    node = low.node(data)
    if node is None:
        return False
    steps = 1 if operation.arguments[-1] else 0
    live = [low.nodes[i] for i in dict.fromkeys(operation.inputs) if i in low.nodes]
    sides = [layout.reduced(each.layout, [steps, 2] if each is node else range(3), True) for each in live]
    found = alignment.aligned([*(made for made, _ in sides), layout.plain(shape, 2)])
    if found is None or found[0].shape != shape or any(len(each.layout.axes) != 3 for each in live):
        return False
    attrs = _numbers([low.tensor(weight).shape for weight in weights], low.tensor(data).shape[-1], shape[-1])
    layers, routes = _behind(live, sides, found[1])
    first, *others = operation.results
    low.emit("recurrent", operation.module, layers, (first,), found[0], routes, attrs, None, data.number)
    for other in others:  # the states at the end
        made = layout.plain(low.tensors[other].shape, 2)
        low.emit("mix", operation.module, (low.nodes[first].layer,), (other,), made)
    return True


def _behind(live: Sequence[Node], sides: Sequence[Any], after: Sequence[Any]) -> tuple[list[int], list[Any]]:
    routes = [behind(before, route) for (_, before), route in zip(sides, after, strict=False)]
    return [node.layer for node in live], routes


def _numbers(weights: Sequence[Sequence[int]], features: int, states: int) -> dict[str, Any]:
    """What the costs ask: every matrix is multiplied once for each step of each sequence."""
    products = sum(prod(shape) for shape in weights if len(shape) > 1)
    return {"inner": products // states, "weights": sum(map(prod, weights)), "features": features}


SEQUENCES: dict[str, Handler] = dict.fromkeys(("lstm", "gru", "rnn_tanh", "rnn_relu"), _recurrent)
