"""Expressions of files with the calls that lead to them, and what assigns to names around them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gconv_lint.fixes.documents import Document
from gconv_lint.model.places import Place

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class Spot(NamedTuple):
    """An expression of a file, and the calls that lead to it, innermost first."""

    document: Document
    node: ast.expr
    callers: Sequence[Place] = ()


def taker(document: Document, name: ast.Name) -> Function | None:
    """The innermost function around a name; a lambda only where the name is one of its parameters."""
    for each in document.around(name):
        if isinstance(each, _FUNCTIONS) or (isinstance(each, ast.Lambda) and name.id in names_of(each)):
            return each
    return None


def assignments(scope: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Targets and values of what a function, class or module assigns; other functions' bodies are looked into
    only for classes, whose methods assign to ``self``. A target that is changed otherwise comes with itself.
    """
    for node in _own(scope):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                yield from _pairs(target, node.value)
        elif isinstance(node, (ast.AnnAssign, ast.NamedExpr)) and node.value is not None:
            yield node.target, node.value
        elif isinstance(node, ast.AugAssign):
            yield node.target, node.target
        elif isinstance(node, (ast.For, ast.AsyncFor, ast.comprehension)):
            yield from _unknown(node.target)
        elif isinstance(node, ast.withitem) and node.optional_vars is not None:
            yield from _unknown(node.optional_vars)


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[ast.expr, ast.expr]]:
    if not isinstance(target, (ast.Tuple, ast.List)):
        yield target, value
    elif isinstance(value, (ast.Tuple, ast.List)) and len(value.elts) == len(target.elts):
        for left, right in zip(target.elts, value.elts, strict=True):
            yield from _pairs(left, right)
    else:
        yield from _unknown(target)


def _unknown(target: ast.expr) -> Iterator[tuple[ast.expr, ast.expr]]:
    for part in ast.walk(target):
        if isinstance(part, (ast.Name, ast.Attribute)):
            yield part, part


def _own(scope: ast.AST) -> Iterator[ast.AST]:
    queue = list(ast.iter_child_nodes(scope))
    while queue:
        node = queue.pop()
        yield node
        if isinstance(scope, ast.ClassDef) or not isinstance(node, (*_FUNCTIONS, ast.ClassDef, ast.Lambda)):
            queue.extend(ast.iter_child_nodes(node))


def same(target: ast.expr, node: ast.expr) -> bool:
    """Whether a target is the name or the attribute that ``node`` reads."""
    if isinstance(target, ast.Name) and isinstance(node, ast.Name):
        return target.id == node.id
    if isinstance(target, ast.Attribute) and isinstance(node, ast.Attribute):
        return target.attr == node.attr and ast.dump(target.value) == ast.dump(node.value).replace("Store()", "Load()")
    return False


def parameters(function: Function) -> list[str]:
    """The positional parameters of a function without ``self``."""
    names = [each.arg for each in (*function.args.posonlyargs, *function.args.args)]
    return names[1:] if names[:1] in (["self"], ["cls"]) else names


def names_of(function: Function) -> set[str]:
    """All named parameters of a function."""
    return {each.arg for each in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)}


def default(function: Function, name: str) -> ast.expr | None:
    """The default of a parameter."""
    arguments = function.args
    positional = [each.arg for each in (*arguments.posonlyargs, *arguments.args)]
    defaults: dict[str, ast.expr | None] = dict(
        zip(positional[len(positional) - len(arguments.defaults) :], arguments.defaults, strict=True)
    )
    defaults |= {each.arg: value for each, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)}
    return defaults.get(name)
