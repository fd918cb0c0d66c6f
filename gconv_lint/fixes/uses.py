"""What code does with a name, an attribute or a key besides passing its value on."""

from __future__ import annotations

import ast

from gconv_lint.fixes.documents import Document
from gconv_lint.fixes.holders import word
from gconv_lint.frontends.source.constructs.imports import dotted

#: What hands a value on as it is.
_PASSING = (
    *(ast.keyword, ast.Assign, ast.AnnAssign, ast.NamedExpr, ast.Return, ast.Starred, ast.arguments, ast.Lambda),
    *(ast.Dict, ast.Tuple, ast.List, ast.Attribute, ast.Expr, ast.alias),
)
#: Functions that make another number, or several things, of a number.
_COUNTING = frozenset(("range", "max", "min", "sum", "int", "float", "round", "divmod", "pow", "math.gcd"))


def is_computed_with(document: Document, name: str) -> bool:
    """Whether a file computes, compares or counts with what it reads under a name or a key."""
    return any(
        isinstance(node, (ast.Name, ast.Attribute, ast.Subscript, ast.Call))
        and isinstance(getattr(node, "ctx", None), (ast.Load, type(None)))
        and word(node) == name
        and not _is_passed_on(document, node)
        for node in ast.walk(document.tree)
    )


def _is_passed_on(document: Document, node: ast.expr) -> bool:
    around = document.parents.get(node)
    if isinstance(around, ast.Call):
        return around.func is node or dotted(around.func) not in _COUNTING
    return (
        around is None or isinstance(around, _PASSING) or (isinstance(around, ast.Subscript) and around.value is node)
    )
