"""Remembers evaluations by what was called with what, as a graph of entries that share their layers."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.source.entries import Entry
from gconv_lint.frontends.source.frames import Call, Frame
from gconv_lint.frontends.source.values import (
    Bound,
    Builtin,
    ClassValue,
    DictValue,
    External,
    Function,
    Instance,
    Lazy,
    ListValue,
    Partial,
    Raised,
    Value,
)
from gconv_lint.model.dims import Sym

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator

MAX_CALLERS = 8


class Memo:
    """Entries by key; the one being evaluated collects the layers."""

    __slots__ = ("_passing", "current", "entries", "ev")

    def __init__(self, ev: Evaluator) -> None:
        self.ev = ev
        self.entries: dict[Any, Entry] = {}
        #: Those that hold while the root's unknown objects have what was stored in them.
        self._passing: dict[Any, Entry] = {}
        self.current = Entry(Call(None, None, None))

    def call(self, key: Any, evaluate: Callable[[Call], Value], node: ast.AST | None, f: Frame) -> Value:
        """The remembered result of ``key``, or that of evaluating it now."""
        heap = self.ev.heap
        key = (key, f.guards > 0, heap.written)
        known = self._passing if heap.written else self.entries
        entry = known.get(key)
        if entry is not None and self._is_valid(entry):
            return self._reuse(entry, node, f)
        call = Call(node, f.module, f.call)
        entry = self.open(call)
        parent = self.current
        parent.children.append(entry)
        self.current = entry
        journal, heap.journal = heap.journal, None
        spared = len(heap.spared)
        entry.scope, entry.root, entry.first = heap.scope, heap.root, heap.counter
        chance = self.ev.chance
        try:
            entry.result = evaluate(call)
        except Raised as error:
            entry.failure = error.kind
            raise
        finally:
            self.current = parent
            heap.journal = journal
            entry.last = heap.counter
            if not entry.bears:
                entry.call = None
        heap.clock += 1
        entry.done, entry.spared = heap.clock, tuple(dict.fromkeys(heap.spared[spared:]))
        if heap.written == key[2] and chance == self.ev.chance:
            known[key] = entry
        return entry.result

    def end_root(self) -> None:
        """Forget what no other root can use."""
        for entry in self._passing.values():
            entry.result = None
        self._passing.clear()

    def open(self, call: Call) -> Entry:
        """A new entry that nobody can look up yet."""
        return Entry(call)

    def _is_valid(self, entry: Entry) -> bool:
        """Whether an entry's result is as it was, and none of its unknowns has the name of another of this root."""
        heap = self.ev.heap
        if not entry.reused:
            entry.reused = True
            entry.changed = share(entry.result, entry.done)
        if entry.changed:
            return False
        if entry.first == entry.last or entry.scope != heap.scope or entry.root == heap.root:
            return True
        if heap.counter > entry.first:
            return False
        heap.counter = entry.last
        return True

    def _reuse(self, entry: Entry, node: ast.AST | None, f: Frame) -> Value:
        if entry not in self.current.children[-4:]:
            self.current.children.append(entry)
        if entry.call is not None and len(entry.call.also) < MAX_CALLERS:
            entry.call.also.append(Call(node, f.module, f.call))
        for owner in entry.spared:
            self.ev.heap.lose(owner)
        return entry.result


def share(value: Value, done: int) -> bool:
    """Mark everything reachable from a remembered result: later writes to it are not seen by all who hold it.

    Whether any of it was written to after the evaluation was done, or can be used only once.
    """
    changed = False
    for item in held_by([value]):
        if isinstance(item, Lazy):
            changed = True
        else:
            item.shared = True
            changed = changed or item.touched >= done
    return changed


def held_by(values: Iterable[Value]) -> list[Any]:
    """The containers, objects and iterators that can be reached from some values."""
    stack, found = list(values), {}
    while stack:
        item = stack.pop()
        if isinstance(item, tuple):
            stack.extend(item)
        elif isinstance(item, (ListValue, DictValue, Instance, Lazy)) and id(item) not in found:
            found[id(item)] = item
            content: Any = (
                item.watched if isinstance(item, Lazy) else item.attrs if isinstance(item, Instance) else item.items
            )
            stack.extend(content.values() if isinstance(content, dict) else content)
    return list(found.values())


def arguments_key(args: list[Value], kwargs: dict[Any, Value]) -> Any:
    """A hashable key equal for equal arguments, or ``None`` where arguments could be changed by the call."""
    key: list[Any] = []
    for value in args:
        if type(value) is int or type(value) is str or value is None:
            key.append(value)
            continue
        part = value_key(value)
        if part is None:
            return None
        key.append(part)
    if kwargs:
        for name in sorted(kwargs, key=str):
            part = value_key(kwargs[name])
            if part is None:
                return None
            key.append((name, part))
    return tuple(key)


def value_key(value: Value) -> Any:
    """The key of one value; types are part of it, since ``1 == 1.0 == True``."""
    kind = type(value)
    if kind in (int, str, Sym, Function, ClassValue, Builtin, object):  # A bare object stands for unknown arguments.
        return _function_key(value) if kind is Function else (value if kind is not int else (value,))
    if kind is tuple:
        parts = tuple([value_key(v) for v in value])
        return None if None in parts else (tuple, parts)
    if kind is External:
        return (External, value.name)
    if kind is Partial and value.keywords is None:
        inner = arguments_key(list(value.args), value.kwargs)
        function = value_key(value.function)
        return None if inner is None or function is None else (Partial, function, inner)
    if kind in (ListValue, DictValue, Instance, Bound, Lazy, Partial):
        return None
    return (kind, value) if isinstance(value, (int, float, bytes, type(None))) else None


def _function_key(function: Function) -> Any:
    """Closures made by the same code over the same simple variables are one function."""
    if not function.env:
        return function
    captured = []
    for table in function.env:
        for name, value in sorted(table.items()):
            part = value if value is None or type(value) in (int, str, float, bool) else None
            if part is None and value is not None:
                return function
            captured.append((name, type(value), part))
    return (function.code, tuple(captured))
