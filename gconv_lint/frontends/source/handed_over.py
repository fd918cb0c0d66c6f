"""What the statements of a module let functions store in the objects of its names, by handing these over."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from gconv_lint.frontends.source.bindings import DEFINITIONS
from gconv_lint.frontends.source.called_names import ANY
from gconv_lint.frontends.source.expressions import compile_expression
from gconv_lint.frontends.source.frames import Frame
from gconv_lint.frontends.source.memo import held_by
from gconv_lint.frontends.source.values import Bound, ClassValue, External, Function, Instance, Value
from gconv_lint.frontends.source.walking import walk

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator

#: Where functions come from that store nothing in what they get.
_HARMLESS = ("torch.", "math.", "builtins.", "typing.", "logging.", "copy.", "dataclasses.", "numpy.", "os.")


class HandedOver:
    """The calls of a module's own statements, by the names that they hand over."""

    __slots__ = ("_body", "_callees", "_frame", "ev")

    def __init__(self, ev: Evaluator, frame: Frame, body: list[ast.stmt]) -> None:
        self.ev = ev
        self._frame = frame
        self._body = body
        self._callees: dict[str, list[ast.expr]] | None = None

    def changes(self, name: str, value: Instance) -> bool:
        """Whether somebody who gets the object of a name may store in it, or in what it holds."""
        callees = [compile_expression(self.ev, c)(self._frame) for c in self._calls().get(name, ())]
        if not callees:
            return False
        names = {attribute for part in held_by([value]) for attribute in getattr(part, "attrs", ())}
        return any(self._stores(callee, names) for callee in callees)

    def _calls(self) -> dict[str, list[ast.expr]]:
        if self._callees is None:
            self._callees = {}
            for statement in self._body:
                if not isinstance(statement, (*DEFINITIONS, ast.Import, ast.ImportFrom)):
                    self._note(statement)
        return self._callees

    def _note(self, statement: ast.stmt) -> None:
        assert self._callees is not None
        for node in walk(statement):
            if isinstance(node, ast.Call):
                for given in (*node.args, *(k.value for k in node.keywords)):
                    if isinstance(given, ast.Name):
                        self._callees.setdefault(given.id, []).append(node.func)

    def _stores(self, callee: Value, names: set[str]) -> bool:
        if isinstance(callee, Bound):
            callee = callee.function
        if isinstance(callee, ClassValue):
            callee = callee.lookup("__init__")
        if isinstance(callee, Function):
            stored = self.ev.relevance.stored_elsewhere(callee)
            return ANY in stored or not names.isdisjoint(stored)
        return isinstance(callee, External) and not callee.name.startswith(_HARMLESS)
