"""What code that nobody can see may do: change the containers and objects it gets, and call the functions it gets."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from gconv_lint.frontends.source import data_classes, iterators
from gconv_lint.frontends.source.values import (
    MISSING,
    Bound,
    ClassValue,
    DictValue,
    Function,
    Instance,
    Lazy,
    ListValue,
    Partial,
    Value,
)
from gconv_lint.frontends.source.walking import walk
from gconv_lint.model.dims import Sym

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator


_ROOT = re.compile(r"[^#]*#(?:\d+\.)?\d+")
_CHANGING = (ListValue, DictValue, Instance)


class Escapes:
    """Forgets what may have changed."""

    __slots__ = ("_mentions", "_passing", "_running", "ev", "hidden")

    def __init__(self, ev: Evaluator) -> None:
        self.ev = ev
        #: unknown objects by their text -> what they may call whenever somebody uses them
        self.hidden: dict[str, Value] = {}
        #: those of the root that is evaluated
        self._passing: list[str] = []
        self._mentions: dict[ast.AST, frozenset[str]] = {}
        self._running: set[int] = set()

    def hide(self, name: str, value: Value) -> Sym:
        """An unknown object that may call ``value``: what an unknown decorator made of a function."""
        made = self.ev.heap.fresh(name)
        name = str(made)
        self.hidden[name] = value
        if not self.ev.heap.scope:
            self._passing.append(name)
        return made

    def one_of(self, hint: str, *values: Value) -> Value:
        """An unknown object that may be one of some values, or one of what they hold, or a part of a module."""
        found = [v for v in values if isinstance(v, _CHANGING)]
        for value in values:
            if isinstance(value, (ListValue, DictValue, tuple)):
                found += [v for v in _items(value) if isinstance(v, _CHANGING)]
        kept = [v for v in found if not isinstance(v, Instance) or is_data(v)]
        made = self.hide(hint, tuple(kept)) if kept else self.ev.heap.fresh(hint)
        return self.ev.edits.part_of(made, self.ev.edits.owners(values))

    def used(self, value: Value) -> Value:
        """Somebody uses an unknown object; what it hides, which whatever comes of it hides too."""
        if not self.hidden or not isinstance(value, Sym):
            return MISSING
        root = _ROOT.match(str(value))
        known = self.hidden.get(root[0], MISSING) if root is not None else MISSING
        if known is not MISSING:
            self.give([known])
        return known

    def begin(self) -> None:
        """Forget the unknown objects of one root: the next one's have their names."""
        for name in self._passing:
            del self.hidden[name]
        self._passing.clear()
        self.ev.edits.begin()

    def asked(self, callee: Value) -> None:
        """Somebody calls a method of an unknown object."""
        owner = str(callee).rpartition(".")[0] if isinstance(callee, Sym) and callee.is_atom else ""
        owner = owner.removesuffix(".__dict__")
        if owner:
            self.ev.heap.lose(Sym.atom(owner))

    def give(self, values: Iterable[Value]) -> None:
        """Code that nobody can see gets some values."""
        for value in values:
            if id(value) in self._running:
                continue
            self._running.add(id(value))
            try:
                self._give(value)
            finally:
                self._running.discard(id(value))

    def _give(self, value: Value) -> None:
        if isinstance(value, (ListValue, DictValue)):
            value.shared = True  # Somebody may keep it, and write to it later.
            self.give(list(value.items.values() if isinstance(value, DictValue) else value.items))
            self.ev.heap.blur(value)
        elif isinstance(value, tuple):
            self.give(value)
        elif isinstance(value, Lazy):
            iterators.sample(self.ev, value)
        elif isinstance(value, Sym):
            self.used(value)
            if value.is_atom:
                self.ev.heap.lose(value)
        elif isinstance(value, Instance):
            self._give_object(value)
        elif isinstance(value, Partial):
            self.give([value.function, *value.args, *value.kwargs.values()])
        elif isinstance(value, (Function, Bound, ClassValue)):
            self._give_code(value)
        else:
            self.ev.tensors.memory.lose(value)

    def _give_object(self, value: Instance) -> None:
        """Somebody may keep an object and write to it later; of a module of torch's, its layers are taken to stay."""
        if not isinstance(value.cls, ClassValue):
            return
        for cls in value.cls.mro:
            self.give(v for v in getattr(cls, "attrs", {}).values() if isinstance(v, Function) and v.env)
        held = [v for v in value.attrs.values() if isinstance(v, (ListValue, DictValue, Instance, Sym))]
        if data_classes.row(value) is not None:
            self.give(held)
            return
        self.ev.attributes.blur(value)
        if is_data(value):
            value.shared = True
            self.give(held)

    def _give_code(self, value: Function | Bound | ClassValue) -> None:
        """Somebody may call a function, at any time: what it can reach may be other than it was."""
        if isinstance(value, ClassValue):
            return
        if isinstance(value, Bound):
            if isinstance(value.function, Function):
                self._change(value.receiver, self.ev.relevance.stored(value.function))
                self.give([value.function])
            return
        for table in value.env:
            for name in self._mentioned(value) & table.keys():
                if name in value.code.global_names:
                    self.ev.heap.put(table, name, self.ev.heap.fresh(name))
                elif not isinstance(table[name], (ClassValue, tuple)):
                    self.give([table[name]])

    def _change(self, owner: Value, stored: Iterable[str]) -> None:
        if isinstance(owner, Instance):
            for name in stored:
                if name in owner.attrs:
                    self.ev.heap.put(owner.attrs, name, self.ev.heap.fresh(name))
            self.give([v for v in owner.attrs.values() if isinstance(v, (ListValue, DictValue))])

    def _mentioned(self, function: Function) -> frozenset[str]:
        node = function.code.node
        if node not in self._mentions:
            function.code.compiled(function.module.file)  # finds out which names it shares
            self._mentions[node] = frozenset(n.id for n in walk(node) if isinstance(n, ast.Name))
        return self._mentions[node]


def _items(container: Value) -> Iterable[Value]:
    if isinstance(container, tuple):
        return container
    inside = container.items.values() if isinstance(container, DictValue) else container.items
    return (*inside, *container.lost)


def is_data(value: Instance) -> bool:
    """Whether an object is of the project, and no module of torch's."""
    return isinstance(value.cls, ClassValue) and value.cls.external_base() is None
