"""Compiles displays: tuples, lists, sets and dictionaries that an expression spells out."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.source import stored_names
from gconv_lint.frontends.source.expressions import compile_expression
from gconv_lint.frontends.source.frames import Closure, Frame
from gconv_lint.frontends.source.values import CONSTANTS, DictValue, ListValue, Value

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator


def sequence(ev: Evaluator, node: Any) -> Closure:
    """``(a, *b)``, ``[a, *b]`` or ``{a, *b}``."""
    parts = [
        (isinstance(e, ast.Starred), compile_expression(ev, e.value if isinstance(e, ast.Starred) else e))
        for e in node.elts
    ]
    is_tuple = isinstance(node, ast.Tuple)
    stored_names.note(node)
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


def table(ev: Evaluator, node: ast.Dict) -> Closure:
    """``{a: b, **c}``."""
    pairs = [
        (compile_expression(ev, k) if k is not None else None, compile_expression(ev, v))
        for k, v in zip(node.keys, node.values)
    ]
    stored_names.note(node)

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
