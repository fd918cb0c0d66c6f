"""Compiles statements into closures that answer how control leaves them: ``None`` goes on, else a jump."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.source import assignments, guarded, loops, matching
from gconv_lint.frontends.source.bodies import UnreadCoroutine, UnreadFunction
from gconv_lint.frontends.source.branches import BREAK, CONTINUE, RETURN, run_steps, settle
from gconv_lint.frontends.source.call_expressions import compile_call
from gconv_lint.frontends.source.code import Code
from gconv_lint.frontends.source.expressions import compile_expression
from gconv_lint.frontends.source.frames import Closure, Frame
from gconv_lint.frontends.source.values import MISSING, Raised, Value
from gconv_lint.model.dims import Sym

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator

_JUMPS = (ast.Return, ast.Break, ast.Continue, ast.Raise)
_LOGGERS = {"logger", "_logger", "log", "logging", "warnings", "print"}


def compile_block(ev: Evaluator, body: Sequence[ast.stmt]) -> Closure:
    """The closure that runs statements in order until one of them jumps."""
    steps = []
    for position, node in enumerate(body):
        if isinstance(node, ast.If) and any(isinstance(s, _JUMPS) for s in (*node.body, *node.orelse)):
            # An undecided jump splits the rest of the block too: what follows runs only where nothing jumped.
            steps.append(_if(ev, node, body[position + 1 :]))
            break
        steps.append(compile_statement(ev, node))
    if len(steps) == 1:
        return steps[0]
    spend, size = ev.spend, len(steps)

    def run(f: Frame) -> Any:
        spend(size)
        return run_steps(ev, f, steps)

    return run


def compile_statement(ev: Evaluator, node: ast.stmt) -> Closure:
    """The closure that runs one statement."""
    compiler = _COMPILERS.get(type(node))
    return compiler(ev, node) if compiler is not None else (lambda f: None)


def _expression(ev: Evaluator, node: ast.Expr) -> Closure:
    if isinstance(node.value, ast.Constant):
        return lambda f: None
    inner = node.value
    value = (
        compile_call(ev, inner, ev.functions.discard) if isinstance(inner, ast.Call) else compile_expression(ev, inner)
    )

    def run(f: Frame) -> None:
        value(f)

    return run


def _if(ev: Evaluator, node: ast.If, rest: Sequence[ast.stmt] = ()) -> Closure:
    test = compile_expression(ev, node.test)
    if not node.orelse and _only_complains(node.body):
        return _complaint(ev, test, compile_block(ev, node.body), compile_block(ev, rest) if rest else _nothing)
    body = compile_block(ev, node.body)
    orelse = compile_block(ev, node.orelse) if node.orelse else (lambda f: None)
    after = compile_block(ev, rest) if rest else (lambda f: None)
    refine = _refinement(node.test)

    def run(f: Frame) -> Any:
        condition = test(f)
        answer = ev.truth(condition)
        if answer is None:
            return _both(f)
        jump = body(f) if answer else orelse(f)
        return jump if jump is not None else after(f)

    def _both(f: Frame) -> Any:
        def taken() -> Any:
            restore = _refine(ev, f, refine)
            jump = body(f)
            restore()
            return jump if jump is not None else after(f)

        def not_taken() -> Any:
            jump = orelse(f)
            return jump if jump is not None else after(f)

        return settle(ev, f, [taken, not_taken])

    return run


def _only_complains(body: Sequence[ast.stmt]) -> bool:
    """Whether statements do no more than log, warn and raise."""
    return all(isinstance(s, (ast.Raise, ast.Pass)) or _logs(s) for s in body)


def _logs(node: ast.stmt) -> bool:
    if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)):
        return False
    function: ast.expr = node.value.func
    while isinstance(function, ast.Attribute):
        function = function.value
    return isinstance(function, ast.Name) and function.id in _LOGGERS


def _complaint(ev: Evaluator, test: Closure, body: Closure, after: Closure) -> Closure:
    """An ``if`` that does not change what comes after it, unless it is known to raise."""

    def run(f: Frame) -> Any:
        if ev.truth(test(f)) is True:
            body(f)
        return after(f)

    return run


def _nothing(f: Frame) -> None:
    """No statements."""


Refinement = tuple[str, Value]


def _refinement(test: ast.expr) -> Refinement | None:
    """``(name, value)`` where the taken branch of ``name == value`` or ``name is None`` knows the name."""
    if (
        isinstance(test, ast.Compare)
        and len(test.ops) == 1
        and isinstance(test.ops[0], (ast.Eq, ast.Is))
        and isinstance(test.left, ast.Name)
        and isinstance(test.comparators[0], ast.Constant)
        and not isinstance(test.comparators[0].value, float)
    ):
        return test.left.id, test.comparators[0].value
    return None


def _refine(ev: Evaluator, f: Frame, refinement: Refinement | None) -> Callable[[], None]:
    if refinement is None or not isinstance(f.vars.get(refinement[0]), Sym):
        return lambda: None
    name, value = refinement
    before = f.vars[name]
    ev.heap.put(f.vars, name, value)

    def restore() -> None:
        if f.vars.get(name, MISSING) is value:
            ev.heap.put(f.vars, name, before)

    return restore


def _return(ev: Evaluator, node: ast.Return) -> Closure:
    value = compile_expression(ev, node.value) if node.value is not None else (lambda f: None)

    def run(f: Frame) -> str:
        f.result = value(f)
        return RETURN

    return run


def _raise(ev: Evaluator, node: ast.Raise) -> Closure:
    exception = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    kind = getattr(exception, "id", getattr(exception, "attr", "Exception"))
    if node.exc is None:
        kind = "?"  # whatever was caught

    def run(f: Frame) -> None:
        raise Raised(kind)

    return run


def _assert(ev: Evaluator, node: ast.Assert) -> Closure:
    test = compile_expression(ev, node.test)

    def run(f: Frame) -> None:
        if ev.truth(test(f)) is False:
            raise Raised("AssertionError")

    return run


def _define(ev: Evaluator, node: Any) -> Closure:
    code = Code(ev, node, node.name, node.args)
    assign = assignments.name_assigner(ev, node.name)

    def run(f: Frame) -> None:
        function = ev.definitions.define(code, f)
        assign(f, ev.definitions.decorate(function, node.decorator_list, f) if node.decorator_list else function)

    return run


def _class(ev: Evaluator, node: ast.ClassDef) -> Closure:
    bases = [compile_expression(ev, b) for b in node.bases]
    body = compile_block(ev, node.body)
    assign = assignments.name_assigner(ev, node.name)

    def run(f: Frame) -> None:
        cls = ev.classes.define(node, [b(f) for b in bases], body, f)
        assign(f, ev.classes.decorate(cls, node.decorator_list, f) if node.decorator_list else cls)

    return run


def _import(ev: Evaluator, node: Any) -> Closure:
    return lambda f: ev.names.run_import(node, f)


def _jump(word: str) -> Callable[..., Closure]:
    return lambda ev, node: lambda f: word


_COMPILERS: dict[type[ast.AST], Callable[..., Closure]] = {
    ast.Expr: _expression,
    ast.Assign: assignments.assign,
    ast.AnnAssign: assignments.annotated,
    ast.AugAssign: assignments.augmented,
    ast.If: _if,
    ast.For: loops.for_loop,
    ast.AsyncFor: loops.for_loop,
    ast.While: loops.while_loop,
    ast.Return: _return,
    ast.Raise: _raise,
    ast.Assert: _assert,
    ast.Try: guarded.try_block,
    ast.With: guarded.with_block,
    ast.AsyncWith: guarded.with_block,
    ast.FunctionDef: _define,
    ast.AsyncFunctionDef: _define,
    UnreadFunction: _define,
    UnreadCoroutine: _define,
    ast.ClassDef: _class,
    ast.Delete: assignments.delete,
    ast.Import: _import,
    ast.ImportFrom: _import,
    ast.Break: _jump(BREAK),
    ast.Continue: _jump(CONTINUE),
    ast.Match: matching.match_block,
}
if hasattr(ast, "TryStar"):
    _COMPILERS[ast.TryStar] = guarded.try_block
