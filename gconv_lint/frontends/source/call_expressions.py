"""Compiles calls: the callee, the arguments, and what stars spread."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.source import stored_names
from gconv_lint.frontends.source.data_classes import decides
from gconv_lint.frontends.source.escapes import is_data
from gconv_lint.frontends.source.expressions import compile_expression
from gconv_lint.frontends.source.frames import Closure, Frame
from gconv_lint.frontends.source.values import MISSING, UNKNOWN_STAR, ClassValue, DictValue, Instance, Value

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator


def call(ev: Evaluator, node: ast.Call) -> Closure:
    """A call whose value somebody reads."""
    return compile_call(ev, node, ev.call)


def _own_update(ev: Evaluator, node: ast.Call, owner: ast.Name, otherwise: Closure) -> Closure:
    """``a.__dict__.update(table, **more)`` of a plain object: attributes are stored past whatever its class says."""
    made = ast.copy_location(ast.Call(ast.Name("dict", ast.Load()), node.args, node.keywords), node)
    table = compile_call(ev, made, lambda _, args, kwargs, at, f: ev.names.builtins["dict"].run(args, kwargs, at, f))

    def update(f: Frame) -> Value:
        value = f.vars.get(owner.id, MISSING)
        cls = value.cls if isinstance(value, Instance) and is_data(value) and not value.shared else None
        if not isinstance(cls, ClassValue) or cls.hooked:
            return otherwise(f)
        given = table(f)
        stored = {k: v for k, v in given.items.items() if not decides(cls.lookup(k))}
        if not given.exact or len(stored) < len(given.items):
            ev.attributes.blur(value)
        value.touched = ev.heap.clock
        for name, content in stored.items():
            ev.heap.put(value.attrs, name, content)
        return None

    return update


def compile_call(ev: Evaluator, node: ast.Call, call: Callable[..., Value]) -> Closure:
    """The closure that evaluates a call's parts and hands them to ``call``."""
    made = _plain_call(ev, node, call)
    target = node.func
    if isinstance(target, ast.Attribute) and target.attr == "update":
        owner = _owner_of_table(target.value)
        return made if owner is None else _own_update(ev, node, owner, made)
    return made


def _plain_call(ev: Evaluator, node: ast.Call, call: Callable[..., Value]) -> Closure:
    function = compile_expression(ev, node.func)
    stored_names.note(node)
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
    kwargs = [(k.arg, compile_expression(ev, k.value) if k.arg else _spread(ev, k.value)) for k in node.keywords]

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


def _spread(ev: Evaluator, node: ast.expr) -> Closure:
    """The table behind two stars; ``**vars(a)`` and ``**a.__dict__`` only read that of an object."""
    whole, part = compile_expression(ev, node), _owner_of_table(node)
    if part is None:
        return whole

    def attributes(f: Frame) -> Value:
        value = f.vars.get(part.id, MISSING)
        known = isinstance(value, Instance) and is_data(value) and not any(name[:1] in "#?" for name in value.attrs)
        return DictValue(dict(value.attrs)) if known else whole(f)

    return attributes


def _owner_of_table(node: ast.expr) -> ast.Name | None:
    """The variable in ``vars(a)`` or ``a.__dict__``."""
    inner: ast.expr | None = None
    if isinstance(node, ast.Attribute) and node.attr == "__dict__":
        inner = node.value
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "vars" and node.args:
        inner = node.args[0]
    return inner if isinstance(inner, ast.Name) else None
