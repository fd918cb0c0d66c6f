"""Remembers evaluations by what was called with what, as a graph of entries that share their layers."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.source.frames import Call, Frame
from gconv_lint.frontends.source.values import (
    Bound,
    Builtin,
    ClassValue,
    DictValue,
    External,
    Function,
    Instance,
    ListValue,
    Partial,
    Raised,
    Value,
)
from gconv_lint.model.dims import Sym

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator
    from gconv_lint.frontends.source.records import Record

MAX_CALLERS = 8


class Entry:
    """One evaluation: the layers it made itself, the evaluations it rests on, and what came out."""

    __slots__ = ("call", "children", "failure", "graphs", "records", "result", "reused")

    def __init__(self, call: Call) -> None:
        self.call = call
        self.records: list[Record] = []
        self.graphs: list[Any] = []
        self.children: list[Entry] = []
        self.result: Value = None
        self.failure: str | None = None
        self.reused = False


class Memo:
    """Entries by key; the one being evaluated collects the layers."""

    __slots__ = ("current", "entries", "ev")

    def __init__(self, ev: Evaluator) -> None:
        self.ev = ev
        self.entries: dict[Any, Entry] = {}
        self.current = Entry(Call(None, None, None))

    def call(self, key: Any, evaluate: Callable[[Call], Value], node: ast.AST | None, f: Frame) -> Value:
        """The remembered result of ``key``, or that of evaluating it now."""
        heap = self.ev.heap
        key = (key, f.guards > 0, heap.written)
        entry = self.entries.get(key)
        if entry is not None:
            return self._reuse(entry, node, f)
        call = Call(node, f.module, f.call)
        entry = self.open(call)
        parent = self.current
        parent.children.append(entry)
        self.current = entry
        journal, heap.journal = heap.journal, None
        scope = heap.enter_scope()
        try:
            entry.result = evaluate(call)
        except Raised as error:
            entry.failure = error.kind
            raise
        finally:
            self.current = parent
            heap.journal = journal
            heap.scope, heap.counter = scope
        if heap.written == key[2]:
            self.entries[key] = entry
        return entry.result

    def open(self, call: Call) -> Entry:
        """A new entry that nobody can look up yet."""
        return Entry(call)

    def _reuse(self, entry: Entry, node: ast.AST | None, f: Frame) -> Value:
        if entry not in self.current.children[-4:]:
            self.current.children.append(entry)
        if len(entry.call.also) < MAX_CALLERS:
            entry.call.also.append(Call(node, f.module, f.call))
        if not entry.reused:
            entry.reused = True
            share(entry.result)
        return entry.result


def share(value: Value) -> None:
    """Mark everything reachable from a remembered result: later writes to it are not seen by all who hold it."""
    stack, seen = [value], set()
    while stack:
        item = stack.pop()
        if id(item) in seen:
            continue
        seen.add(id(item))
        if isinstance(item, tuple):
            stack.extend(item)
        elif isinstance(item, (ListValue, DictValue)):
            item.shared = True
            stack.extend(item.items.values() if isinstance(item, DictValue) else item.items)
        elif isinstance(item, Instance):
            item.shared = True
            stack.extend(item.attrs.values())


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
    if kind in (int, str, Sym, Function, ClassValue, Builtin):
        return _function_key(value) if kind is Function else (value if kind is not int else (value,))
    if kind is tuple:
        parts = tuple([value_key(v) for v in value])
        return None if None in parts else (tuple, parts)
    if kind is External:
        return (External, value.name)
    if kind is Partial:
        inner = arguments_key(list(value.args), value.kwargs)
        function = value_key(value.function)
        return None if inner is None or function is None else (Partial, function, inner)
    if kind in (ListValue, DictValue, Instance, Bound):
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
