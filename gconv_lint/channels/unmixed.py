"""Grouped convolutions whose groups are still apart at an output of the model (GC108)."""

from __future__ import annotations

from collections.abc import Iterator

from gconv_lint.channels.flow import flow
from gconv_lint.channels.relation import MAX_CHANNELS, components, seeded
from gconv_lint.channels.wiring import CONVS, Wiring, is_trained
from gconv_lint.model.constructs import Construct
from gconv_lint.model.layers import Layer


def unmixed(wiring: Wiring) -> Iterator[Construct]:
    """An ``unmixed_output`` for the last trained grouped convolution on each way to an output of a closed graph."""
    graph = wiring.graph
    if not graph.closed or not graph.outputs:
        return
    tail = _tail(wiring)
    covered: set[int] = set()
    for layer in reversed(graph.layers):
        if layer.id not in tail:
            continue
        if any(reader in covered for reader in wiring.readers[layer.id]):
            covered.add(layer.id)
        elif _is_grouped(wiring, layer):
            covered.add(layer.id)
            yield from _construct(wiring, layer)


def _tail(wiring: Wiring) -> set[int]:
    """The layers behind which there is a way to an output without a dense layer."""
    found = set(wiring.graph.outputs)
    for layer in reversed(wiring.graph.layers):
        if layer.id in found and not _is_dense(wiring, layer):
            found.update(layer.inputs)
    return found


def _is_dense(wiring: Wiring, layer: Layer) -> bool:
    """Whether a layer mixes all groups, as far as is known."""
    return wiring.is_dense(layer) or (layer.kind in CONVS and wiring.numbers(layer) is None)


def _is_grouped(wiring: Wiring, layer: Layer) -> bool:
    counts = wiring.numbers(layer)
    return counts is not None and counts.groups > 1 and counts.out_channels <= MAX_CHANNELS and is_trained(layer)


def _construct(wiring: Wiring, layer: Layer) -> Iterator[Construct]:
    counts = wiring.numbers(layer)
    if counts is None:
        return
    relations = flow(wiring, layer.id, seeded(counts.out_channels, counts.groups))
    reached = [relations[output] for output in dict.fromkeys(wiring.graph.outputs) if output in relations]
    values = {
        "name": wiring.label(layer),
        "model": wiring.graph.name,
        "groups": counts.groups,
        "depthwise": counts.groups == counts.in_channels,
    }
    if all(relation.understood for relation in reached):
        values["components"] = max(map(components, reached), default=0)
    yield Construct(kind="unmixed_output", place=layer.place, values=values)
