"""Compiles expressions into closures over a frame: evaluating a tree of them costs no dispatch by node type."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.source import comparisons, conditions, operators
from gconv_lint.frontends.source.code import Code
from gconv_lint.frontends.source.comprehensions import comprehension
from gconv_lint.frontends.source.frames import Closure, Frame
from gconv_lint.frontends.source.values import (
    CONSTANTS,
    MISSING,
    Deferred,
    DictValue,
    ListValue,
    Value,
)

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator

#: Stands in argument lists for ``*args`` whose content is unknown.
UNKNOWN_STAR = object()
_SMALL = 1 << 62


def compile_expression(ev: Evaluator, node: ast.expr) -> Closure:
    """The closure that evaluates ``node`` in a frame."""
    compiler = _COMPILERS.get(type(node))
    if compiler is None:
        return lambda f: ev.heap.fresh(type(node).__name__)
    return compiler(ev, node)


def _constant(ev: Evaluator, node: ast.Constant) -> Closure:
    value = node.value
    if type(value) not in (int, str, bool, type(None)):
        return lambda f: value
    key = (type(value), value)
    known = ev.closures.get(key)
    if known is None:
        known = ev.closures[key] = lambda f: value
    return known


def _name(ev: Evaluator, node: ast.Name) -> Closure:
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


def _attribute(ev: Evaluator, node: ast.Attribute) -> Closure:
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


def _binary(ev: Evaluator, node: ast.BinOp) -> Closure:
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


def _unary(ev: Evaluator, node: ast.UnaryOp) -> Closure:
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


def _call(ev: Evaluator, node: ast.Call) -> Closure:
    return compile_call(ev, node, ev.call)


def compile_call(ev: Evaluator, node: ast.Call, call: Callable[..., Value]) -> Closure:
    """The closure that evaluates a call's parts and hands them to ``call``."""
    function = compile_expression(ev, node.func)
    if any(isinstance(a, ast.Starred) for a in node.args) or any(k.arg is None for k in node.keywords):
        return _starred_call(ev, node, function, call)
    args = [compile_expression(ev, a) for a in node.args]
    kwargs = [(k.arg, compile_expression(ev, k.value)) for k in node.keywords]
    if not kwargs:
        return lambda f: call(function(f), [a(f) for a in args], {}, node, f)
    return lambda f: call(function(f), [a(f) for a in args], {n: v(f) for n, v in kwargs}, node, f)


def _starred_call(ev: Evaluator, node: ast.Call, function: Closure, call: Callable[..., Value]) -> Closure:
    args = [
        (isinstance(a, ast.Starred), compile_expression(ev, a.value if isinstance(a, ast.Starred) else a))
        for a in node.args
    ]
    kwargs = [(k.arg, compile_expression(ev, k.value)) for k in node.keywords]

    def evaluate(f: Frame) -> Value:
        callee = function(f)
        positional: list[Value] = []
        for starred, arg in args:
            if starred:
                items = ev.iterate(arg(f))
                positional.extend(items if items is not None else [UNKNOWN_STAR])
            else:
                positional.append(arg(f))
        named: dict[Any, Value] = {}
        for name, value in kwargs:
            if name is not None:
                named[name] = value(f)
                continue
            table = value(f)
            if isinstance(table, DictValue):
                named.update({k: v for k, v in table.items.items() if isinstance(k, str)})
            if not isinstance(table, DictValue) or not table.exact:
                named[UNKNOWN_STAR] = True
        return call(callee, positional, named, node, f)

    return evaluate


def _sequence(ev: Evaluator, node: Any) -> Closure:
    parts = [
        (isinstance(e, ast.Starred), compile_expression(ev, e.value if isinstance(e, ast.Starred) else e))
        for e in node.elts
    ]
    is_tuple = isinstance(node, ast.Tuple)
    if isinstance(node, ast.Set):
        return lambda f: ev.heap.fresh("set")  # of no order, and it can grow
    if not any(starred for starred, _ in parts):
        closures = [c for _, c in parts]
        if is_tuple:
            return lambda f: tuple([c(f) for c in closures])
        return lambda f: ListValue([c(f) for c in closures])

    def evaluate(f: Frame) -> Value:
        items: list[Value] = []
        exact = True
        for starred, closure in parts:
            value = closure(f)
            content = ev.iterate(value) if starred else [value]
            exact = exact and content is not None
            items.extend(content or [])
        if is_tuple:
            return tuple(items) if exact else ev.heap.fresh("tuple")
        return ListValue(items if exact else [], exact)

    return evaluate


def _dict(ev: Evaluator, node: ast.Dict) -> Closure:
    pairs = [
        (compile_expression(ev, k) if k is not None else None, compile_expression(ev, v))
        for k, v in zip(node.keys, node.values)
    ]

    def evaluate(f: Frame) -> Value:
        items: dict[Value, Value] = {}
        exact = True
        for key, value in pairs:
            if key is None:
                table = value(f)
                if not (isinstance(table, DictValue) and table.exact):
                    items.clear()  # It may replace whatever was there.
                    exact = False
                items.update(table.items if isinstance(table, DictValue) else {})
                continue
            k = key(f)
            exact = exact and is_key(k)
            if is_key(k):
                items[k] = value(f)
        return DictValue(items, exact)

    return evaluate


def is_key(value: Value) -> bool:
    """Whether a value can be a key whose equality is known: constants and tuples of them."""
    return isinstance(value, CONSTANTS) or (isinstance(value, tuple) and all(is_key(v) for v in value))


def _subscript(ev: Evaluator, node: ast.Subscript) -> Closure:
    base, index = compile_expression(ev, node.value), compile_expression(ev, node.slice)
    get = ev.items.get
    return lambda f: get(base(f), index(f), f)


def _slice(ev: Evaluator, node: ast.Slice) -> Closure:
    parts = [
        compile_expression(ev, p) if p is not None else (lambda f: None) for p in (node.lower, node.upper, node.step)
    ]
    return lambda f: slice(*[p(f) for p in parts])


def _lambda(ev: Evaluator, node: ast.Lambda) -> Closure:
    code = Code(ev, node, "<lambda>", node.args, node.body)
    return lambda f: ev.definitions.define(code, f)


def _joined(ev: Evaluator, node: ast.JoinedStr) -> Closure:
    parts = [compile_expression(ev, v) for v in node.values]

    def evaluate(f: Frame) -> Value:
        texts = [p(f) for p in parts]
        if not all(isinstance(t, str) for t in texts):
            return ev.heap.fresh("text")
        text = "".join(texts)
        return text if len(text) <= operators.MAX_TEXT else ev.heap.fresh("text")

    return evaluate


def _formatted(ev: Evaluator, node: ast.FormattedValue) -> Closure:
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


def _walrus(ev: Evaluator, node: ast.NamedExpr) -> Closure:
    value, assign = compile_expression(ev, node.value), ev.assigner(node.target)

    def evaluate(f: Frame) -> Value:
        result = value(f)
        assign(f, result)
        return result

    return evaluate


def _yield(ev: Evaluator, node: Any) -> Closure:
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


def _await(ev: Evaluator, node: ast.Await) -> Closure:
    value = compile_expression(ev, node.value)

    def evaluate(f: Frame) -> Value:
        ev.escapes.used(value(f))
        return ev.heap.fresh("awaited")

    return evaluate


_COMPILERS: dict[type[ast.AST], Callable[..., Closure]] = {
    ast.Constant: _constant, ast.Name: _name, ast.Attribute: _attribute, ast.BinOp: _binary, ast.UnaryOp: _unary,
    ast.Compare: conditions.comparison, ast.BoolOp: conditions.junction, ast.IfExp: conditions.choice,
    ast.Call: _call, ast.Tuple: _sequence,
    ast.List: _sequence, ast.Set: _sequence, ast.Dict: _dict, ast.Subscript: _subscript, ast.Slice: _slice,
    ast.Lambda: _lambda, ast.JoinedStr: _joined, ast.FormattedValue: _formatted, ast.ListComp: comprehension,
    ast.SetComp: comprehension, ast.GeneratorExp: comprehension, ast.DictComp: comprehension,
    ast.NamedExpr: _walrus, ast.Yield: _yield, ast.YieldFrom: _yield, ast.Await: _await,
}  # fmt: skip
