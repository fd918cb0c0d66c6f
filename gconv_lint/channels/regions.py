"""The walk behind GC101: how far the groups of a convolution travel without meeting, and past how many others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gconv_lint.channels.flow import Agenda
from gconv_lint.channels.relation import MAX_CHANNELS, Relation, components, seeded, shared, union
from gconv_lint.channels.relation import counts as relation_counts
from gconv_lint.channels.transfer import transfer
from gconv_lint.channels.wiring import CONVS, Numbers, Wiring, is_trained
from gconv_lint.model.layers import Layer


class Trail(NamedTuple):
    """The capable convolutions passed, last one first."""

    conv: int
    before: Trail | None = None
    length: int = 1

    def convs(self) -> list[int]:
        """The convolutions in the order in which they are passed."""
        found, trail = [self.conv], self.before
        while trail is not None:
            found.append(trail.conv)
            trail = trail.before
        return found[::-1]


class Stream(NamedTuple):
    """A tensor whose groups have not met; ``permuted`` if its channels are, since the last convolution of ``trail``."""

    relation: Relation
    parts: int
    trail: Trail | None = None
    permuted: bool = False


class Chain(NamedTuple):
    """Two or more capable convolutions whose groups are still apart where ``reader`` (``None``: nobody) joins them."""

    trail: Trail
    stream: Stream
    reader: Layer | None


class Region:
    """One walk: its ``groups`` are the sources, ``mixed`` says of what the tensors behind dense layers are made.

    ``gated`` holds convolutions whose output is multiplied by what was computed from it, ``joining`` the layers behind
    which all sources have met.
    """

    def __init__(self, groups: int, source: int, seed: Relation) -> None:
        self.groups = groups
        self.streams = {source: Stream(relation=seed, parts=groups)}
        self.mixed: dict[int, int] = {}
        self.chains: list[Chain] = []
        self.gated: set[int] = set()
        self.joining: set[int] = set()

    @property
    def everything(self) -> int:
        """All sources."""
        return (1 << self.groups) - 1

    def reached(self, layer: int) -> int:
        """The sources that the output of ``layer`` may depend on."""
        stream = self.streams.get(layer)
        return self.mixed.get(layer, 0) if stream is None else stream.relation.union()


def find_chains(wiring: Wiring) -> list[Chain]:
    """The maximal chains of a graph, at most one for each second convolution.

    A walk starts at every capable convolution that is in no chain of groups all apart: where some groups of an earlier
    walk meet, those of a later convolution may not. Shuffles in a row of convolutions may need all of it to join the
    groups of the first one. The sources are seeded at the first convolution's input, so that residual connections carry
    them too.
    """
    found: dict[int, Chain] = {}
    covered: set[int] = set()
    joining: set[int] = set()
    starts = [(layer, counts) for layer in wiring.graph.layers if (counts := capable(wiring, layer))]
    if len(starts) < 2:
        return []
    for layer, counts in starts:
        if layer.id not in covered:
            region = _walk(wiring, layer.inputs[0], counts)
            apart = (chain for chain in region.chains if relation_counts(chain.stream.relation)[1] == 1)
            covered.update(conv for chain in apart for conv in chain.trail.convs())
            for chain in region.chains:
                second = chain.trail.convs()[1]
                joined = chain.trail.conv in region.gated or _is_end_of_row(chain, joining)
                if not joined and _longer(chain, found.get(second)):
                    found[second] = chain
            joining |= region.joining
    return list(found.values())


def _is_end_of_row(chain: Chain, joining: set[int]) -> bool:
    """Whether some groups meet in a chain in which all those of an earlier convolution have met by then."""
    return relation_counts(chain.stream.relation)[1] > 1 and not joining.isdisjoint(chain.trail.convs()[1:])


def _longer(chain: Chain, other: Chain | None) -> bool:
    return other is None or chain.trail.length > other.trail.length


def capable(wiring: Wiring, layer: Layer) -> Numbers | None:
    """The counts of a trained convolution that mixes channels within groups, ``None`` for any other layer."""
    if layer.kind not in CONVS or not layer.inputs or not is_trained(layer):
        return None
    counts = wiring.numbers(layer)
    if counts is None or not counts.capable or counts.in_channels > MAX_CHANNELS:
        return None
    # Sources that are seeded at a tensor of another width would stand for nothing in it.
    return counts if wiring.width[layer.inputs[0]] in (None, counts.in_channels) else None


def _walk(wiring: Wiring, source: int, counts: Numbers) -> Region:
    """Follow the groups of ``counts`` from ``source`` for as long as some tensor has not mixed them."""
    region = Region(counts.groups, source, seeded(counts.in_channels, counts.groups))
    agenda = Agenda(wiring)
    reach = agenda.add_readers(source)
    while (position := agenda.next(reach)) is not None:
        layer = wiring.graph.layers[position]
        stream = _passed(wiring, region, layer)
        if stream is None:
            region.mixed[layer.id] = union(map(region.reached, layer.inputs))
            agenda.add_readers(layer.id)
        elif stream.parts:  # else it is a piece of the tensor that no source reaches
            region.streams[layer.id] = stream
            reach = max(reach, agenda.add_readers(layer.id))
    for output in dict.fromkeys(wiring.graph.outputs):
        # What reads an open graph may well expect the shuffle that it ends with.
        if output in region.streams and (wiring.graph.closed or not region.streams[output].permuted):
            region.chains.extend(_chain(region.streams[output], None))
    return region


def _passed(wiring: Wiring, region: Region, layer: Layer) -> Stream | None:
    """The stream that leaves ``layer``, ``None`` where the groups have met."""
    live = [region.streams[i] for i in layer.inputs if i in region.streams]
    if not live:
        return None
    if wiring.is_dense(layer):
        for stream in live:
            region.chains.extend(_chain(stream, layer))
        return None
    if layer.kind == "mul" and any(i in region.mixed for i in layer.inputs):
        region.gated.update(stream.trail.conv for stream in live if stream.trail)
    relation = transfer(layer, [_relation(wiring, region, i) for i in layer.inputs], wiring.width[layer.id])
    parts = live[0].parts if relation is live[0].relation else components(relation)
    if not relation.understood:
        return None
    if parts == 1 and relation.union() == region.everything:
        region.joining.add(layer.id)
        return None
    return _stream(wiring, region, layer, live, relation, parts)


def _chain(stream: Stream, reader: Layer | None) -> Iterator[Chain]:
    if stream.trail is not None and stream.trail.length > 1 and stream.parts > 1:
        yield Chain(trail=stream.trail, stream=stream, reader=reader)


def _relation(wiring: Wiring, region: Region, source: int) -> Relation:
    if source in region.streams:
        return region.streams[source].relation
    return shared(region.mixed.get(source, 0), wiring.width[source])


def _stream(
    wiring: Wiring, region: Region, layer: Layer, live: Sequence[Stream], relation: Relation, parts: int
) -> Stream:
    longest = max(live, key=lambda stream: stream.trail.length if stream.trail else 0)
    trail, before = longest.trail, longest.relation
    permuted = any(stream.permuted for stream in live) or (layer.kind == "shuffle" and relation.sets != before.sets)
    counts = capable(wiring, layer)
    if counts is None:
        return Stream(relation=relation, parts=parts, trail=trail, permuted=permuted)
    if trail is not None:
        trail = Trail(conv=layer.id, before=trail, length=trail.length + 1)
    elif counts.groups == region.groups and before.sets == seeded(counts.in_channels, counts.groups).sets:
        # Only where a convolution's groups are the sources does what is seen of these tell of the convolution.
        trail = Trail(conv=layer.id)
    return Stream(relation=relation, parts=parts, trail=trail)
