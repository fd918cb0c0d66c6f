"""What each position along one axis of a tensor depends on, and from which layer on all sources have met."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gconv_lint.channels.alignment import aligned
from gconv_lint.channels.layout import Layout, plain, reduced
from gconv_lint.channels.relation import Relation, shared
from gconv_lint.channels.route import follow
from gconv_lint.channels.wiring import Wiring
from gconv_lint.model.layers import Layer


def along(layout: Layout, axis: int | None, relation: Relation) -> Relation:
    """The relation of the positions along ``axis``, everything along the other axes taken together.

    ``relation`` has one set for each slot of ``layout``; ``None`` for an axis takes the whole tensor as one position.
    """
    shape = layout.shape
    narrow, together = reduced(layout, [i for i in range(len(shape)) if i != axis], True)
    wide = aligned([narrow, plain([size if i == axis else 1 for i, size in enumerate(shape)], axis)])
    if wide is None:  # more positions than can be looked at one by one
        return shared(relation.union(), None, understood=False)
    for route in (together, wide[1][0]):
        relation = relation if route is None else follow(route, relation)
    return relation


def culprits(wiring: Wiring, relations: Mapping[int, Relation], end: int) -> list[Layer]:
    """The layers in front of ``end`` whose effect is not known although that of everything before them is."""
    found = []
    for layer in behind(wiring, end):
        relation = relations.get(layer.id)
        inputs = [relations[i] for i in layer.inputs if i in relations]
        if relation is not None and not relation.understood and all(each.understood for each in inputs):
            found.append(layer)
    return found


def behind(wiring: Wiring, end: int) -> Iterator[Layer]:
    """A layer and all those that it depends on, in topological order."""
    wanted = {end}
    for layer in reversed(wiring.graph.layers):
        if layer.id in wanted:
            wanted.update(layer.inputs)
    return (layer for layer in wiring.graph.layers if layer.id in wanted)


def joined(wiring: Wiring, relations: Mapping[int, Relation], start: int, everything: int) -> Layer | None:
    """The first layer after ``start``, and reached from it, at which every channel depends on ``everything``."""
    reached = {start}
    for layer in wiring.graph.layers:
        if layer.id not in reached and not reached.isdisjoint(layer.inputs):
            reached.add(layer.id)
            relation = relations.get(layer.id)
            if relation is None or not relation.understood:
                continue
            if all(sources & everything == everything for sources in set(relation.sets)):
                return layer
    return None
