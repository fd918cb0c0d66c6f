"""Which blocks of a function can be judged by the tensors they reshape, and which statements write to a tensor."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gconv_lint.frontends.source.constructs.imports import dotted
from gconv_lint.frontends.source.constructs.syntax import integer, nodes
from gconv_lint.frontends.source.walking import walk

#: Contexts that let an error through.
_HARMLESS = frozenset({"no_grad", "enable_grad", "inference_mode", "set_grad_enabled", "autocast", "record_function"})


def judged_blocks(statement: ast.stmt) -> list[list[ast.stmt]]:
    """The blocks of a compound statement, but those where an error is caught or there is a single group."""
    parts = [statement, *getattr(statement, "handlers", ()), *getattr(statement, "cases", ())]
    fields = [(part, name) for part in parts for name in ("body", "orelse", "finalbody")]
    skipped = _skipped(statement)
    kept = [pair for pair in fields if pair[0] is not statement or pair[1] not in skipped]
    return [block for part, name in kept if (block := getattr(part, name, None))]


def leaves_one_group(statement: ast.stmt) -> bool:
    """``if groups != 1: return ...``: a single group is what remains behind it."""
    if not isinstance(statement, ast.If) or not isinstance(statement.body[-1], (ast.Return, ast.Raise)):
        return False
    return "orelse" in _skipped(statement)


def _skipped(statement: ast.stmt) -> set[str]:
    if isinstance(statement, (ast.With, ast.AsyncWith)):
        contexts = [item.context_expr for item in statement.items]
        names = {dotted(c.func if isinstance(c, ast.Call) else c).rpartition(".")[2] for c in contexts}
        return set() if names <= _HARMLESS else {"body"}
    if getattr(statement, "handlers", None):
        return {"body"}
    return _for_one_group(statement.test) if isinstance(statement, ast.If) else set()


def _for_one_group(test: ast.expr) -> set[str]:
    """The blocks that run for a single group, or where the memory is tested."""
    if any(isinstance(node, ast.Attribute) and node.attr == "is_contiguous" for node in walk(test)):
        return {"body", "orelse"}
    found: set[str] = set()
    for node in walk(test):
        if isinstance(node, ast.Compare) and integer(node.comparators[0]) == 1:
            found |= {"body"} if isinstance(node.ops[0], (ast.Eq, ast.LtE)) else set()
            found |= {"orelse"} if isinstance(node.ops[0], (ast.NotEq, ast.Gt)) else set()
    return found


def written(node: ast.AST) -> Iterator[str]:
    """The variables that a node assigns, or whose tensor it may write to."""
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        yield node.id
    elif isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
        yield from _names(node.value)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr.endswith("_"):
        yield from _names(node)
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        yield from (name for part in node.value.args if isinstance(part, ast.Name) for name in _names(part))
    elif isinstance(node, ast.keyword) and node.arg == "out":
        yield from _names(node.value)


def _names(node: ast.AST) -> Iterator[str]:
    return (part.id for part in nodes([node]) if isinstance(part, ast.Name))
