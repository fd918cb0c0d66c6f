"""Rows of grouped convolutions with shuffles between them that are too short to join all groups (GC111)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import NamedTuple

from gconv_lint.channels.regions import capable
from gconv_lint.channels.wiring import Numbers, Wiring
from gconv_lint.model.constructs import Construct
from gconv_lint.model.layers import Layer
from gconv_lint.model.places import Related


class Row(NamedTuple):
    """Convolutions with equal groups; ``reach`` is how many groups an output can see at most, ``width`` the narrowest.

    ``shuffled`` says whether channels are permuted anywhere between them.
    """

    convs: tuple[int, ...]
    groups: int
    reach: int
    width: int
    permuted: bool = False
    shuffled: bool = False


def rows(wiring: Wiring) -> Iterator[Construct]:
    """A ``grouped_row`` for every row that ends at a dense layer or at an output of a closed graph."""
    state: dict[int, Row] = {}
    ends: dict[tuple[int, ...], Row] = {}
    for layer in wiring.graph.layers:
        before = [state[i] for i in layer.inputs if i in state]
        if wiring.is_dense(layer):
            ends |= {row.convs: row for row in before}
        made = _behind(wiring, layer, max(before, key=lambda row: len(row.convs), default=None))
        if made is not None:
            state[layer.id] = made
    if wiring.graph.closed:
        ends |= {state[i].convs: state[i] for i in wiring.graph.outputs if i in state}
    for row in ends.values():
        if len(row.convs) > 1 and row.shuffled:
            yield _construct(wiring, row)


def _behind(wiring: Wiring, layer: Layer, row: Row | None) -> Row | None:
    """The row that a layer's output ends, ``None`` where none does."""
    counts = capable(wiring, layer)
    if counts is not None:
        return _longer(row, layer.id, counts)
    if row is None:
        return None
    if layer.kind == "shuffle":
        return row._replace(permuted=True)
    return row if wiring.keeps_apart(layer) or layer.kind in ("add", "group_norm") else None


def _longer(row: Row | None, conv: int, counts: Numbers) -> Row:
    if row is None or row.groups != counts.groups:
        return Row((conv,), counts.groups, 1, counts.width)
    return Row(
        convs=(*row.convs, conv),
        groups=row.groups,
        reach=min(row.groups, row.reach * counts.width),
        width=min(row.width, counts.width),
        shuffled=row.shuffled or row.permuted,
    )


def _construct(wiring: Wiring, row: Row) -> Construct:
    layers = [wiring.layer[i] for i in row.convs]
    values = {
        "first": wiring.label(layers[0]),
        "last": wiring.label(layers[-1]),
        "groups": row.groups,
        "width": row.width,
        "length": len(row.convs),
        "reach": row.reach,
        "needed": next(n for n in count(1) if row.width ** (n - 1) >= row.groups),
    }
    related = tuple(
        Related(message=f"`{wiring.label(layer)}` has {row.groups} groups", place=layer.place)
        for layer in layers
        if layer.place != layers[1].place
    )
    return Construct(kind="grouped_row", place=layers[1].place, values=values, related=related)
