"""Context managers that are written as generators."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from gconv_lint.frontends.whole import builtin_names
from gconv_lint.frontends.whole.values import Class, Function, Native, Obj, Raised, Stream, Value

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter


def manager(interp: Interpreter, function: Value) -> Value:
    """``contextlib.contextmanager``: the function runs as far as its ``yield``, and on when it is left."""

    def make(interp: Interpreter, *args: Value, **kwargs: Value) -> Value:
        rows = interp.call(function, list(args), kwargs, interp.frame)
        if not isinstance(rows, Stream):
            return rows
        methods = {
            "__enter__": Native("__enter__", lambda interp, self: builtin_names.following(interp, rows)),
            "__exit__": Native("__exit__", partial(left, rows)),
            "__call__": Native("__call__", decorates),
        }
        return Obj(Class("context", (interp.object,), dict(methods)))

    def left(rows: Stream, interp: Interpreter, self: Obj, kind: Value, error: Value, trace: Value) -> bool:
        """Run what stands behind the ``yield``; whether an exception ends there."""
        if error is None:
            next(rows.items, None)
            return False
        try:
            rows.items.throw(Raised(error, interp.frame))  # type: ignore[attr-defined]
        except StopIteration:
            return True
        except Raised as raised:
            if raised.value is not error:
                raise
        return False

    def decorates(interp: Interpreter, self: Obj, decorated: Value) -> Value:
        return interp.unknown(f"what `{function.code.name}` does as a decorator is not followed")

    if not isinstance(function, Function):
        return interp.unknown("a context manager that cannot be read")
    return Native(function.code.name, make)


def suppress(interp: Interpreter, *kinds: Value) -> Value:
    """``contextlib.suppress``."""

    def left(interp: Interpreter, self: Obj, kind: Value, error: Value, trace: Value) -> Value:
        return error is not None and interp.catches(kinds, error)

    methods = {"__enter__": Native("__enter__", lambda interp, self: self), "__exit__": Native("__exit__", left)}
    return Obj(Class("suppress", (interp.object,), dict(methods)))
