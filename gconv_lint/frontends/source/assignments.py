"""Compiles assignments, whatever the shape of their targets, and ``del``."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.source import operators, stored_names
from gconv_lint.frontends.source.expressions import compile_expression, is_private, mangled
from gconv_lint.frontends.source.frames import Closure, Frame
from gconv_lint.frontends.source.values import Instance, Value

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator


def assign(ev: Evaluator, node: ast.Assign) -> Closure:
    """``a = b = value``."""
    value = compile_expression(ev, node.value)
    assigners = [ev.assigner(t) for t in node.targets]
    stored_names.note(node)

    def run(f: Frame) -> None:
        result = value(f)
        for assign in assigners:
            assign(f, result)

    return run


def annotated(ev: Evaluator, node: ast.AnnAssign) -> Closure:
    """``a: T = value``."""
    if node.value is None:
        return lambda f: None
    value, assign = compile_expression(ev, node.value), ev.assigner(node.target)
    stored_names.note(node)
    return lambda f: assign(f, value(f))


def augmented(ev: Evaluator, node: ast.AugAssign) -> Closure:
    """``a += value`` and its like."""
    read = compile_expression(ev, _as_load(node.target))
    value, assign = compile_expression(ev, node.value), ev.assigner(node.target)
    symbol = operators.SYMBOLS[type(node.op)]
    is_item = isinstance(node.target, ast.Subscript)

    def run(f: Frame) -> None:
        old, change = read(f), value(f)
        if not ev.items.update_in_place(symbol, old, change):
            assign(f, ev.operate(symbol, old, change))
        elif is_item:
            assign(f, old)  # What a slice gave is a copy.

    return run


def _as_load(target: Any) -> ast.expr:
    fields = {name: getattr(target, name) for name in target._fields if name != "ctx"}
    loaded: ast.expr = type(target)(**fields, ctx=ast.Load())
    return ast.copy_location(loaded, target)


def make_assigner(ev: Evaluator, target: ast.expr) -> Callable[[Frame, Value], None]:
    """The function that binds a target, whatever its shape, to a value."""
    if isinstance(target, ast.Name):
        return name_assigner(ev, target.id)
    if isinstance(target, ast.Attribute):
        base, name, put = compile_expression(ev, target.value), target.attr, ev.attributes.set
        if is_private(name):
            return lambda f, value: put(base(f), mangled(name, f), value, f, target)
        return lambda f, value: put(base(f), name, value, f, target)
    if isinstance(target, ast.Subscript):
        base, index, store = compile_expression(ev, target.value), compile_expression(ev, target.slice), ev.items.set
        return lambda f, value: store(base(f), index(f), value)
    if isinstance(target, (ast.Tuple, ast.List)):
        return _unpacker(ev, target.elts)
    if isinstance(target, ast.Starred):
        return make_assigner(ev, target.value)
    return lambda f, value: None


def name_assigner(ev: Evaluator, name: str) -> Callable[[Frame, Value], None]:
    """The function that binds a name, which a function may declare global."""
    heap = ev.heap

    def assign(f: Frame, value: Value) -> None:
        function = f.function
        if function is not None and name in function.code.global_names:
            ev.names.set_outer(f, name, value)
        elif heap.journal is None:
            f.vars[name] = value
        else:
            heap.put(f.vars, name, value)

    return assign


def _unpacker(ev: Evaluator, elements: list[ast.expr]) -> Callable[[Frame, Value], None]:
    assigners = [make_assigner(ev, e) for e in elements]
    star = next((i for i, e in enumerate(elements) if isinstance(e, ast.Starred)), None)

    def unpack(f: Frame, value: Value) -> None:
        items = ev.unpack(value, len(assigners), star)
        for assign, item in zip(assigners, items):
            assign(f, item)

    return unpack


def delete(ev: Evaluator, node: ast.Delete) -> Closure:
    """``del a, b.c, d[e]``."""
    names = [t.id for t in node.targets if isinstance(t, ast.Name)]
    attributes = [(compile_expression(ev, t.value), t.attr) for t in node.targets if isinstance(t, ast.Attribute)]
    items = [
        (compile_expression(ev, t.value), compile_expression(ev, t.slice))
        for t in node.targets
        if isinstance(t, ast.Subscript)
    ]

    def run(f: Frame) -> None:
        for name in names:
            ev.heap.drop(f.vars, name)
        for base, index in items:
            ev.items.delete(base(f), index(f))
        for base, attr in attributes:
            owner = base(f)
            if isinstance(owner, Instance):
                ev.attributes.delete(owner, attr, f)
            else:
                ev.edits.stored(owner, attr)

    return run
