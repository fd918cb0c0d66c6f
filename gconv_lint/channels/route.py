"""Where the slots of a tensor come from: which slots of another one each of them takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from gconv_lint.channels.relation import Relation, of_sets, shared


class Route(NamedTuple):
    """Slot ``j`` of the result is the slot ``taken[j]`` of the input, nothing for -1.

    With ``blocks`` it is the union of all input slots ``i`` whose ``blocks[i]`` is ``taken[j]``.
    """

    taken: Sequence[int]
    blocks: Sequence[int] | None = None


def everything(slots: int) -> Route:
    """One slot that depends on all slots of the input."""
    return Route(taken=(0,), blocks=(0,) * slots)


def compose(first: Route | None, second: Route) -> Route:
    """``second`` behind a ``first`` that takes slots one by one."""
    if first is None:
        return second
    if second.blocks is not None or first.blocks is not None:
        raise ValueError("only routes that take slots one by one can be put together")
    return Route(taken=tuple(first.taken[i] if i >= 0 else -1 for i in second.taken))


def follow(route: Route, relation: Relation) -> Relation:
    """The relation at the other end of a route."""
    if relation.uniform and -1 not in route.taken:
        return shared(relation.sets[0], len(route.taken), relation.understood)
    if relation.uniform:
        return of_sets((relation.sets[0] if i >= 0 else 0 for i in route.taken), relation.understood)
    sets = relation.sets if route.blocks is None else _unions(route.blocks, relation.sets)
    return of_sets(map((*sets, 0).__getitem__, route.taken), relation.understood)  # -1 takes the 0 at the end


def _unions(blocks: Sequence[int], sets: Sequence[int]) -> list[int]:
    found = [0] * (max(blocks, default=-1) + 1)
    for block, sources in zip(blocks, sets, strict=True):
        found[block] |= sources
    return found
