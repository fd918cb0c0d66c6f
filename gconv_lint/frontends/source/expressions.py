"""Compiles expressions into closures over a frame: evaluating a tree of them costs no dispatch by node type."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.source import comparisons, operators
from gconv_lint.frontends.source.code import Code
from gconv_lint.frontends.source.frames import Closure, Frame
from gconv_lint.frontends.source.values import (
    MISSING,
    Deferred,
    Value,
)

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator

_SMALL = 1 << 62


def compile_expression(ev: Evaluator, node: ast.expr) -> Closure:
    """The closure that evaluates ``node`` in a frame."""
    compiler = ev.compilers.get(type(node))
    if compiler is None:
        return lambda f: ev.heap.fresh(type(node).__name__)
    return compiler(ev, node)


def constant(ev: Evaluator, node: ast.Constant) -> Closure:
    """A literal: equal small ones share their closure."""
    value = node.value
    if type(value) not in (int, str, bool, type(None)):
        return lambda f: value
    key = (type(value), value)
    known = ev.closures.get(key)
    if known is None:
        known = ev.closures[key] = lambda f: value
    return known


def variable(ev: Evaluator, node: ast.Name) -> Closure:
    """A variable: every load of one name is one closure."""
    known = ev.closures.get(node.id)
    if known is None:
        known = ev.closures[node.id] = _loader(ev, node.id)
    return known


def _loader(ev: Evaluator, name: str) -> Closure:
    outer = ev.names.outer

    def load(f: Frame) -> Value:
        value = f.vars.get(name, MISSING)
        return value if value is not MISSING and type(value) is not Deferred else outer(f, name)

    return load


def attribute(ev: Evaluator, node: ast.Attribute) -> Closure:
    """``a.b``."""
    base = compile_expression(ev, node.value)
    name = node.attr
    get = ev.attributes.get
    if is_private(name):
        return lambda f: get(base(f), mangled(name, f), f, node)
    return lambda f: get(base(f), name, f, node)


def is_private(name: str) -> bool:
    """Whether Python gives an attribute the name of its class."""
    return name.startswith("__") and not name.endswith("__")


def mangled(name: str, f: Frame) -> str:
    """The name that a private attribute has in the class whose method is running."""
    owner = f.function.owner if f.function is not None else None
    return f"_{owner.name.lstrip('_')}{name}" if owner is not None else name


def binary(ev: Evaluator, node: ast.BinOp) -> Closure:
    """``a + b`` and its like."""
    left, right = compile_expression(ev, node.left), compile_expression(ev, node.right)
    symbol = operators.SYMBOLS[type(node.op)]
    operate = ev.operate
    if symbol not in ("+", "-"):
        return lambda f: operate(symbol, left(f), right(f))
    native = operators.NATIVE[symbol]

    def add(f: Frame) -> Value:
        a, b = left(f), right(f)
        if type(a) is int and type(b) is int and -_SMALL < a < _SMALL and -_SMALL < b < _SMALL:
            return native(a, b)
        return operate(symbol, a, b)

    return add


def unary(ev: Evaluator, node: ast.UnaryOp) -> Closure:
    """``-a``, ``not a`` and their like."""
    operand, op = compile_expression(ev, node.operand), node.op
    if (
        isinstance(node.operand, ast.Constant)
        and isinstance(op, ast.USub)
        and isinstance(node.operand.value, (int, float))
    ):
        value = -node.operand.value
        return lambda f: value
    if isinstance(op, ast.Not):

        def negate(f: Frame) -> Value:
            value = operand(f)
            answer = ev.truth(value)
            return comparisons.negation(ev.heap, value) if answer is None else not answer

        return negate
    return lambda f: operators.unary(ev.heap, op, operand(f))


def subscript(ev: Evaluator, node: ast.Subscript) -> Closure:
    """``a[b]``."""
    base, index = compile_expression(ev, node.value), compile_expression(ev, node.slice)
    get = ev.items.get
    return lambda f: get(base(f), index(f), f)


def slicing(ev: Evaluator, node: ast.Slice) -> Closure:
    """``a:b:c`` in a subscript."""
    parts = [
        compile_expression(ev, p) if p is not None else (lambda f: None) for p in (node.lower, node.upper, node.step)
    ]
    return lambda f: slice(*[p(f) for p in parts])


def lambda_(ev: Evaluator, node: ast.Lambda) -> Closure:
    """``lambda x: a``."""
    code = Code(ev, node, "<lambda>", node.args, node.body)
    return lambda f: ev.definitions.define(code, f)


def joined(ev: Evaluator, node: ast.JoinedStr) -> Closure:
    """An f-string."""
    parts = [compile_expression(ev, v) for v in node.values]

    def evaluate(f: Frame) -> Value:
        texts = [p(f) for p in parts]
        if not all(isinstance(t, str) for t in texts):
            return ev.heap.fresh("text")
        text = "".join(texts)
        return text if len(text) <= operators.MAX_TEXT else ev.heap.fresh("text")

    return evaluate


def formatted(ev: Evaluator, node: ast.FormattedValue) -> Closure:
    """``{a:b}`` in an f-string."""
    value = compile_expression(ev, node.value)
    if node.conversion != -1:
        return lambda f: ev.heap.fresh("text")
    spec = compile_expression(ev, node.format_spec) if node.format_spec is not None else (lambda f: "")

    def evaluate(f: Frame) -> Value:
        content, text = value(f), spec(f)
        if (
            not isinstance(content, (int, float, str, type(None)))
            or not isinstance(text, str)
            or not operators.is_tame(text)
        ):
            return ev.heap.fresh("text")
        try:
            return format(content, text)
        except (TypeError, ValueError):
            return ev.heap.fresh("text")

    return evaluate


def walrus(ev: Evaluator, node: ast.NamedExpr) -> Closure:
    """``(a := b)``."""
    value, assign = compile_expression(ev, node.value), ev.assigner(node.target)

    def evaluate(f: Frame) -> Value:
        result = value(f)
        assign(f, result)
        return result

    return evaluate


def yield_(ev: Evaluator, node: Any) -> Closure:
    """``yield a``, ``yield from a``."""
    value = compile_expression(ev, node.value) if node.value is not None else (lambda f: None)
    whole = isinstance(node, ast.YieldFrom)

    def evaluate(f: Frame) -> Value:
        result = value(f)
        if f.yields is not None:
            ev.heap.touch(f.yields)
            items = ev.iterate(result) if whole else [result]
            f.yields.exact = f.yields.exact and items is not None
            f.yields.items.extend(items or [])
        return ev.heap.fresh("sent")

    return evaluate


def await_(ev: Evaluator, node: ast.Await) -> Closure:
    """``await a``."""
    value = compile_expression(ev, node.value)

    def evaluate(f: Frame) -> Value:
        ev.escapes.used(value(f))
        return ev.heap.fresh("awaited")

    return evaluate
