"""Drops the bodies of functions from the syntax trees of large projects, and parses one again when it is run.

A syntax tree takes some forty times the memory of its text, and most functions of a large project are never run.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gconv_lint.frontends.source.project import SourceFile

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class Forgotten(ast.Pass):
    """Stands where a function's statements stood; keeps the line of the first and the file to read them from."""

    file: SourceFile


def forget(body: list[ast.stmt], file: SourceFile) -> None:
    """Drop the bodies of all functions and methods in ``body``."""
    for statement in body:
        if isinstance(statement, ast.ClassDef):
            forget(statement.body, file)
        elif isinstance(statement, _FUNCTIONS):
            first = _first(statement)
            stand_in = Forgotten(
                lineno=first.lineno, col_offset=first.col_offset, end_lineno=first.end_lineno, end_col_offset=0
            )
            stand_in.file = file
            statement.body = [stand_in]


def _first(function: Any) -> ast.stmt:
    """The first statement behind the documentation."""
    first = function.body[0]
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and len(function.body) > 1
    found: ast.stmt = function.body[1] if documented else first
    return found


def recall(function: Any) -> None:
    """Put the statements of a function back, if they were dropped, at the places they had."""
    if len(function.body) != 1 or not isinstance(function.body[0], Forgotten):
        return
    lines = function.body[0].file.lines
    text = "".join(lines[function.lineno - 1 : function.end_lineno])
    # An indented definition needs a block around it; blank lines in front keep the line numbers.
    front = "\n" * (function.lineno - 1) if not function.col_offset else "\n" * (function.lineno - 2) + "if 1:\n"
    statement: Any = ast.parse(front + text).body[0]
    parsed = statement if not function.col_offset else statement.body[0]
    function.body = parsed.body
