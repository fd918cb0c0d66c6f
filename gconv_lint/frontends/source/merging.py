"""Joins the states that undecided branches leave behind into the one that the program goes on with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.source.values import MISSING, DictValue, Value

if TYPE_CHECKING:
    from gconv_lint.frontends.source.heap import Heap

Location = tuple[int, Any]
#: location -> (container, key, value after)
Delta = dict[Location, tuple[Any, Any, Value]]
#: the key that stands for all that a list or table holds
WHOLE = object()
#: Marks a container that may hold more children than are known; ``?name`` marks what may not be there.
OPEN = "#open"


def merge(heap: Heap, ends: list[Delta]) -> None:
    """Write what is known whichever of some branches was taken, each given by what it wrote."""
    written: Delta = {}
    for delta in ends:
        written.update(delta)
    heap.spend(len(written))
    for location, (container, key, _) in written.items():
        if key is WHOLE:
            _merge_container(heap, location, container, ends)
        else:
            base = container.get(key, MISSING)
            values = [delta[location][2] if location in delta else base for delta in ends]
            _settle(heap, container, key, values)


def _settle(heap: Heap, table: dict[Any, Value], key: Any, values: list[Value]) -> None:
    value = values[0]
    for other in values[1:]:
        value = heap.join(value, other, str(key))
    if value is MISSING:
        heap.drop(table, key)
        return
    heap.put(table, key, value)
    if isinstance(key, str) and key[:1] not in "#?" and any(v is MISSING for v in values):
        heap.put(table, f"?{key}", True)
        heap.put(table, OPEN, True)


def _merge_container(heap: Heap, location: Location, container: Any, ends: list[Delta]) -> None:
    base = copied(container)
    states = [delta[location][2] if location in delta else base for delta in ends]
    heap.touch(container)
    first = states[0]
    if all(s.exact and _shape(s) == _shape(first) for s in states):
        container.items = _join_items(heap, [s.items for s in states])
        container.exact = True
    elif isinstance(container, DictValue):
        shared = [k for k in first.items if all(k in s.items for s in states)]
        container.items = _join_items(heap, [{k: s.items[k] for k in shared} for s in states])
        container.exact = False
    else:
        container.items, container.exact = [], False


def _join_items(heap: Heap, states: list[Any]) -> Any:
    first = states[0]
    keys = range(len(first)) if isinstance(first, list) else list(first)
    joined = []
    for key in keys:
        value = first[key]
        for other in states[1:]:
            value = heap.join(value, other[key], "item")
        joined.append(value)
    return joined if isinstance(first, list) else dict(zip(first, joined))


def copied(container: Any) -> Any:
    """A list or table of the same content."""
    return type(container)(container.items.copy(), container.exact)


def _shape(container: Any) -> Any:
    items = container.items
    return len(items) if isinstance(items, list) else list(items)
