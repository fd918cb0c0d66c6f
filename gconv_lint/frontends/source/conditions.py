"""Compiles comparisons, ``and``, ``or`` and conditional expressions over values that may be unknown."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from gconv_lint.frontends.source import operators
from gconv_lint.frontends.source.expressions import compile_expression
from gconv_lint.frontends.source.frames import Closure, Frame
from gconv_lint.frontends.source.values import CONSTANTS, MISSING, Value
from gconv_lint.frontends.source.walking import walk
from gconv_lint.model.dims import Sym, opaque

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator

_DIVISIONS = (ast.Div, ast.FloorDiv, ast.Mod)


def _operand(ev: Evaluator, op: ast.cmpop, node: ast.expr) -> Closure:
    """The right side of a comparison; of a set that is only looked into, the order does not matter."""
    if isinstance(op, (ast.In, ast.NotIn)) and isinstance(node, ast.Set):
        return compile_expression(ev, ast.copy_location(ast.Tuple(node.elts, ast.Load()), node))
    return compile_expression(ev, node)


def comparison(ev: Evaluator, node: ast.Compare) -> Closure:
    """``a < b <= c``."""
    compare = ev.compare
    left = compile_expression(ev, node.left)
    rest = [(operators.SYMBOLS[type(op)], _operand(ev, op, c)) for op, c in zip(node.ops, node.comparators)]
    if len(rest) == 1:
        symbol, right = rest[0]
        native = operators.NATIVE.get(symbol)
        if native is None:
            return lambda f: compare(symbol, left(f), right(f))
        alike = (int, str) if symbol in ("==", "!=") else (int,)

        def single(f: Frame) -> Value:
            a, b = left(f), right(f)
            kind = type(a)
            return native(a, b) if kind is type(b) and kind in alike else compare(symbol, a, b)

        return single

    def chain(f: Frame) -> Value:
        a, unknown = left(f), None
        for symbol, right in rest:
            b = right(f)
            answer = compare(symbol, a, b)
            if answer is False:
                return False
            if answer is not True:
                unknown = (
                    answer
                    if unknown is None
                    else opaque(f"{operators.bracketed(unknown)} and {operators.bracketed(answer)}")
                )
            a = b
        return True if unknown is None else unknown

    return chain


def junction(ev: Evaluator, node: ast.BoolOp) -> Closure:
    """``a and b``, ``a or b``."""
    parts = [(compile_expression(ev, v), _may_do_more(v)) for v in node.values]
    stop = isinstance(node.op, ast.Or)
    word = " or " if stop else " and "

    def evaluate(f: Frame) -> Value:
        unknown: list[Value] = []
        value: Value = None
        for part, may_do_more in parts:
            if unknown and may_do_more:
                ends = ev.heap.fork([lambda part=part: part(f), lambda: MISSING])  # type: ignore[misc]
                if ends[0] is MISSING:
                    return ev.heap.fresh("choice")
                value = ends[0]
            else:
                value = part(f)
            answer = ev.truth(value)
            if answer is stop:
                break
            if answer is None:
                unknown.append(value)
        if not unknown:
            return value
        if ev.truth(value) is stop and isinstance(value, bool):
            return value
        if all(isinstance(v, Sym) for v in unknown) and isinstance(value, (Sym, *CONSTANTS)):
            return opaque(word.join(operators.bracketed(v) for v in dict.fromkeys([*unknown, value])))
        return ev.heap.fresh("choice")

    return evaluate


def _may_do_more(node: ast.expr) -> bool:
    """Whether evaluating an expression may raise, or change something: it must not where it may not be reached."""
    return any(
        isinstance(n, (ast.Call, ast.Subscript, ast.NamedExpr)) or isinstance(getattr(n, "op", None), _DIVISIONS)
        for n in walk(node)
    )


def choice(ev: Evaluator, node: ast.IfExp) -> Closure:
    """``a if condition else b``."""
    test, body, orelse = (compile_expression(ev, n) for n in (node.test, node.body, node.orelse))

    def evaluate(f: Frame) -> Value:
        condition = test(f)
        answer = ev.truth(condition)
        if answer is not None:
            return body(f) if answer else orelse(f)
        results = ev.heap.fork([lambda: body(f), lambda: orelse(f)])
        if len(results) == 1:
            return results[0]
        return ev.choose(condition, results[0], results[1])

    return evaluate
