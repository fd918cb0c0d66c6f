"""Compiles comprehensions: exact over known sequences, one unknown round otherwise; generators wait to be asked."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.source.displays import is_key
from gconv_lint.frontends.source.expressions import compile_expression
from gconv_lint.frontends.source.forgetting import forgetter
from gconv_lint.frontends.source.frames import CLASS_BODY, Closure, Frame
from gconv_lint.frontends.source.iterators import MAX_ITERATIONS, over
from gconv_lint.frontends.source.values import MISSING, DictValue, Lazy, ListValue, Value
from gconv_lint.frontends.source.walking import walk

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator

#: What may remember the variables of a comprehension.
_REMEMBERING = (ast.Lambda, ast.GeneratorExp)
Results = tuple[list[Value], bool]


def comprehension(ev: Evaluator, node: Any) -> Closure:
    """A comprehension of any kind."""
    generators = [
        (ev.assigner(g.target), compile_expression(ev, g.iter), [compile_expression(ev, i) for i in g.ifs])
        for g in node.generators
    ]
    if isinstance(node, ast.DictComp):
        key, value = compile_expression(ev, node.key), compile_expression(ev, node.value)
        element: Callable[[Frame], Value] = lambda f: (key(f), value(f))  # noqa: E731
    else:
        element = compile_expression(ev, node.elt)

    forget = forgetter(ev, [node.elt] if hasattr(node, "elt") else [node.key, node.value])

    def results(f: Frame, first: Value) -> Results:
        out: list[Value] = []
        exact = _run(ev, f, generators, 0, first, element, out)
        if not exact:
            forget(f)
        return out, exact

    first = generators[0][1]
    if isinstance(node, ast.GeneratorExp):
        return _generator(ev, node, first, results)
    if any(isinstance(n, _REMEMBERING) for n in walk(node)):
        return lambda f: _collect(ev, node, *_apart(ev, f, node, first(f), results))
    targets = {n.id for g in node.generators for n in walk(g.target) if isinstance(n, ast.Name)}

    def evaluate(f: Frame) -> Value:
        if f.receiver is CLASS_BODY:  # The names of a class are not seen in there.
            return _collect(ev, node, *_apart(ev, f, node, first(f), results))
        return _collect(ev, node, *_in_place(ev, f, targets, first(f), results))

    return evaluate


def _in_place(
    ev: Evaluator, f: Frame, targets: set[str], first: Value, results: Callable[[Frame, Value], Results]
) -> Results:
    """Evaluate among the variables around it, which is cheaper, and give those of the same names back."""
    saved = {t: f.vars.get(t, MISSING) for t in targets}
    try:
        return results(f, first)
    finally:
        for name, old in saved.items():
            if old is MISSING:
                ev.heap.drop(f.vars, name)
            else:
                ev.heap.put(f.vars, name, old)


def _apart(
    ev: Evaluator, f: Frame, node: ast.expr, first: Value, results: Callable[[Frame, Value], Results]
) -> Results:
    """Evaluate with variables of its own: functions made in there see the last that those were given."""
    inner = f.nested()
    found = results(inner, first)
    for name in (n.target.id for n in walk(node) if isinstance(n, ast.NamedExpr)):
        if name in inner.vars:
            ev.heap.put(f.vars, name, inner.vars[name])
    return found


def _generator(ev: Evaluator, node: Any, first: Closure, results: Callable[[Frame, Value], Results]) -> Closure:
    """Only what it walks over is evaluated where it stands."""

    def evaluate(f: Frame) -> Value:
        source = over(ev, first(f))

        def compute() -> list[Value] | None:
            out, exact = _apart(ev, f, node, source, results)
            return out if exact else None

        return Lazy(compute, watched=source.watched)

    return evaluate


def _run(
    ev: Evaluator, f: Frame, generators: Any, level: int, source: Value, element: Closure, out: list[Value]
) -> bool:
    """Evaluate one nesting level of a comprehension over ``source``; whether the results are all there."""
    assign, _, conditions = generators[level]
    items = ev.iterate(source)
    exact = items is not None and len(items) <= MAX_ITERATIONS
    for item in items if exact and items is not None else [ev.element(source)]:
        ev.spend(1)
        assign(f, item)
        answers = [ev.truth(c(f)) for c in conditions]
        if False in answers:
            continue
        exact = exact and None not in answers
        if level + 1 == len(generators):
            out.append(element(f))
        else:
            exact = _run(ev, f, generators, level + 1, generators[level + 1][1](f), element, out) and exact
    return exact


def _collect(ev: Evaluator, node: Any, results: list[Value], exact: bool) -> Value:
    if isinstance(node, ast.DictComp):
        known = exact and all(is_key(k) for k, _ in results)
        made = DictValue(dict(results) if known else {}, known)
        made.lost = () if known else ev.edits.owners(results)
        return made
    if isinstance(node, ast.SetComp):
        return ev.heap.fresh("set")  # of no order, and it can grow
    listed = ListValue(results if exact else [], exact)
    listed.lost = () if exact else ev.edits.owners(results)
    return listed
