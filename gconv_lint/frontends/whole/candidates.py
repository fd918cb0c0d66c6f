"""Finds, in the text of a file, what may build a whole model when it is called with its defaults."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any, NamedTuple

from gconv_lint.frontends.source.parsed_files import SourceFile
from gconv_lint.model.places import Place

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
#: Values that are no model, whatever they hold.
_PLAIN = (ast.Constant, ast.Dict, ast.List, ast.Set, ast.JoinedStr, ast.Compare, ast.BoolOp, ast.BinOp, ast.Lambda)


class Candidate(NamedTuple):
    """A name at the top level of a file; those of one ``group`` hand their work on to the same function."""

    name: str
    group: str
    place: Place


class Candidates(NamedTuple):
    """What one file may build, and the names that its classes call: what a module is made of is no model by itself."""

    found: tuple[Candidate, ...]
    parts: frozenset[str]


def candidates(path: str, data: bytes) -> Candidates:
    """The candidates of a file; none in a text that does not speak of torch, or is no Python."""
    tree = SourceFile(path, data, "", "").tree() if b"torch" in data else None
    if tree is None:
        return Candidates((), frozenset())
    rows = (row for statement in tree.body for row in _rows(statement))
    found = tuple(Candidate(name, group, _place(path, node, name)) for name, group, node in rows)
    return Candidates(found, frozenset(_parts(tree)))


def _rows(statement: ast.stmt) -> Iterator[tuple[str, str, Any]]:
    if isinstance(statement, ast.FunctionDef) and not statement.name.startswith("_"):
        returned = list(_returned(statement.body))
        if not _needed(statement.args) and any(not isinstance(value, _PLAIN) for value in returned):
            yield statement.name, next(filter(None, map(_callee, returned)), statement.name), statement
    elif isinstance(statement, (ast.Assign, ast.AnnAssign)) and isinstance(statement.value, ast.Call):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        if len(targets) == 1 and isinstance(targets[0], ast.Name) and not targets[0].id.startswith("_"):
            yield targets[0].id, targets[0].id, statement


def _needed(arguments: ast.arguments) -> bool:
    """Whether a call has to give something."""
    by_position = len(arguments.posonlyargs) + len(arguments.args)
    return len(arguments.defaults) < by_position or None in arguments.kw_defaults


def _returned(body: list[ast.stmt]) -> Iterator[ast.expr]:
    """What a function may return, but not what functions inside of it do."""
    waiting: list[ast.AST] = list(reversed(body))
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Return) and node.value is not None:
            yield node.value
        elif isinstance(node, (ast.stmt, ast.ExceptHandler, ast.match_case)) and not isinstance(node, _SCOPES):
            waiting.extend(reversed(list(ast.iter_child_nodes(node))))


def _callee(value: ast.expr) -> str:
    return value.func.id if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) else ""


def _parts(tree: ast.Module) -> Iterator[str]:
    for statement in tree.body:
        for node in ast.walk(statement) if isinstance(statement, ast.ClassDef) else ():
            function = node.func if isinstance(node, ast.Call) else None
            if isinstance(function, ast.Name):
                yield function.id
            elif isinstance(function, ast.Attribute) and getattr(function.value, "id", "self") not in ("self", "cls"):
                yield function.attr


def _place(path: str, node: Any, name: str) -> Place:
    start = node.col_offset + 1
    length = len(f"def {name}") if isinstance(node, ast.FunctionDef) else len(name)
    return Place(path, node.lineno, start, node.lineno, start + length)
