"""Context managers that are written as generators."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from gconv_lint.frontends.whole.values import Class, External, Function, Native, Obj, Stream, Value

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter

_QUIET = ("torch.set_grad_enabled", "torch.no_grad", "torch.enable_grad", "torch.inference_mode")


def manager(interp: Interpreter, function: Value) -> Value:
    """``contextlib.contextmanager``: the function runs as far as its ``yield``, and what stands behind is a gap."""

    def make(interp: Interpreter, *args: Value, **kwargs: Value) -> Value:
        rows = interp.call(function, list(args), kwargs, interp.frame)
        if not isinstance(rows, Stream):
            return rows
        entered = Native("__enter__", lambda interp, self: next(rows.items, None))
        methods = {
            "__enter__": entered,
            "__exit__": Native("__exit__", left),
            "__call__": Native("__call__", decorates),
        }
        return Obj(Class("context", (interp.object,), dict(methods)))

    def left(interp: Interpreter, self: Obj, *error: Value) -> None:
        if not _ends_with_yield(function.code.node, function.namespace.names.get("torch") == External("torch")):
            interp.gap(f"what `{function.code.name}` does when it is left is not followed")

    def decorates(interp: Interpreter, self: Obj, decorated: Value) -> Value:
        return interp.unknown(f"what `{function.code.name}` does as a decorator is not followed")

    if not isinstance(function, Function):
        return interp.unknown("a context manager that cannot be read")
    function.most_yields = 1
    return Native(function.code.name, make)


def _ends_with_yield(node: ast.AST, has_torch: bool) -> bool:
    """Whether nothing is done after the first ``yield``, but that torch keeps gradients or does not."""
    last = getattr(node, "body", [None])[-1]
    if isinstance(last, ast.With) and has_torch:
        calls = [i.context_expr.func for i in last.items if isinstance(i.context_expr, ast.Call)]
        is_quiet = len(calls) == len(last.items) and all(ast.unparse(call) in _QUIET for call in calls)
        return is_quiet and _ends_with_yield(last, has_torch)
    return isinstance(last, ast.Expr) and isinstance(last.value, ast.Yield)
