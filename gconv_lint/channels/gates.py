"""Products in which one factor only weighs the other, and the layers that do nothing but compute such factors."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from math import prod

from gconv_lint.channels.wiring import Wiring
from gconv_lint.model.dims import Dim
from gconv_lint.model.layers import Layer

#: Activations whose result weighs something else.
_GATES = frozenset({"sigmoid", "tanh", "hardsigmoid", "softmax"})


def weighed(wiring: Wiring, product: Layer) -> int | None:
    """Which of the two factors of a product the other one only weighs; ``None`` where none is a gate, or both are."""
    gates = [_is_gate(wiring, source, product) for source in product.inputs]
    return gates.index(False) if len(gates) == 2 and gates.count(True) == 1 else None


def _is_gate(wiring: Wiring, source: int, product: Layer) -> bool:
    """Whether a factor only weighs the other one: it has fewer elements, or comes out of a sigmoid or its like."""
    given, made = wiring.layer[source].out_shape, product.out_shape
    if given is not None and made is not None and (_is_smaller(given, made) or _is_spread(given, made)):
        return True
    return any(layer.attrs.get("op") in _GATES for layer in wiring.behind(source))


def _is_smaller(given: Sequence[Dim], made: Sequence[Dim]) -> bool:
    """Whether a factor is known to have fewer elements than the product."""
    sizes = [n for n in (*given, *made) if type(n) is int]
    return len(sizes) == len(given) + len(made) and prod(sizes[: len(given)]) < prod(sizes[len(given) :])


def _is_spread(given: Sequence[Dim], made: Sequence[Dim]) -> bool:
    """Whether a factor has one place along an axis of the product that is not known to have one."""
    aligned = zip(reversed(given), reversed(made), strict=False)
    return any(mine == 1 and other != 1 for mine, other in aligned)


def weighing(wiring: Wiring) -> Collection[int]:
    """The layers whose results reach an output as weights of something else, and in no other way."""
    if not any(layer.kind == "mul" for layer in wiring.graph.layers):
        return ()
    return _leading(wiring, gates=True) - _leading(wiring, gates=False)


def _leading(wiring: Wiring, *, gates: bool) -> set[int]:
    """The layers that lead to an output, through ``gates`` too or not."""
    seen, stack = set[int](), list(wiring.graph.outputs)
    while stack:
        layer = wiring.layer[stack.pop()]
        if layer.id in seen:
            continue
        seen.add(layer.id)
        value = weighed(wiring, layer) if layer.kind == "mul" and not gates else None
        stack += layer.inputs if value is None else (layer.inputs[value],)
    return seen
