"""Compiles comprehensions: exact over known sequences, one unknown round otherwise."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.source import operators
from gconv_lint.frontends.source.frames import Closure, Frame
from gconv_lint.frontends.source.values import MISSING, DictValue, ListValue, Value

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator

#: Loops and comprehensions over more items than this are not unrolled.
MAX_ITERATIONS = 2048


def comprehension(ev: Evaluator, node: Any) -> Closure:
    """A comprehension of any kind; a generator expression is taken for a list."""
    from gconv_lint.frontends.source.expressions import compile_expression

    generators = [
        (ev.assigner(g.target), compile_expression(ev, g.iter), [compile_expression(ev, i) for i in g.ifs])
        for g in node.generators
    ]
    if isinstance(node, ast.DictComp):
        key, value = compile_expression(ev, node.key), compile_expression(ev, node.value)
        element: Callable[[Frame], Value] = lambda f: (key(f), value(f))  # noqa: E731
    else:
        element = compile_expression(ev, node.elt)
    targets = {n.id for g in node.generators for n in ast.walk(g.target) if isinstance(n, ast.Name)}

    def evaluate(f: Frame) -> Value:
        saved = {t: f.vars.get(t, MISSING) for t in targets}
        results: list[Value] = []
        try:
            exact = _run(ev, f, generators, 0, element, results)
        finally:
            for name, old in saved.items():
                if old is MISSING:
                    ev.heap.drop(f.vars, name)
                else:
                    ev.heap.put(f.vars, name, old)
        return _collect(ev, node, results, exact)

    return evaluate


def _run(ev: Evaluator, f: Frame, generators: Any, level: int, element: Closure, out: list[Value]) -> bool:
    """Evaluate one nesting level of a comprehension; whether the results are all there."""
    if level == len(generators):
        out.append(element(f))
        return True
    assign, iterable, conditions = generators[level]
    items = ev.iterate(iterable(f))
    exact = items is not None and len(items) <= MAX_ITERATIONS
    for item in items if exact and items is not None else [ev.heap.fresh("element")]:
        ev.spend(1)
        assign(f, item)
        answers = [operators.truth(c(f)) for c in conditions]
        if False in answers:
            continue
        exact = _run(ev, f, generators, level + 1, element, out) and exact and None not in answers
    return exact


def _collect(ev: Evaluator, node: Any, results: list[Value], exact: bool) -> Value:
    from gconv_lint.frontends.source.expressions import distinct, is_key

    if isinstance(node, ast.DictComp):
        known = exact and all(is_key(k) for k, _ in results)
        return DictValue(dict(results) if known else {}, known)
    if isinstance(node, ast.SetComp):
        return distinct(ev, results) if exact else ev.heap.fresh("set")
    return ListValue(results if exact else [], exact)
