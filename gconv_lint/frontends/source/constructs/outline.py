"""Read the statements of a module once: its scopes, imports and the few assignments that detectors start from."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable
from typing import Any

from gconv_lint.frontends.source.bodies import UnreadCoroutine, UnreadFunction, body_text
from gconv_lint.frontends.source.constructs.imports import ImportedNames, dotted, from_aliases, import_aliases

#: What an unread function must have to be looked into: a write to groups, a convolution that it stores, definitions.
_WRITES = re.compile(r"(?<!self)\.groups\s*(?::[^=\n]*)?[^\w\s=(),.:\])]{0,2}=(?!=)")
_STORES = re.compile(r"self\.\w+\s*(?::[^=\n]*)?=[^=\n]*Conv")
_DEFINES = re.compile(r"^\s+(?:async\s+)?(?:class|def)\s+\w+\s*[(:]", re.MULTILINE)


class Scope:
    """A class or function with its place in the nesting; ``methods`` are the functions directly in a class."""

    __slots__ = ("is_class", "methods", "name", "node", "parent")

    def __init__(self, node: Any, parent: Scope | None, is_class: bool) -> None:
        self.node = node
        self.name: str = node.name
        self.parent = parent
        self.is_class = is_class
        self.methods: dict[str, Scope] = {}

    @property
    def qualified_name(self) -> str:
        """``Class.method``."""
        return f"{self.parent.qualified_name}.{self.name}" if self.parent else self.name

    @property
    def method(self) -> Scope | None:
        """The method that this scope is or lies in."""
        scope: Scope | None = self
        while scope is not None and (scope.is_class or scope.parent is None or not scope.parent.is_class):
            scope = None if scope.is_class else scope.parent
        return scope

    @property
    def owner(self) -> Scope | None:
        """The class of :attr:`method`."""
        method = self.method
        return method.parent if method else None


Stored = ast.Assign | ast.AnnAssign


class Outline:
    """The result of one iterative pass that looks at statements only, never at the expressions in them."""

    def __init__(self, tree: ast.Module) -> None:
        self.classes: list[Scope] = []
        self.functions: list[Scope] = []
        #: ``x.groups = ...`` with the scope it is in.
        self.groups_writes: list[tuple[ast.stmt, ast.Attribute, Scope | None]] = []
        #: ``self.x = call(...)`` in functions other than ``__init__``.
        self.stored_calls: list[tuple[Stored, ast.Attribute, Scope]] = []
        self.public: frozenset[str] = frozenset()
        self._aliases: dict[str, str] = {}
        self._stars: list[str] = []
        self._defined: set[str] = set()
        self._stack: list[tuple[list[ast.stmt], Scope | None]] = [(tree.body, None)]
        self._read()

    def release(self) -> None:
        """Part scopes that know each other, so that they go without a search for garbage."""
        for scope in self.scopes:
            scope.methods.clear()

    def lineage(self, owner: Scope) -> list[Scope]:
        """A class and its base classes in the same file, nearest first."""
        local = {scope.name: scope for scope in self.classes}
        found = [owner]
        for scope in found:
            bases = (local.get(dotted(base)) for base in scope.node.bases)
            found += [base for base in bases if base is not None and base not in found]
        return found

    def _read(self) -> None:
        stack, handlers = self._stack, _HANDLERS
        while stack:
            body, scope = stack.pop()
            for statement in body:
                handler = handlers.get(type(statement))
                if handler is not None:
                    handler(self, statement, scope)
        self.functions.sort(key=_start)
        self.classes.sort(key=_start)
        self.scopes = sorted([*self.functions, *self.classes], key=_start)
        self.names = ImportedNames(aliases=self._aliases, stars=tuple(self._stars), defined=frozenset(self._defined))

    def _import(self, statement: ast.Import, _scope: Scope | None) -> None:
        self._aliases.update(import_aliases(statement))

    def _import_from(self, statement: ast.ImportFrom, _scope: Scope | None) -> None:
        for name, full in from_aliases(statement):
            if name == "*":
                self._stars.append(full)
            else:
                self._aliases[name] = full

    def _class(self, statement: ast.ClassDef, scope: Scope | None) -> None:
        inner = Scope(statement, scope, True)
        self.classes.append(inner)
        self._define(statement.name, scope)
        self._stack.append((statement.body, inner))

    def _function(self, statement: ast.FunctionDef, scope: Scope | None) -> None:
        self._stack.append((statement.body, self._header(statement, scope)))

    def _header(self, statement: ast.FunctionDef, scope: Scope | None) -> Scope:
        inner = Scope(statement, scope, False)
        self.functions.append(inner)
        self._define(statement.name, scope)
        if scope is not None and scope.is_class:
            scope.methods[inner.name] = inner
        return inner

    def _unread(self, statement: UnreadFunction, scope: Scope | None) -> None:
        if _tells(body_text(statement), statement.name):
            self._function(statement, scope)
        else:
            self._header(statement, scope)

    def _define(self, name: str, scope: Scope | None) -> None:
        if scope is None:
            self._defined.add(name)

    def _assign(self, statement: ast.Assign, scope: Scope | None) -> None:
        target = statement.targets[0]
        if isinstance(target, ast.Attribute):
            self._attribute(statement, target, scope)
        elif scope is None and isinstance(target, ast.Name):
            self._module_name(target.id, statement.value)

    def _annotated(self, statement: ast.AnnAssign, scope: Scope | None) -> None:
        if isinstance(statement.target, ast.Attribute) and statement.value is not None:
            self._attribute(statement, statement.target, scope)

    def _attribute(self, statement: Stored, target: ast.Attribute, scope: Scope | None) -> None:
        if target.attr == "groups":
            self.groups_writes.append((statement, target, scope))
        elif scope is not None and scope.name != "__init__" and type(statement.value) is ast.Call:
            self.stored_calls.append((statement, target, scope))

    def _module_name(self, name: str, value: ast.expr) -> None:
        if name == "__all__" and isinstance(value, (ast.List, ast.Tuple)):
            texts = (element.value for element in value.elts if isinstance(element, ast.Constant))
            self.public = frozenset(text for text in texts if isinstance(text, str))
        text = dotted(value)
        head, dot, rest = text.partition(".")
        if text and head in self._aliases:
            self._aliases[name] = self._aliases[head] + dot + rest
        else:
            self._defined.add(name)

    def _augmented(self, statement: ast.AugAssign, scope: Scope | None) -> None:
        target = statement.target
        if isinstance(target, ast.Attribute) and target.attr == "groups":
            self.groups_writes.append((statement, target, scope))

    def _blocks(self, statement: ast.If, scope: Scope | None) -> None:
        self._stack.append((statement.body, scope))
        if statement.orelse:
            self._stack.append((statement.orelse, scope))

    def _with(self, statement: ast.With, scope: Scope | None) -> None:
        self._stack.append((statement.body, scope))

    def _try(self, statement: ast.Try, scope: Scope | None) -> None:
        blocks = [statement.body, *(h.body for h in statement.handlers), statement.orelse, statement.finalbody]
        self._stack.extend((block, scope) for block in blocks if block)

    def _match(self, statement: ast.Match, scope: Scope | None) -> None:
        self._stack.extend((case.body, scope) for case in statement.cases)


def _tells(text: str, name: str) -> bool:
    """Whether a function's text may hold something that the outline keeps."""
    if (".groups" in text and _WRITES.search(text)) or ("Conv" in text and name != "__init__" and _STORES.search(text)):
        return True
    return ("groups" in text or "huffle" in text) and _DEFINES.search(text) is not None


def _start(scope: Scope) -> int:
    line: int = scope.node.lineno
    return line


_HANDLERS: dict[type[ast.stmt], Callable[[Outline, Any, Scope | None], None]] = {
    ast.Import: Outline._import,
    ast.ImportFrom: Outline._import_from,
    ast.ClassDef: Outline._class,
    ast.FunctionDef: Outline._function,
    ast.AsyncFunctionDef: Outline._function,
    UnreadFunction: Outline._unread,
    UnreadCoroutine: Outline._unread,
    ast.Assign: Outline._assign,
    ast.AnnAssign: Outline._annotated,
    ast.AugAssign: Outline._augmented,
    ast.If: Outline._blocks,
    ast.For: Outline._blocks,
    ast.AsyncFor: Outline._blocks,
    ast.While: Outline._blocks,
    ast.With: Outline._with,
    ast.AsyncWith: Outline._with,
    ast.Try: Outline._try,
    ast.Match: Outline._match,
}
if sys.version_info >= (3, 11):
    _HANDLERS[ast.TryStar] = Outline._try
