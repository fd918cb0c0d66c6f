"""Compiles loops: exact over known sequences, once over unknown values otherwise."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.source.branches import BREAK, MAY_CONTINUE, MAY_RETURN, RETURN, perhaps, settle
from gconv_lint.frontends.source.expressions import compile_expression
from gconv_lint.frontends.source.forgetting import forgetter, written
from gconv_lint.frontends.source.frames import Closure, Frame
from gconv_lint.frontends.source.iterators import MAX_ITERATIONS, Watch
from gconv_lint.frontends.source.values import Lazy, Value
from gconv_lint.frontends.source.walking import walk

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator

#: How often a loop may come to an end without anybody knowing before the rest of it is only guessed.
MAX_SPLITS = 6


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
            names, attributes, grown, called = written(node.body)
            changed = {*names, *grown, *(owner for owner, _ in (*attributes, *called))}
            known.append(changed.isdisjoint(n.id for n in walk(generator) if isinstance(n, ast.Name)))
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
