"""Compiles ``match``: constants and wildcards are understood, other patterns may fit."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.source.branches import settle
from gconv_lint.frontends.source.expressions import compile_expression
from gconv_lint.frontends.source.frames import Closure, Frame
from gconv_lint.frontends.source.values import Value
from gconv_lint.frontends.source.walking import walk

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator


def match_block(ev: Evaluator, node: Any) -> Closure:
    """``match`` with its cases."""
    from gconv_lint.frontends.source.statements import compile_block

    cases = [(c, _case(ev, c, compile_block(ev, c.body))) for c in node.cases]
    subject = compile_expression(ev, node.subject)

    def run(f: Frame) -> Any:
        value = subject(f)
        branches: list[Callable[[], Any]] = []
        for case, body in cases:
            answer = _fits(case.pattern, value) if case.guard is None else None
            if answer is not False:
                branches.append(partial(body, f, value))
            if answer is True:
                break
        else:
            branches.append(lambda: None)
        return branches[0]() if len(branches) == 1 else settle(ev, f, branches)

    return run


def _case(ev: Evaluator, case: Any, body: Closure) -> Callable[[Frame, Value], Any]:
    """The block of a case, behind the names that its pattern binds."""
    whole = case.pattern.name if isinstance(case.pattern, ast.MatchAs) else None
    found = {str(getattr(n, "rest", None) or getattr(n, "name", None) or "") for n in walk(case.pattern)}
    names = found - {"", whole}
    parts = [(name, ev.assigner(ast.Name(name, ast.Store()))) for name in sorted(names)]
    bind = ev.assigner(ast.Name(whole, ast.Store())) if whole is not None else None

    def run(f: Frame, value: Value) -> Any:
        if bind is not None:
            bind(f, value)
        for name, assign in parts:
            assign(f, ev.heap.fresh(name))
        return body(f)

    return run


def _fits(pattern: Any, value: Value) -> bool | None:
    """Whether a value fits a pattern: three-valued; only constants and wildcards are understood."""
    if isinstance(pattern, ast.MatchAs) and pattern.pattern is None:
        return True if pattern.name is None else None
    if isinstance(pattern, ast.MatchOr):
        answers = [_fits(p, value) for p in pattern.patterns]
        return True if True in answers else None if None in answers else False
    if not isinstance(value, (int, float, str, bool, type(None))):
        return None
    if isinstance(pattern, ast.MatchSingleton):
        return value is pattern.value
    if isinstance(pattern, ast.MatchValue) and isinstance(pattern.value, ast.Constant):
        return bool(value == pattern.value.value)
    return None
