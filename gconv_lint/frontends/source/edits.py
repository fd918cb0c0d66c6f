"""Modules that somebody edits through unknowns that stand for parts of them: from loops, paths and tables."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from gconv_lint.frontends.source.alterations import HARMLESS
from gconv_lint.frontends.source.called_names import ANY
from gconv_lint.frontends.source.memo import held_by
from gconv_lint.frontends.source.merging import OPEN
from gconv_lint.frontends.source.values import (
    MISSING,
    ClassValue,
    DictValue,
    Function,
    Instance,
    Lazy,
    ListValue,
    Value,
)
from gconv_lint.model.dims import Sym

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator

_ROOT = re.compile(r"[^#]*#(?:\d+\.)?\d+")
_STEPS = re.compile(r"\.(\w+)")
#: Methods that change what a module, or a table of modules, holds.
_EDITING = {
    "append", "extend", "insert", "pop", "popitem", "update", "clear", "setdefault", "add_module", "register_module",
    "set_submodule", "__setattr__", "__delattr__", "__setitem__", "__delitem__",
}  # fmt: skip
#: What every module has, whoever stores it.
_EVERYWHERE = {"forward", "__class__", "__call__"}


class Edits:
    """Knows which modules an unknown may be a part of, and forgets what is stored in one of those."""

    __slots__ = ("_owners", "_passing", "ev")

    def __init__(self, ev: Evaluator) -> None:
        self.ev = ev
        #: unknowns by their text -> the modules that they are, or are parts of
        self._owners: dict[str, tuple[Instance, ...]] = {}
        #: those of the root that is evaluated
        self._passing: list[str] = []

    def begin(self) -> None:
        """Forget the unknowns of one root: the next one's have their names."""
        for name in self._passing:
            self._owners.pop(name, None)
        self._passing.clear()

    def part_of(self, made: Sym, owners: tuple[Instance, ...]) -> Sym:
        """Note that an unknown is one of some modules, or a part of one."""
        if owners:
            self._owners[str(made)] = owners
            if not self.ev.heap.scope:
                self._passing.append(str(made))
        return made

    def owners(self, values: Iterable[Value]) -> tuple[Instance, ...]:
        """The modules that can be changed through some values."""
        found: dict[Instance, None] = {}
        stack, seen = list(values), set()
        while stack:
            value = stack.pop()
            if isinstance(value, Sym):
                found.update(dict.fromkeys(self._of_unknown(value)))
            elif isinstance(value, Instance):
                found[value] = None
            elif isinstance(value, (ListValue, DictValue, Lazy, tuple)) and id(value) not in seen:
                seen.add(id(value))
                stack.extend(_inside(value))
        return tuple(found)

    def is_part(self, value: Value) -> bool:
        """Whether an unknown is a module, or a part of one."""
        return bool(self._owners) and isinstance(value, Sym) and bool(self._of_unknown(value))

    def _of_unknown(self, value: Sym) -> tuple[Instance, ...]:
        root = _ROOT.match(str(value)) if self._owners else None
        return self._owners.get(root[0], ()) if root is not None else ()

    def stored(self, owner: Value, name: str | None) -> None:
        """``owner.name = value`` of an unknown; ``None`` for an item, or a name that is not known."""
        if isinstance(owner, Sym) and (owners := self._of_unknown(owner)) and not _is_of_weights(owner):
            self.edit(owners, [ANY if name is None else name])

    def called(self, callee: Value) -> tuple[Instance, ...]:
        """Somebody calls a method of an unknown; the modules that this may be of."""
        owners = self._of_unknown(callee) if isinstance(callee, Sym) else ()
        if not owners or _is_of_weights(callee):
            return owners
        word = str(callee).rpartition(".")[2]
        if word.startswith("register_forward"):
            self._make_opaque(owners)
        elif word in _EDITING:
            self.edit(owners, [ANY])
        else:
            methods = {_method(part, word) for part in held_by(owners)}
            self.edit(owners, {name for method in methods if method for name in self.ev.relevance.stored(method)})
        return owners

    def edit(self, owners: Iterable[Instance], names: Iterable[str]) -> None:
        """Somebody may have stored attributes of some names in any part of some modules."""
        names = list(names)
        for part in held_by(owners) if names else ():
            if isinstance(part, Instance):
                self._edit(part, names)
            elif isinstance(part, (ListValue, DictValue)) and ANY in names:
                self.ev.heap.blur(part)

    def _edit(self, part: Instance, names: list[str]) -> None:
        if ANY in names:
            self.edit_all(part)
            return
        for name in names:
            above = part.cls.lookup(name) if isinstance(part.cls, ClassValue) else MISSING
            if name in part.attrs or above is not MISSING or name in _EVERYWHERE:
                self._forget(part, name)

    def edit_all(self, part: Instance) -> None:
        """Somebody may have stored or deleted any attribute of an object; what is unknown stays the same unknown."""
        for name in [n for n, v in part.attrs.items() if type(v) is not Sym and n[:1] not in "#?"]:
            self._forget(part, name)
            part.attrs[f"?{name}"] = True
        part.attrs[OPEN] = True
        self.ev.forwards.alterations.opaque(part)

    def _forget(self, part: Instance, name: str) -> None:
        """Past the heap's journal: it costs much less, and what is forgotten in one branch may be so in all."""
        part.attrs[name] = made = self.ev.escapes.one_of(name, part.attrs.get(name, MISSING))
        part.touched = self.ev.heap.clock
        self.ev.forwards.alterations.stored(part, name, made)

    def _make_opaque(self, owners: tuple[Instance, ...]) -> None:
        for part in held_by(owners):
            if isinstance(part, Instance):
                self.ev.forwards.alterations.opaque(part)


def _inside(value: Value) -> Iterable[Value]:
    if isinstance(value, (tuple, Lazy)):
        return value if isinstance(value, tuple) else value.watched
    return (*(value.items.values() if isinstance(value, DictValue) else value.items), *value.lost)


def _is_of_weights(value: Sym) -> bool:
    """Whether an unknown is a parameter of a module, or what one holds."""
    return not HARMLESS.isdisjoint(_STEPS.findall(str(value)))


def _method(part: Value, word: str) -> Function | None:
    found = part.cls.lookup(word) if isinstance(part, Instance) and isinstance(part.cls, ClassValue) else None
    return found if isinstance(found, Function) else None
