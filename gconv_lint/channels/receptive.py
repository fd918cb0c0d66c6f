"""The channel receptive field of a layer: how many channels in front of it each of its outputs depends on."""

from __future__ import annotations

from gconv_lint.channels.flow import flow
from gconv_lint.channels.relation import MAX_SOURCES, counts, seeded
from gconv_lint.channels.wiring import Wiring
from gconv_lint.model.graph import LayerGraph
from gconv_lint.model.layers import Layer
from gconv_lint.model.summary import Field


def receptive_field(graph: LayerGraph, first: str, last: str) -> Field | None:
    """What the outputs of the layer ``last`` see of the channels that ``first`` reads, or else the graph's input.

    Layers go by their names; one that was replaced by several by the name that these begin with. ``None`` where a layer
    is missing or something between the two is not understood.
    """
    starts = _named(graph, first) if first else [layer for layer in graph.layers if layer.kind == "input"][:1]
    ends = _named(graph, last)
    if not starts or not ends:
        return None
    source = starts[0].id if not first else next(iter(starts[0].inputs), None)
    return None if source is None else between(graph, source, ends[-1].id)


def between(graph: LayerGraph, source: int, end: int) -> Field | None:
    """What the channels of one tensor of a graph see of those of another, both by the ids of the layers that make them.

    ``None`` where that is not understood, or the channels are not known.
    """
    wiring = Wiring(graph)
    channels = wiring.width.get(source)
    if channels is None or channels > MAX_SOURCES:
        return None
    relation = flow(wiring, source, seeded(channels, channels)).get(end)
    if relation is None or not relation.understood:
        return None
    return Field(counts(relation)[0], channels)


def _named(graph: LayerGraph, name: str) -> list[Layer]:
    return [layer for layer in graph.layers if layer.name == name or layer.name.startswith(f"{name}.")]
