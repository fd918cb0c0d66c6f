"""Compiles loops: exact over known sequences, once over unknown values otherwise."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.source import torch_modules
from gconv_lint.frontends.source.branches import BREAK, MAY_CONTINUE, MAY_RETURN, RETURN, perhaps, settle
from gconv_lint.frontends.source.comprehensions import MAX_ITERATIONS
from gconv_lint.frontends.source.expressions import compile_expression
from gconv_lint.frontends.source.frames import Closure, Frame
from gconv_lint.frontends.source.heap import OPEN
from gconv_lint.frontends.source.iterators import Watch
from gconv_lint.frontends.source.values import ClassValue, DictValue, Function, Instance, Lazy, ListValue, Value

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator

#: How often a loop may come to an end without anybody knowing before the rest of it is only guessed.
MAX_SPLITS = 6
_Written = tuple[list[str], list[tuple[str, str]], list[str], list[tuple[str, str]]]
_GROWING = {"append", "extend", "insert", "update", "add", "pop", "setdefault", "remove", "clear"}


def for_loop(ev: Evaluator, node: Any) -> Closure:
    """``for target in iterable``."""
    from gconv_lint.frontends.source.statements import compile_block

    iterable, assign = compile_expression(ev, node.iter), ev.assigner(node.target)
    body = compile_block(ev, node.body)
    orelse = compile_block(ev, node.orelse) if node.orelse else _nothing
    forget = forgetter(ev, node.body)
    apart = _apart(node)

    def once(f: Frame, value: Value) -> Any:
        assign(f, ev.element(value))
        return body(f)

    def run(f: Frame) -> Any:
        value = iterable(f)
        items = ev.iterate(value)
        if items is None or len(items) > MAX_ITERATIONS or (isinstance(value, Lazy) and not apart(value)):
            return _maybe(ev, f, forget, partial(once, value=value), orelse)
        return each(f, items, 0, Watch(ev, value, len(items)))

    def each(f: Frame, items: list[Value], splits: int, watch: Watch) -> Any:
        for position, item in enumerate(items):
            ev.spend(1)
            assign(f, item)
            jump = body(f)
            if jump in (BREAK, RETURN):
                return _left(f, jump)
            if watch.sees_change(len(items) - position - 1):
                return _left(f, _maybe(ev, f, forget, partial(once, value=watch.value), orelse))
            if f.doubt and _goes_on_in_doubt(f):
                rest = items[position + 1 :]
                further = (
                    partial(each, f, rest, splits + 1, watch)
                    if splits < MAX_SPLITS
                    else partial(_maybe, ev, f, forget, partial(once, value=watch.value), orelse)
                )
                return _left(f, perhaps(ev, f, further))
        return orelse(f)

    return run


def _apart(node: Any) -> Callable[[Lazy], bool]:
    """Whether what an iterator does between two rounds of a loop has nothing to do with the loop's body."""
    generator = node.iter
    if not isinstance(generator, ast.GeneratorExp):
        return lambda value: value.closed
    known: list[bool] = []

    def apart(value: Lazy) -> bool:
        if not known:
            names, attributes, grown, called = _written(node.body)
            written = {*names, *grown, *(owner for owner, _ in (*attributes, *called))}
            known.append(written.isdisjoint(n.id for n in ast.walk(generator) if isinstance(n, ast.Name)))
        return known[0]

    return apart


def while_loop(ev: Evaluator, node: ast.While) -> Closure:
    """``while test``."""
    from gconv_lint.frontends.source.statements import compile_block

    test, body = compile_expression(ev, node.test), compile_block(ev, node.body)
    orelse = compile_block(ev, node.orelse) if node.orelse else _nothing
    forget = forgetter(ev, node.body)

    def run(f: Frame, splits: int = 0) -> Any:
        while True:
            ev.spend(2)
            answer = ev.truth(test(f))
            if answer is False:
                return orelse(f)
            if answer is None or splits > MAX_SPLITS:
                return _maybe(ev, f, forget, body, orelse)
            jump = body(f)
            if jump in (BREAK, RETURN):
                return _left(f, jump)
            if f.doubt and _goes_on_in_doubt(f):
                return _left(f, perhaps(ev, f, partial(run, f, splits + 1)))

    return run


def _goes_on_in_doubt(f: Frame) -> bool:
    """Whether the next round may not come; one that was only cut short changes nothing for it."""
    f.doubt &= ~MAY_CONTINUE
    return f.doubt != 0


def _left(f: Frame, jump: Any) -> Any:
    """How control leaves a loop: its own jumps end here."""
    f.doubt &= MAY_RETURN
    return jump if jump == RETURN else None


def _maybe(ev: Evaluator, f: Frame, forget: Any, once: Closure, orelse: Closure) -> Any:
    """Run a body that may run any number of times, over what it cannot know after the first."""

    def taken() -> Any:
        forget(f)
        jump = once(f)
        forget(f)
        return _left(f, jump)

    jump = settle(ev, f, [taken, lambda: None])
    return jump if jump is not None or orelse is _nothing else settle(ev, f, [lambda: orelse(f), lambda: None])


def _nothing(f: Frame) -> None:
    """The ``else`` of most loops."""


def forgetter(ev: Evaluator, body: list[ast.stmt]) -> Any:
    """A function that makes every variable and attribute unknown that the body assigns."""
    known: list[_Written] = []

    def forget(f: Frame) -> None:
        if not known:  # Looked for when a loop is undecided for the first time: most never are.
            known.append(_written(body))
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
                if torch_modules.is_container(container):
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


def _written(body: list[ast.stmt]) -> _Written:
    """The variables, attributes of variables and containers that statements may change, in a fixed order."""
    names: set[str] = set()
    attributes: set[tuple[str, str]] = set()
    grown: set[str] = set()
    objects: set[str] = set()
    called: set[tuple[str, str]] = set()
    for statement in body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                names.add(node.id)
            elif isinstance(node, ast.Subscript) and isinstance(node.ctx, (ast.Store, ast.Del)):
                grown.update(n.id for n in ast.walk(node.value) if isinstance(n, ast.Name))
            elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                if isinstance(node.value, ast.Name):
                    attributes.add((node.value.id, node.attr))
                else:
                    objects.update(n.id for n in ast.walk(node.value) if isinstance(n, ast.Name))
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _GROWING:
                grown.update(n.id for n in (node.func.value,) if isinstance(n, ast.Name))
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                owner = node.func.value
                called.update((owner.id, node.func.attr) for _ in (0,) if isinstance(owner, ast.Name))
    return sorted(names), sorted(attributes), sorted(grown | objects), sorted(called)
