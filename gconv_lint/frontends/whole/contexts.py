"""Context managers that are written as generators."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from gconv_lint.frontends.whole.values import Class, Function, Native, Obj, Stream, Value

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter


def manager(interp: Interpreter, function: Value) -> Value:
    """``contextlib.contextmanager``: the function runs as far as its ``yield``, and what stands behind is a gap."""

    def make(interp: Interpreter, *args: Value, **kwargs: Value) -> Value:
        rows = interp.call(function, list(args), kwargs, interp.frame)
        if not isinstance(rows, Stream):
            return rows
        entered = Native("__enter__", lambda interp, self: next(rows.items, None))
        left = Native("__exit__", lambda interp, self, *error: None)
        return Obj(Class("context", (interp.object,), {"__enter__": entered, "__exit__": left}))

    if not isinstance(function, Function):
        return interp.unknown("a context manager that cannot be read")
    function.most_yields = 1
    if not _ends_with_yield(function.code.node):
        interp.gap(f"what `{function.code.name}` does when it is left is not followed")
    return Native(function.code.name, make)


def _ends_with_yield(node: ast.AST) -> bool:
    """Whether nothing is done after the first ``yield``."""
    last = getattr(node, "body", [None])[-1]
    return isinstance(last, ast.Expr) and isinstance(last.value, ast.Yield)
