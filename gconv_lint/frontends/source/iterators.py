"""Iterators and views: items that are worked out late, and of iterators only once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from gconv_lint.frontends.source.values import DictValue, Instance, Lazy, ListValue, Value
from gconv_lint.model.dims import Sym

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator

#: Loops and comprehensions over more items than this are not unrolled.
MAX_ITERATIONS = 2048


def drain(ev: Evaluator, value: Lazy) -> list[Value] | None:
    """All items, ``None`` where they are not known: who comes second to an iterator finds it in some unknown place."""
    if not value.once:
        return value.compute()
    if value.begun:
        return None
    ev.heap.put(value.begun, "", True)
    return value.compute()


def sample(ev: Evaluator, value: Lazy) -> list[Value] | None:
    """The items for somebody who may stop anywhere: whatever making them changes may not have happened."""
    if not value.once:
        return value.compute()
    if value.begun:
        return None
    ev.heap.put(value.begun, "", True)
    ends = ev.heap.fork([value.compute, lambda: None])
    return ends[0] if len(ends) == 2 else None


def over(ev: Evaluator, source: Value) -> Lazy:
    """``iter(source)``."""
    if isinstance(source, Lazy) and source.once:
        return source
    return Lazy(lambda: ev.iterate(source), watched=containers([source]), closed=_is_closed(source))


def rearranged(
    ev: Evaluator,
    sources: list[Value],
    arrange: Callable[[list[list[Value]]], list[Value] | None],
    *,
    closed: bool = True,
    backwards: bool = False,
) -> Lazy:
    """``zip``, ``enumerate``, ``reversed``, ``map``: an iterator over others."""

    def compute() -> list[Value] | None:
        columns: list[list[Value]] = []
        for source in sources:
            column = ev.iterate(source)
            if column is None or len(column) > MAX_ITERATIONS:
                return None
            columns.append(column)
        return arrange(columns)

    made = Lazy(compute, watched=containers(sources), closed=closed and all(map(_is_closed, sources)))
    made.backwards = backwards
    return made


def containers(sources: list[Value]) -> tuple[Value, ...]:
    """What iterators over some sources walk through."""
    found: list[Value] = []
    for source in sources:
        if isinstance(source, Lazy):
            found += source.watched
        elif isinstance(source, (ListValue, DictValue, Instance, Sym)):
            found.append(source)
    return tuple(found)


def _is_closed(source: Value) -> bool:
    return source.closed if isinstance(source, Lazy) else True


class Watch:
    """Tells whether what a loop of ``rounds`` walks over changed where the loop has not been yet."""

    __slots__ = ("_backwards", "_before", "_heap", "_rounds", "_seen", "_watched", "value")

    def __init__(self, ev: Evaluator, value: Value, rounds: int) -> None:
        self.value = value
        self._watched = [c for c in containers([value]) if isinstance(c, (ListValue, DictValue))]
        self._backwards = isinstance(value, Lazy) and value.backwards
        self._heap = ev.heap
        self._rounds = rounds
        self._seen = ev.heap.changes
        # Who walks over a table's keys does not care what they stand for.
        self._before = [_rows(c, c is value) for c in self._watched]

    def sees_change(self, left: int) -> bool:
        """Whether the items of the ``left`` rounds to come are others than they were."""
        if self._seen == self._heap.changes or not self._watched:
            return False
        self._seen = self._heap.changes
        pairs = zip(self._watched, self._before)
        return any(
            not c.exact or self._differ(before, _rows(c, isinstance(before, tuple)), left) for c, before in pairs
        )

    def _differ(self, before: Sequence[Value], now: Sequence[Value], left: int) -> bool:
        done = self._rounds - left
        return before[:left] != now[:left] if self._backwards else before[done:] != now[done:]


def _rows(container: Value, keys: bool) -> Sequence[Value]:
    if isinstance(container, DictValue):
        return tuple(container.items) if keys else list(container.items.items())
    return list(container.items)
