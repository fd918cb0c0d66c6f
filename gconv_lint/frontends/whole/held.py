"""What the program holds at one moment, to put it back later: as if nothing had run since."""

from __future__ import annotations

import ast
import re
import types
from collections.abc import Callable, Iterable
from functools import partial
from operator import is_
from typing import Any

from gconv_lint.frontends.whole.functions import Code
from gconv_lint.frontends.whole.tensors import Tensor
from gconv_lint.frontends.whole.values import MISSING, Class, External, Function, Obj, Unknown, Value

#: What cannot change and holds nothing that can.
_ATOMS = frozenset(
    (
        *(int, float, complex, bool, str, bytes, type(None), type(...), type(NotImplemented), range, slice),
        *(External, Code, type(MISSING), re.Pattern, re.Match, type, types.ModuleType),
    )
)
#: Values of the interpreter that are changed after they are made; others only hold what may be.
_CHANGING = frozenset((Obj, Class, Function, Unknown, Tensor))
#: Of a tensor only a run asks for these, anew each time.
_PASSING = frozenset(("__weakref__", "memory", "tape", "number"))
_OURS = "gconv_lint."
_CELL = ("cell_contents",)
_SLOTS: dict[type, tuple[str, ...]] = {}


class Snapshot:
    """All that some values hold, and those inside of them."""

    def __init__(self, roots: Iterable[Value]) -> None:
        #: whether all of it can be put back: how far an iterator has come cannot
        self.is_whole = True
        self._lists: list[tuple[Any, tuple[Value, ...]]] = []
        self._dicts: list[tuple[dict[Any, Value], tuple[Value, ...], tuple[Value, ...]]] = []
        self._sets: list[tuple[set[Any], frozenset[Any]]] = []
        self._slots: list[tuple[Any, tuple[str, ...], tuple[Value, ...]]] = []
        self._look(list(roots))

    def restore(self) -> None:
        """Let everything hold what it held."""
        for row, items in self._lists:
            if len(row) != len(items) or not all(map(is_, row, items)):
                row[:] = items
        for table, keys, values in self._dicts:
            same = len(table) == len(keys) and all(map(is_, table.values(), values)) and all(map(is_, table, keys))
            if not same:
                table.clear()
                table.update(zip(keys, values))
        for members, before in self._sets:
            if members != before:
                members.clear()
                members.update(before)
        for owner, names, values in self._slots:
            for name, value in zip(names, values):
                if getattr(owner, name, MISSING) is not value:
                    setattr(owner, name, value)

    def _look(self, waiting: list[Value]) -> None:
        seen: set[int] = set()
        while waiting:
            value = waiting.pop()
            if type(value) not in _ATOMS and id(value) not in seen:
                seen.add(id(value))
                waiting.extend(self._inside(value))

    def _inside(self, value: Any) -> Iterable[Value]:
        """What a value holds, which is noted."""
        look = _LOOKS.get(type(value))
        if look is not None:
            return look(self, value)
        if isinstance(value, (ast.AST, type)):
            return ()
        if type(value).__module__.startswith(_OURS):
            return self._own(value)
        self.is_whole = False
        return ()

    def _own(self, value: Any) -> Iterable[Value]:
        """Values of the interpreter have slots; its own parts, which have none, hold nothing of the program's."""
        names = _slots_of(type(value))
        held = tuple([getattr(value, name, MISSING) for name in names])
        if type(value) in _CHANGING:
            self._slots.append((value, names, held))
        return held

    def _list(self, value: Any) -> Iterable[Value]:
        items = tuple(value)
        self._lists.append((value, items))
        return items

    def _dict(self, value: dict[Any, Value]) -> Iterable[Value]:
        keys, values = tuple(value), tuple(value.values())
        self._dicts.append((value, keys, values))
        return (*keys, *values)

    def _set(self, value: set[Any]) -> Iterable[Value]:
        items = frozenset(value)
        self._sets.append((value, items))
        return items

    def _function(self, value: Any) -> Iterable[Value]:
        """A function of this package keeps values in its cells."""
        return (*(value.__closure__ or ()), *(value.__defaults__ or ()), *(value.__kwdefaults__ or {}).values())

    def _cell(self, value: Any) -> Iterable[Value]:
        try:
            self._slots.append((value, _CELL, (value.cell_contents,)))
        except ValueError:  # nothing is in it yet
            return ()
        return (value.cell_contents,)


def _slots_of(kind: type) -> tuple[str, ...]:
    """The names of what a value of the interpreter holds, the same tuple for all of a type."""
    known = _SLOTS.get(kind)
    if known is None:
        known = _SLOTS[kind] = tuple(name for name in getattr(kind, "__slots__", ()) if name not in _PASSING)
    return known


_LOOKS: dict[type, Callable[[Snapshot, Any], Iterable[Value]]] = {
    list: Snapshot._list,
    dict: Snapshot._dict,
    set: Snapshot._set,
    tuple: lambda snapshot, value: value,
    frozenset: lambda snapshot, value: value,
    types.FunctionType: Snapshot._function,
    types.CellType: Snapshot._cell,
    types.MethodType: lambda snapshot, value: (value.__func__, value.__self__),
    types.BuiltinFunctionType: lambda snapshot, value: (value.__self__,),
    partial: lambda snapshot, value: (value.func, *value.args, *value.keywords.values()),
}
