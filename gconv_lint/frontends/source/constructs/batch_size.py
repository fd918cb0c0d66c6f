"""Tell whether a number is computed from the batch size of a function's data."""

from __future__ import annotations

import ast
import re

from gconv_lint.frontends.source.constructs.imports import dotted
from gconv_lint.frontends.source.constructs.syntax import integer, nodes

#: Tensors whose first axis is not the batch: ``groups=kernel.shape[0]`` is a constant of the model.
_WEIGHTS = re.compile(r"weight|kernel|filter|bias|(?:^|\.)[wk]$|window|taps", re.IGNORECASE)


def batch_names(function: ast.FunctionDef) -> set[str]:
    """The local variables of a function that hold ``x.shape[0]``, ``x.size(0)`` or arithmetic over them."""
    found: set[str] = set()
    assignments = [node for node in nodes(function.body) if isinstance(node, ast.Assign)]
    for assignment in sorted(assignments, key=lambda node: node.lineno):
        for target in assignment.targets:
            found |= _named_batch(target, assignment.value, found)
    return found


def _named_batch(target: ast.expr, value: ast.expr, known: set[str]) -> set[str]:
    if isinstance(target, ast.Name):
        return {target.id} if from_batch(value, known) else set()
    if isinstance(target, (ast.Tuple, ast.List)) and target.elts and isinstance(target.elts[0], ast.Name):
        return {target.elts[0].id} if _is_shape(value) else set()
    return set()


def from_batch(value: ast.expr, known: set[str]) -> bool:
    """Whether an expression of plain arithmetic has a batch size in it."""
    pending: list[ast.expr] = [value]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.BinOp):
            pending.extend((node.left, node.right))
        elif _is_batch(node) or (isinstance(node, ast.Name) and node.id in known):
            return True
        elif isinstance(node, ast.Call) and dotted(node.func) == "int":
            pending.extend(node.args)
    return False


def _is_batch(node: ast.expr) -> bool:
    if isinstance(node, ast.Subscript) and integer(node.slice) == 0:
        return _is_shape(node.value)
    if isinstance(node, ast.Call) and len(node.args) == 1 and integer(node.args[0]) == 0:
        return isinstance(node.func, ast.Attribute) and node.func.attr == "size" and _is_data(node.func.value)
    return False


def _is_shape(node: ast.expr) -> bool:
    """``x.shape``, ``x.size()`` and slices of them that start at 0."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice):
        node = node.value if node.slice.lower is None else node
    if isinstance(node, ast.Call) and not node.args:
        node = node.func
    return isinstance(node, ast.Attribute) and node.attr in {"shape", "size"} and _is_data(node.value)


def _is_data(node: ast.expr) -> bool:
    name = dotted(node)
    return bool(name) and not _WEIGHTS.search(name)
