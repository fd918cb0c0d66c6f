"""Convolutions that make the queries, keys and values of an attention, beside its heads (GC304)."""

from __future__ import annotations

from collections.abc import Iterator

from gconv_lint.channels.strong import is_softmax
from gconv_lint.channels.wiring import CHANNELWISE, CONVS, Wiring, is_count
from gconv_lint.model.constructs import Construct
from gconv_lint.model.layers import Layer

#: Layers that pass on what a convolution made.
_PASSING = CHANNELWISE | {"move", "shuffle", "slice"}


def attentions(wiring: Wiring) -> Iterator[Construct]:
    """An ``attention_conv`` for each grouped convolution whose output becomes queries, keys or values."""
    batch = next((layer.out_shape[0] for layer in wiring.graph.layers if layer.kind == "input" and layer.out_shape), 0)
    told: set[int] = set()
    for layer in wiring.graph.layers:
        sides = [is_softmax(wiring, source) for source in layer.inputs]
        if layer.kind != "product" or sides.count(True) != 1 or len(sides) != 2 or not is_count(batch):
            continue
        values = layer.inputs[sides.index(False)]
        scores = _scores(wiring, layer.inputs[sides.index(True)])
        heads = _heads(layer, batch)
        for source in (*(scores.inputs if scores is not None else ()), values):
            conv = _conv(wiring, source)
            if conv is not None and conv.id not in told:
                told.add(conv.id)
                yield _construct(wiring, conv, heads)


def _scores(wiring: Wiring, source: int) -> Layer | None:
    """The product of queries and keys."""
    layer = wiring.layer[source]
    while layer.kind in _PASSING | {"add", "mul"} and layer.inputs:
        layer = wiring.layer[layer.inputs[0]]
    return layer if layer.kind == "product" else None


def _heads(product: Layer, batch: int) -> int | None:
    """The number of matrices for each element of the batch."""
    shape = product.out_shape
    rows = shape[0] if shape is not None and len(shape) == 3 else None
    return rows // batch if is_count(rows) and rows % batch == 0 else None


def _conv(wiring: Wiring, source: int) -> Layer | None:
    layer = wiring.layer[source]
    while layer.kind in _PASSING and len(layer.inputs) == 1:
        layer = wiring.layer[layer.inputs[0]]
    counts = wiring.numbers(layer) if layer.kind in CONVS else None
    return layer if counts is not None and counts.groups > 1 else None


def _construct(wiring: Wiring, conv: Layer, heads: int | None) -> Construct:
    counts = wiring.numbers(conv)
    values = {
        "name": wiring.label(conv),
        "groups": counts.groups if counts is not None else None,
        "depthwise": counts is not None and counts.groups == counts.in_channels,
        "heads": heads,
    }
    known = {name: value for name, value in values.items() if value is not None}
    return Construct(kind="attention_conv", place=conv.place, values=known)
