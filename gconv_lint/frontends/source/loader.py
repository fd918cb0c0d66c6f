"""Loads a module: puts its names in place without working out what nobody asks for."""

from __future__ import annotations

import ast
from collections import Counter
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.source.bindings import (
    DEFINITIONS,
    bindings,
    changed_names,
    containers,
    is_main_block,
    needs,
)
from gconv_lint.frontends.source.called_names import ANY
from gconv_lint.frontends.source.data_classes import row
from gconv_lint.frontends.source.escapes import is_data
from gconv_lint.frontends.source.frames import Call, Frame
from gconv_lint.frontends.source.handed_over import HandedOver
from gconv_lint.frontends.source.memo import share
from gconv_lint.frontends.source.shared_state import changed_inside, changes_globals, global_names, patched_names
from gconv_lint.frontends.source.values import (
    MISSING,
    ClassValue,
    Deferred,
    DictValue,
    Instance,
    Lazy,
    ListValue,
    Module,
    Partial,
    Value,
)

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator
    from gconv_lint.frontends.source.names import Names


class Loader:
    """Puts a module's names in place without working out what nobody asks for."""

    def __init__(self, ev: Evaluator, module: Module) -> None:
        self.ev = ev
        self.frame = Frame(module, module.vars, Call(None, module, None))

    def run(self, body: list[ast.stmt]) -> None:
        """Bind the names of the module's statements."""
        self._handed_over = HandedOver(self.ev, self.frame, body)
        text = self.frame.module.file.text
        self.ev.patched |= patched_names(text)
        walrus = ":=" in text
        bindings_of = [bindings(s, walrus) for s in body]
        bound = Counter(name for names in bindings_of for name in names)
        several = {name for name, times in bound.items() if times > 1}
        self.frame.module.rebound = several
        changed = changed_names(body, changed_inside(containers(body), text))
        for statement, names in zip(body, bindings_of):
            if (
                len(names) == 1
                and names[0] not in several
                and isinstance(statement, (*DEFINITIONS, ast.Assign, ast.AnnAssign))
                and not (several and needs(statement, several))
            ):
                self._defer(statement, names[0], names[0] in changed)
            elif isinstance(
                statement, (ast.Import, ast.ImportFrom, ast.If, ast.Try, *DEFINITIONS, ast.Assign, ast.AnnAssign)
            ) and not is_main_block(statement):
                self.ev.quietly(statement, self.frame)
            elif names:
                self._step(statement, names)
            if not isinstance(statement, (ast.Import, ast.ImportFrom)):
                self.frame.module.own.update(names)
        table = self.frame.vars
        self._reach_out(body)
        used_up = [name for name, value in table.items() if isinstance(value, Lazy)]
        for name in (*global_names(text), *used_up, *(self._constants(body) if changes_globals(text) else ())):
            if name in table:
                table[name] = self.ev.heap.fresh(name)

    def _constants(self, body: list[ast.stmt]) -> list[str]:
        """What a module binds other than by definitions and imports."""
        return [n for s in body if not isinstance(s, (*DEFINITIONS, ast.Import, ast.ImportFrom)) for n in bindings(s)]

    def _reach_out(self, body: list[ast.stmt]) -> None:
        """Note what this module stores in the objects of others: nobody knows who reads it before."""
        names, module = self.ev.names, self.frame.module
        for statement in body:
            if not isinstance(statement, (ast.Import, ast.ImportFrom)) or not names.may_be_own(statement):
                continue
            for alias in statement.names:
                changed = module.file.state.changes_of(alias.asname or alias.name.split(".")[0])
                if changed:
                    names.touch(*_origin(names, statement, alias, module), changed)

    def _step(self, statement: ast.stmt, names: list[str]) -> None:
        """A loop or the like: one that makes layers is part of the script, so its names are not known before."""
        module = self.frame.module
        if not self.ev.relevance.leads(statement, module):
            self.ev.quietly(statement, self.frame)
            return
        for name in names:
            if name in module.vars:
                module.vars[name] = self.ev.heap.fresh(name)

    def _defer(self, statement: ast.stmt, name: str, changed: bool) -> None:
        table, frame, ev = self.frame.vars, self.frame, self.ev

        def compute() -> Value:
            scratch = Frame(frame.module, table, frame.call)
            deferred = table.pop(name)
            ev.quietly(statement, scratch)
            value = table.pop(name, MISSING)
            table[name] = deferred
            if changed and isinstance(value, (ListValue, DictValue)):
                value = ListValue([], False) if isinstance(value, ListValue) else DictValue({}, False)
            state = frame.module.file.state
            if isinstance(value, Instance):
                self._forget_changes(name, value, changed)
            if isinstance(value, Partial) and state.changes_of(name):
                value.keywords = DictValue({}, False)
            if isinstance(value, Lazy):
                return ev.heap.fresh(name)  # Statements that are not run may use it up.
            if isinstance(value, ClassValue) and state.is_given_away(name):
                ev.classes.blur_all(value)
            return ev.heap.fresh(name) if value is MISSING else value

        table[name] = Deferred(compute)

    def _forget_changes(self, name: str, value: Instance, changed: bool) -> None:
        """Not every statement that uses or changes an object is run."""
        ev, state = self.ev, self.frame.module.file.state
        if is_data(value):
            used = state.is_used(name) or state.is_given_away(name)
            if used or self._handed_over.changes(name, value):
                ev.attributes.blur(value)
                share(value, ev.heap.clock + 1)
        elif row(value) is None and (changed or state.changes_of(name)):
            ev.edits.edit([value], [ANY])


def _origin(names: Names, statement: Any, alias: ast.alias, module: Module) -> tuple[str, str]:
    """The module that an imported name comes from, and its name there; "" for a module itself."""
    if isinstance(statement, ast.Import):
        return alias.name if alias.asname else alias.name.split(".")[0], ""
    base = names.base(statement, module)
    inner = f"{base}.{alias.name}"
    return (inner, "") if names.ev.project.find(inner) is not None else (base, alias.name)
