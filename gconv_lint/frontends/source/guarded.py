"""Compiles ``try`` and ``with``: where the program expects that something raises."""

from __future__ import annotations

import ast
import builtins
from functools import partial
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.source import dunders
from gconv_lint.frontends.source.branches import settle
from gconv_lint.frontends.source.expressions import compile_expression
from gconv_lint.frontends.source.forgetting import forgetter
from gconv_lint.frontends.source.frames import Closure, Frame
from gconv_lint.frontends.source.values import MISSING, Bound, Raised, Value
from gconv_lint.frontends.source.walking import walk
from gconv_lint.frontends.source.words import last_word
from gconv_lint.model.signatures import SIGNATURES

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator

#: What never fails is left: names and constants, and containers of them.
_FAILING = (
    ast.Call, ast.Attribute, ast.Subscript, ast.BinOp, ast.Compare, ast.UnaryOp, ast.Import, ast.ImportFrom, ast.Assert,
    ast.Raise, ast.For, ast.With, ast.comprehension, ast.Starred, ast.Delete, ast.JoinedStr, ast.Tuple, ast.List,
    ast.AugAssign, ast.Await, ast.Yield, ast.YieldFrom, ast.AsyncFor, ast.AsyncWith,
)  # fmt: skip
_PRESENT = ("torch", "torch.nn", "torch.nn.functional", "math", "functools", "collections", "typing", "os", "sys")
_CATCHING = {"Exception", "BaseException", "ValueError", "TypeError", "RuntimeError", "AssertionError"}


def try_block(ev: Evaluator, node: Any) -> Closure:
    """``try`` with its handlers."""
    from gconv_lint.frontends.source.statements import compile_block

    body, orelse, final = (
        compile_block(ev, b) if b else (lambda f: None) for b in (node.body, node.orelse, node.finalbody)
    )
    handlers = [(_caught(h.type), _handler(ev, h, compile_block(ev, h.body))) for h in node.handlers]
    guards = any(kinds & _CATCHING for kinds, _ in handlers)
    certain = not any(map(_may_raise, node.body))
    forget = forgetter(ev, node.body)

    def failed(f: Frame, handler: Closure) -> Any:
        forget(f)
        return handler(f)

    def run(f: Frame) -> Any:
        f.guards += guards
        try:
            jump = body(f)
        except Raised as error:
            f.guards -= guards
            try:
                jump = _handle(ev, f, error.kind, handlers)
            except Raised:
                final(f)
                raise
        else:
            f.guards -= guards
            jump = jump if jump is not None else orelse(f)
            if handlers and not certain:
                # The evaluator does not raise wherever Python does.
                kept = jump
                jump = settle(ev, f, [lambda: kept, *(partial(failed, f, handler) for _, handler in handlers)])
        last = final(f)
        return last if last is not None else jump

    return run


def _handle(ev: Evaluator, f: Frame, kind: str, handlers: list[tuple[set[str], Closure]]) -> Any:
    """The handler that takes an exception; all that may where its ancestors are not known."""
    possible: list[Closure] = []
    for kinds, handler in handlers:
        answers = [_catches(name, kind) for name in kinds]
        if True in answers:
            possible.append(handler)
            return settle(ev, f, [partial(h, f) for h in possible]) if len(possible) > 1 else handler(f)
        if None in answers:
            possible.append(handler)
    if possible:
        return settle(ev, f, [partial(h, f) for h in possible])
    raise Raised(kind)


def _catches(name: str, kind: str) -> bool | None:
    """Whether ``except name`` takes an exception of a kind: three-valued."""
    if name in (kind, "Exception", "BaseException"):
        return True
    handler, raised = (getattr(builtins, word, None) for word in (name, kind))
    if isinstance(handler, type) and isinstance(raised, type):
        return issubclass(raised, handler)
    return None


def _may_raise(statement: ast.stmt) -> bool:
    """Whether anything in a statement can fail, as far as its form tells."""
    if isinstance(statement, ast.Import):
        return not all(alias.name in _PRESENT for alias in statement.names)
    if isinstance(statement, ast.ImportFrom) and statement.module in ("torch.nn", "torch.nn.functional"):
        return not all(f"{statement.module}.{alias.name}" in SIGNATURES for alias in statement.names)
    return any(isinstance(n, _FAILING) for n in walk(statement))


def _handler(ev: Evaluator, node: ast.ExceptHandler, body: Closure) -> Closure:
    """The block of a handler, behind the name that it binds."""
    if node.name is None:
        return body
    bind = ev.assigner(ast.Name(node.name, ast.Store()))

    def run(f: Frame) -> Any:
        bind(f, ev.heap.fresh("error"))
        return body(f)

    return run


def _caught(node: ast.expr | None) -> set[str]:
    if node is None:
        return {"BaseException"}
    nodes = node.elts if isinstance(node, ast.Tuple) else [node]
    return {last_word(n) for n in nodes}


def with_block(ev: Evaluator, node: Any) -> Closure:
    """``with`` over one or more managers."""
    from gconv_lint.frontends.source.statements import compile_block

    managers = [
        (compile_expression(ev, i.context_expr), ev.assigner(i.optional_vars) if i.optional_vars else None)
        for i in node.items
    ]
    expects = any(_expects_raise(i.context_expr) for i in node.items)
    is_async = isinstance(node, ast.AsyncWith)
    body = compile_block(ev, node.body)

    def run(f: Frame) -> Any:
        entered = [manager(f) for manager, _ in managers] if is_async else []
        for made in entered:
            _lose(ev, made)
        for manager, assign in managers:
            made = ev.heap.fresh("context") if is_async else manager(f)
            entered.append(made)
            value = _enter(ev, made, node, f)
            if assign is not None:
                assign(f, value)
        guards = expects or any(_may_catch(ev, made) for made in entered)
        f.guards += guards
        try:
            # Where it is expected to raise, nobody knows how far it came.
            jump = settle(ev, f, [lambda: body(f), lambda: None]) if guards else body(f)
        finally:
            f.guards -= guards
        for made in reversed(entered):
            _exit(ev, made, node, f)
        return jump

    return run


def _enter(ev: Evaluator, made: Value, node: ast.AST, f: Frame) -> Value:
    """What ``as`` binds."""
    method = _method(made, "__enter__")
    if method is not None:
        return ev.call(method, [], {}, node, f)
    _lose(ev, made)
    return ev.heap.fresh("context")


def _exit(ev: Evaluator, made: Value, node: ast.AST, f: Frame) -> None:
    method = _method(made, "__exit__")
    if method is not None:
        ev.call(method, [None, None, None], {}, node, f)
    else:
        _lose(ev, made)


def _method(made: Value, name: str) -> Bound | None:
    found = dunders.method(made, name)
    return Bound(found, made) if found is not None else None


def _may_catch(ev: Evaluator, made: Value) -> bool:
    """Whether a manager of the project may keep what is raised to itself."""
    return _method(made, "__exit__") is not None or ev.escapes.used(made) is not MISSING


def _lose(ev: Evaluator, made: Value) -> None:
    ev.escapes.used(made)
    ev.escapes.give([made])


def _expects_raise(node: ast.expr) -> bool:
    return last_word(node) in ("raises", "assertRaises", "assertRaisesRegex", "suppress", "ExitStack")
