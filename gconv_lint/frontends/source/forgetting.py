"""Makes what code that runs an unknown number of times may change unknown."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.source import containers
from gconv_lint.frontends.source.frames import Frame
from gconv_lint.frontends.source.merging import OPEN
from gconv_lint.frontends.source.values import ClassValue, DictValue, Function, Instance, ListValue, Value
from gconv_lint.frontends.source.walking import walk

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator

Written = tuple[list[str], list[tuple[str, str]], list[str], list[tuple[str, str]]]
_GROWING = {"append", "extend", "insert", "update", "add", "pop", "setdefault", "remove", "clear"}


def forgetter(ev: Evaluator, body: Sequence[ast.AST]) -> Any:
    """A function that makes every variable and attribute unknown that the body assigns."""
    known: list[Written] = []

    def forget(f: Frame) -> None:
        if not known:  # Looked for when a loop is undecided for the first time: most never are.
            known.append(written(body))
        names, attributes, grown, called = known[0]
        for name in names:
            if name in f.vars:
                ev.heap.put(f.vars, name, ev.heap.fresh(name))
        for name, attr in attributes:
            owner: Value = f.vars.get(name)
            if isinstance(owner, Instance) and attr in owner.attrs:
                ev.heap.put(owner.attrs, attr, ev.heap.fresh(attr))
        for name in grown:
            container = f.vars.get(name)
            if isinstance(container, (ListValue, DictValue)):
                ev.heap.blur(container)
            elif isinstance(container, Instance):
                _blur_data(ev, container)
                if containers.is_container(container):
                    ev.heap.put(container.attrs, OPEN, True)
        for name, word in called:
            owner = f.vars.get(name)
            method = (
                owner.cls.lookup(word) if isinstance(owner, Instance) and isinstance(owner.cls, ClassValue) else None
            )
            if isinstance(method, Function):
                for attr in ev.relevance.stored(method):
                    if attr in owner.attrs:
                        ev.heap.put(owner.attrs, attr, ev.heap.fresh(attr))

    return forget


def _blur_data(ev: Evaluator, owner: Instance) -> None:
    """What an object holds besides layers may have changed, and what the plain objects in it hold."""
    for value in list(owner.attrs.values()):
        if isinstance(value, (ListValue, DictValue)):
            ev.heap.blur(value)
        elif isinstance(value, Instance) and isinstance(value.cls, ClassValue) and value.cls.external_base() is None:
            ev.attributes.blur(value)


def written(body: Sequence[ast.AST]) -> Written:
    """The variables, attributes of variables and containers that statements may change, in a fixed order."""
    names: set[str] = set()
    attributes: set[tuple[str, str]] = set()
    grown: set[str] = set()
    objects: set[str] = set()
    called: set[tuple[str, str]] = set()
    for statement in body:
        for node in walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                names.add(node.id)
            elif isinstance(node, ast.Subscript) and isinstance(node.ctx, (ast.Store, ast.Del)):
                grown.update(n.id for n in walk(node.value) if isinstance(n, ast.Name))
            elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                if isinstance(node.value, ast.Name):
                    attributes.add((node.value.id, node.attr))
                else:
                    objects.update(n.id for n in walk(node.value) if isinstance(n, ast.Name))
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _GROWING:
                grown.update(n.id for n in (node.func.value,) if isinstance(n, ast.Name))
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                owner = node.func.value
                called.update((owner.id, node.func.attr) for _ in (0,) if isinstance(owner, ast.Name))
    return sorted(names), sorted(attributes), sorted(grown | objects), sorted(called)
