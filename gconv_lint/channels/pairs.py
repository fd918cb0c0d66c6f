"""Two grouped convolutions with a permutation between them: how many groups each group gets to see (GC104)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from gconv_lint.channels.regions import capable
from gconv_lint.channels.relation import Relation, components, seeded, union
from gconv_lint.channels.transfer import transfer
from gconv_lint.channels.wiring import Numbers, Wiring
from gconv_lint.model.constructs import Construct
from gconv_lint.model.layers import Layer
from gconv_lint.model.places import Related


class Pair(NamedTuple):
    """Two convolutions, the layers between them in order, and their counts."""

    first: Layer
    second: Layer
    between: tuple[Layer, ...]
    counts: tuple[Numbers, Numbers]

    @property
    def shuffle(self) -> Layer | None:
        """The last permutation between them."""
        return next((layer for layer in reversed(self.between) if layer.kind == "shuffle"), None)

    @property
    def reachable(self) -> int:
        """The groups of the first that each group of the second sees behind the best permutation.

        No permutation does better than min(g1, C / g2), and a shuffle with g1 groups always reaches it.
        """
        first, second = self.counts
        return min(first.groups, second.width)

    def relation(self, wiring: Wiring) -> Relation:
        """What the second reads, by the groups of the first."""
        found = seeded(self.counts[0].out_channels, self.counts[0].groups)
        for layer in self.between:
            found = transfer(layer, [found], wiring.width[layer.id])
        return found

    def sets(self, wiring: Wiring) -> list[int] | None:
        """The groups of the first that each group of the second sees; ``None`` where the permutation is not known."""
        found, width = self.relation(wiring), self.counts[1].width
        if not found.understood or found.width != self.counts[1].in_channels:
            return None
        sets = found.of_channels()
        return [union(sets[start : start + width]) for start in range(0, len(sets), width)]


def pairs(wiring: Wiring) -> Iterator[Construct]:
    """A ``shuffled_pair`` for two convolutions that mix in groups with a permutation and per-channel layers between."""
    for layer in wiring.graph.layers:
        pair = pair_of(wiring, layer)
        if pair is not None:
            yield _construct(wiring, pair)


def pair_of(wiring: Wiring, second: Layer) -> Pair | None:
    """The pair that ends at a convolution, ``None`` where none does."""
    counts = capable(wiring, second)
    if counts is None:
        return None
    between: list[Layer] = []
    for layer in wiring.straight(second.inputs[0]):
        before = capable(wiring, layer)
        if before is not None:
            pair = Pair(layer, second, tuple(reversed(between)), (before, counts))
            return pair if pair.shuffle is not None and before.out_channels == counts.in_channels else None
        between.append(layer)
    return None


def is_misaligned(wiring: Wiring, pair: Pair) -> bool:
    """Whether the permutation joins some groups, but fewer than another one would."""
    sets = pair.sets(wiring)
    return sets is not None and 1 < _fewest(sets) < pair.reachable


def _fewest(sets: list[int]) -> int:
    return min(bin(each).count("1") for each in sets)


def _construct(wiring: Wiring, pair: Pair) -> Construct:
    first, second = pair.counts
    values = {
        "first": wiring.label(pair.first),
        "second": wiring.label(pair.second),
        "groups": first.groups,
        "second_groups": second.groups,
        "reachable": pair.reachable,
    }
    sets = pair.sets(wiring)
    if sets is not None:
        joined = components(Relation(sets=tuple(sets), width=len(sets)))
        values |= {"sources_seen": _fewest(sets), "components": joined}
    shuffle = pair.shuffle
    noted = [Related(message=f"`{values['first']}` has {first.groups} groups", place=pair.first.place)]
    if shuffle is not None:
        noted.append(Related(message="the shuffle between them", place=shuffle.place))
    related = tuple(each for each in noted if each.place != pair.second.place)
    return Construct(kind="shuffled_pair", place=pair.second.place, values=values, related=related)
