"""How the channels of each input of a model are connected with each of its outputs."""

from __future__ import annotations

from collections.abc import Iterator

from gconv_lint.channels.flow import flow
from gconv_lint.channels.relation import MAX_SOURCES, Relation, components, seeded
from gconv_lint.channels.wiring import Wiring
from gconv_lint.model.graph import LayerGraph
from gconv_lint.model.summary import Connection


def connectivity(graph: LayerGraph) -> Iterator[Connection]:
    """A connection for each input and output; inputs with more channels than can be followed are left out."""
    wiring = Wiring(graph)
    inputs = [layer.id for layer in graph.layers if layer.kind == "input"]
    for number, source in enumerate(inputs):
        channels = wiring.width[source]
        if channels is None or channels > MAX_SOURCES:
            continue
        relations = flow(wiring, source, seeded(channels, channels))
        for place, output in enumerate(graph.outputs):
            made = _connection(number, place, channels, relations.get(output))
            # What leaves the tensors as plain numbers may come back anywhere.
            yield made if graph.closed else Connection(number, place, channels, components=None)


def _connection(source: int, output: int, channels: int, relation: Relation | None) -> Connection:
    if relation is None:
        return Connection(source, output, channels, components=0, unused=channels)
    if not relation.understood:
        return Connection(source, output, channels, components=None)
    unused = channels - bin(relation.union()).count("1")
    blind = relation.sets.count(0) * ((relation.width or 0) if relation.uniform else 1)
    return Connection(source, output, channels, components(relation), unused, blind)
