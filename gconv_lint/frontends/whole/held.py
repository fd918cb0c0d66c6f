"""What modules of the code under test hold, to tell whether a run changed any of it."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator, Sequence

from gconv_lint.frontends.whole.values import Class, Function, Namespace, Obj, Value

#: How deep values are looked into.
_DEPTH = 4


def all_held(modules: Iterable[Namespace]) -> list[Value]:
    """All values that modules hold, and those inside of them, in their order."""
    return [value for module in modules for value in _inside(module.names, _DEPTH)]


def is_same(before: Sequence[Value], after: Sequence[Value]) -> bool:
    """Whether both are the very same values."""
    return len(before) == len(after) and all(map(operator.is_, before, after))


def _inside(value: Value, depth: int) -> Iterator[Value]:
    kind = type(value)
    if kind is dict:
        items: Iterable[Value] = (*value, *value.values())
    elif kind in (list, tuple, set):
        items = value
    elif kind is Class or kind is Obj:
        items = value.attrs.values()
    elif kind is Function:
        items = (*value.defaults, *value.attrs.values())
    else:
        return
    for item in items:
        yield item
        if depth:
            yield from _inside(item, depth - 1)
