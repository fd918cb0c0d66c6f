"""Whether the channels of a closed model's input ever meet on their way to an output (GC102, GC112)."""

from __future__ import annotations

from collections.abc import Iterator

from gconv_lint.channels.flow import flow
from gconv_lint.channels.relation import MAX_SOURCES, Relation, components, seeded
from gconv_lint.channels.wiring import CONVS, Wiring, is_trained
from gconv_lint.model.constructs import Construct
from gconv_lint.model.layers import Layer
from gconv_lint.model.places import Related


def connections(wiring: Wiring) -> Iterator[Construct]:
    """One ``connection`` for each input and output of a closed graph with a trained grouped convolution between them.

    It is anchored at the last of these convolutions. An output that is not understood is left out.
    """
    graph = wiring.graph
    if not graph.closed or not any(_is_grouped(wiring, layer) for layer in graph.layers):
        return
    for layer in graph.layers:
        channels = wiring.width[layer.id]
        if layer.kind == "input" and channels is not None and 2 <= channels <= MAX_SOURCES:
            relations = flow(wiring, layer.id, seeded(channels, channels))
            for output in dict.fromkeys(graph.outputs):
                yield from _connection(wiring, relations, output, channels)


def _connection(wiring: Wiring, relations: dict[int, Relation], output: int, channels: int) -> Iterator[Construct]:
    relation = relations.get(output)
    if relation is None or not relation.understood or not relation.union():
        return
    convs = [layer for layer in _passed(wiring, relations, output) if _is_grouped(wiring, layer)]
    if not convs:
        return
    counts = [wiring.numbers(conv) for conv in convs]
    values = {
        "model": wiring.graph.name,
        "components": components(relation),
        "depthwise_only": not any(c.capable for c in counts if c),
        "convs": len(convs),
        "channels": channels,
    }
    related = tuple(
        Related(message=f"`{wiring.label(conv)}` has {c.groups} groups", place=conv.place)
        for conv, c in zip(convs[:-1], counts, strict=False)
        if c and conv.place != convs[-1].place
    )
    yield Construct(kind="connection", place=convs[-1].place, values=values, related=related)


def _passed(wiring: Wiring, relations: dict[int, Relation], output: int) -> list[Layer]:
    """The layers between the seeded input and ``output``, in topological order."""
    found, stack = {output}, [output]
    while stack:
        for source in wiring.layer[stack.pop()].inputs:
            if source in relations and source not in found and relations[source].union():
                found.add(source)
                stack.append(source)
    return [wiring.layer[i] for i in sorted(found, key=wiring.position.__getitem__)]


def _is_grouped(wiring: Wiring, layer: Layer) -> bool:
    if layer.kind not in CONVS or not is_trained(layer):
        return False
    counts = wiring.numbers(layer)
    return counts is not None and counts.groups > 1
