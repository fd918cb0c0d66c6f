"""Branches that are put behind one another for a convolution whose groups keep them apart (GC109)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate

from gconv_lint.channels.regions import capable
from gconv_lint.channels.relation import Relation, of_sets, union
from gconv_lint.channels.route import follow
from gconv_lint.channels.transfer import transfer
from gconv_lint.channels.wiring import Numbers, Wiring
from gconv_lint.model.constructs import Construct
from gconv_lint.model.layers import Layer
from gconv_lint.model.places import Related


def is_concatenation(layer: Layer) -> bool:
    """Whether a layer puts several tensors behind one another."""
    return len(layer.inputs) > 1 and (layer.kind == "cat" or layer.attrs.get("op") == "cat")


def branches(wiring: Wiring) -> Iterator[Construct]:
    """A ``branch_groups`` for each grouped convolution, or several, that alone read a concatenation."""
    for layer in wiring.graph.layers:
        distinct = len(set(layer.inputs)) == len(layer.inputs)
        if is_concatenation(layer) and distinct and not _is_reassembled(wiring, layer):
            yield from _constructs(wiring, layer)


def _is_reassembled(wiring: Wiring, joint: Layer) -> bool:
    """Whether a concatenation puts parts of one tensor together that only per-channel layers took apart."""
    ends = [list(wiring.straight(source))[-1] for source in joint.inputs]
    return all(end.kind in ("slice", "move") for end in ends) and len({end.inputs for end in ends}) == 1


def _constructs(wiring: Wiring, joint: Layer) -> Iterator[Construct]:
    start = _by_branch(wiring, joint)
    if start is None:
        return
    found = []
    stack = [(joint.id, start)]
    while stack:
        source, relation = stack.pop()
        if source in wiring.graph.outputs:
            return
        for reader in map(wiring.layer.__getitem__, wiring.readers[source]):
            counts = capable(wiring, reader)
            if counts is not None and relation.width == counts.in_channels:
                found.append((reader, counts, relation))
            elif wiring.keeps_apart(reader) or reader.kind == "shuffle":
                stack.append((reader.id, transfer(reader, [relation], wiring.width[reader.id])))
            else:
                return
    for conv, counts, relation in found:
        yield _construct(wiring, joint, conv, counts, relation)


def _by_branch(wiring: Wiring, joint: Layer) -> Relation | None:
    """The branch that each channel of a concatenation comes from."""
    routes = joint.attrs.get("routes")
    if routes:
        parts = [
            Relation(sets=(1 << number,), width=wiring.width[source]) for number, source in enumerate(joint.inputs)
        ]
        sides = [part if route is None else follow(route, part) for part, route in zip(parts, routes, strict=True)]
        widths = {side.width for side in sides}
        if len(widths) != 1 or None in widths:
            return None
        return of_sets(map(union, zip(*(side.of_channels() for side in sides), strict=True)))
    sizes = [wiring.width[source] for source in joint.inputs]
    known = [size for size in sizes if size is not None]
    return of_sets(s for n, size in enumerate(known) for s in (1 << n,) * size) if len(known) == len(sizes) else None


def _construct(wiring: Wiring, joint: Layer, conv: Layer, counts: Numbers, relation: Relation) -> Construct:
    values = {
        "name": wiring.label(conv),
        "branches": len(joint.inputs),
        "groups": counts.groups,
        "apart": relation.understood and _is_apart(relation.of_channels(), counts.width),
    }
    starts = [0, *accumulate(wiring.width[source] or 0 for source in joint.inputs)]
    related = tuple(
        Related(message=f"`{wiring.label(branch)}` gives the channels from {start} on", place=branch.place)
        for branch, start in zip(map(wiring.layer.__getitem__, joint.inputs), starts, strict=False)
        if branch.place != conv.place
    )
    return Construct(kind="branch_groups", place=conv.place, values=values, related=related)


def _is_apart(sets: Sequence[int], width: int) -> bool:
    """Whether no block of ``width`` channels has those of two branches."""
    return all(union(sets[start : start + width]).bit_count() <= 1 for start in range(0, len(sets), width))
