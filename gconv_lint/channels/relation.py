"""Which sources each channel of a tensor can depend on: one bitset a channel, with the operations on them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache, reduce
from operator import or_
from typing import NamedTuple

#: Tensors with more channels are not looked into: their relations would be larger than what they could tell.
MAX_CHANNELS = 65_536
#: Inputs with more channels are not seeded channel by channel.
MAX_SOURCES = 4_096


class Relation(NamedTuple):
    """The sources of every channel: an over-approximation, in which a source that is missing has no influence.

    ``sets`` holds one bitset for each of ``width`` channels, or a single one that they all share. ``understood`` says
    that no operation of unknown effect was crossed, so that the relation is exact for weights in general position.
    """

    sets: tuple[int, ...]
    width: int | None
    understood: bool = True

    @property
    def uniform(self) -> bool:
        """Whether all channels share one set."""
        return len(self.sets) == 1

    def of_channels(self) -> tuple[int, ...]:
        """One set for each channel; ``width`` has to be known."""
        return self.sets * (self.width or 0) if self.uniform else self.sets

    def union(self) -> int:
        """The sources that any channel depends on."""
        return union(self.sets)


def constant(width: int | None) -> Relation:
    """A tensor that depends on no source."""
    return Relation(sets=(0,), width=width)


def shared(sources: int, width: int | None, understood: bool = True) -> Relation:
    """A tensor whose every channel depends on ``sources``; a width beyond the limit is as good as not known."""
    known = width if width is not None and width <= MAX_CHANNELS else None
    return Relation(sets=(sources,), width=known, understood=understood)


def of_sets(sets: Iterable[int], understood: bool = True) -> Relation:
    """A relation given channel by channel, in its short form where all channels agree."""
    listed = tuple(sets)
    if listed and listed.count(listed[0]) == len(listed):
        return shared(listed[0], len(listed), understood)
    return Relation(sets=listed or (0,), width=len(listed), understood=understood)


@lru_cache(maxsize=32)
def seeded(channels: int, groups: int) -> Relation:
    """A tensor whose sources are ``groups`` equal blocks of its channels."""
    width = channels // groups
    return of_sets([source for index in range(groups) for source in (1 << index,) * width])


def union(sets: Iterable[int]) -> int:
    """Everything in any of ``sets``, looking once at sets that repeat."""
    return reduce(or_, set(sets), 0)


def components(relation: Relation) -> int:
    """How many sets of sources stay apart: those that some channel sees together belong together."""
    distinct = set(relation.sets)
    everything = reduce(or_, distinct, 0)
    if everything == 0 or everything in distinct:
        return int(everything != 0)
    parent: dict[int, int] = {}
    for sources in distinct:
        first = 0
        for source in members(sources):
            root = _root(parent, source)
            first = first or root
            parent[root] = first
    return sum(parent[source] == source for source in parent)


def _root(parent: dict[int, int], item: int) -> int:
    parent.setdefault(item, item)
    while parent[item] != item:
        parent[item] = item = parent[parent[item]]
    return item


def members(sources: int) -> Iterator[int]:
    """The sources of a set, each as a set of its own."""
    while sources:
        lowest = sources & -sources
        yield lowest
        sources ^= lowest


def counts(relation: Relation) -> tuple[int, int]:
    """The fewest and the most sources that a channel depends on, channels that depend on none left out."""
    sizes = [bin(sources).count("1") for sources in set(relation.sets) if sources]
    return min(sizes, default=0), max(sizes, default=0)
