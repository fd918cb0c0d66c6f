"""Generators: compiled to generators of Python's own, so that they run as far as somebody asks."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.whole.blocks import BREAK, CONTINUE
from gconv_lint.frontends.whole.frames import Closure, Frame
from gconv_lint.frontends.whole.values import Raised, Stream, Unknown, Value

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter

_YIELDS = (ast.Yield, ast.YieldFrom)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


def yields(nodes: Sequence[ast.AST]) -> bool:
    """Whether code gives items of a generator; functions and classes inside of it do not count."""
    waiting = list(nodes)
    while waiting:
        part = waiting.pop()
        if isinstance(part, _YIELDS):
            return True
        if not isinstance(part, _SCOPES):
            waiting.extend(ast.iter_child_nodes(part))
    return False


def items(interp: Interpreter, steps: Any, frame: Frame) -> Any:
    """The items of a generator, each of which is asked for inside of some other frame."""
    sent: Value = None
    error: Raised | None = None
    while True:
        outer = interp.frame
        interp.enter(frame)
        try:
            item = steps.send(sent) if error is None else steps.throw(error)
        except StopIteration as end:
            return end.value[0] if type(end.value) is tuple else None
        finally:
            interp.leave(outer)
        try:
            error = None
            sent = yield item
        except Raised as thrown:
            error = thrown


class Generators:
    """Compiles statements that give items to generators, which return how control goes on."""

    def __init__(self, interp: Interpreter) -> None:
        self.interp = interp
        self._makers: dict[type[ast.AST], Callable[[Any], Closure]] = {
            ast.Expr: self._expression,
            ast.Assign: self._assign,
            ast.Return: self._return,
            ast.If: self._if,
            ast.For: self._for,
            ast.While: self._while,
            ast.Try: self._try,
            ast.With: self._with,
        }

    def block(self, body: Sequence[ast.stmt]) -> Closure:
        """The function that runs statements in a frame."""
        parts = [self._part(s) for s in body]

        def run(f: Frame) -> Any:
            for lazy, part in parts:
                jump = (yield from part(f)) if lazy else part(f)
                if jump is not None:
                    return jump
            return None

        return run

    def _part(self, node: ast.stmt) -> tuple[bool, Closure]:
        if not yields([node]):
            return False, self.interp.statements.compile(node)
        maker = self._makers.get(type(node))
        return (True, maker(node)) if maker is not None else (False, self._skip(node))

    def _skip(self, node: ast.stmt) -> Closure:
        interp = self.interp

        def run(f: Frame) -> None:
            interp.gap("a `yield` inside of an expression is not followed", node)
            interp.statements.forget(f, [node])

        return run

    def _value(self, node: ast.expr) -> Closure:
        """The function that gives an item, or all of another iterable, and returns what is sent back."""
        interp = self.interp
        if not isinstance(node, _YIELDS) or (node.value is not None and yields([node.value])):
            return self._unknown(node)
        value = interp.expressions.compile(node.value) if node.value is not None else None
        if isinstance(node, ast.YieldFrom):
            return lambda f: self._all(value(f)) if value is not None else iter(())

        def run(f: Frame) -> Any:
            return (yield value(f) if value is not None else None)

        return run

    def _unknown(self, node: ast.expr) -> Closure:
        interp = self.interp

        def run(f: Frame) -> Any:
            yield from ()
            return interp.unknown("a `yield` inside of an expression is not followed", node)

        return run

    def _all(self, rows: Value) -> Any:
        return (yield from rows.items if type(rows) is Stream else self.interp.iterate(rows))

    def _expression(self, node: ast.Expr) -> Closure:
        value = self._value(node.value)

        def run(f: Frame) -> Any:
            yield from value(f)

        return run

    def _assign(self, node: ast.Assign) -> Closure:
        value, targets = self._value(node.value), [self.interp.statements.assigner(t) for t in node.targets]

        def run(f: Frame) -> Any:
            made = yield from value(f)
            for target in targets:
                target(f, made)

        return run

    def _return(self, node: ast.Return) -> Closure:
        assert node.value is not None
        value = self._value(node.value)

        def run(f: Frame) -> Any:
            return ((yield from value(f)),)

        return run

    def _test(self, node: ast.expr) -> Closure:
        if yields([node]):
            interp = self.interp
            return lambda f: interp.unknown("a `yield` inside of an expression is not followed", node)
        return self.interp.expressions.compile(node)

    def _if(self, node: ast.If) -> Closure:
        test, then, otherwise = self._test(node.test), self.block(node.body), self.block(node.orelse)
        interp = self.interp

        def run(f: Frame) -> Any:
            condition = interp.condition(test(f), node.test)
            if isinstance(condition, Unknown):
                return interp.statements.undecided(condition, node, f)
            return (yield from (then if interp.truth(condition) else otherwise)(f))

        return run

    def _for(self, node: ast.For) -> Closure:
        over, assign = self._test(node.iter), self.interp.statements.assigner(node.target)
        body, otherwise, interp = self.block(node.body), self.block(node.orelse), self.interp

        def run(f: Frame) -> Any:
            rows = over(f)
            if isinstance(rows, Unknown):
                return interp.statements.undecided(rows, node, f)
            for item in interp.iterate(rows):
                interp.spend(1)
                assign(f, item)
                jump = yield from body(f)
                if jump is BREAK:
                    return None
                if jump is not None and jump is not CONTINUE:
                    return jump
            return (yield from otherwise(f))

        return run

    def _while(self, node: ast.While) -> Closure:
        test, body, otherwise = self._test(node.test), self.block(node.body), self.block(node.orelse)
        interp = self.interp

        def run(f: Frame) -> Any:
            while True:
                interp.spend(1)
                condition = interp.condition(test(f), node.test)
                if isinstance(condition, Unknown):
                    return interp.statements.undecided(condition, node, f)
                if not interp.truth(condition):
                    return (yield from otherwise(f))
                jump = yield from body(f)
                if jump is BREAK:
                    return None
                if jump is not None and jump is not CONTINUE:
                    return jump

        return run

    def _try(self, node: ast.Try) -> Closure:
        guarded, final, interp = self._guarded(node), self.block(node.finalbody), self.interp

        def run(f: Frame) -> Any:
            before = interp.deferred.count, interp.deferred.imports
            try:
                jump = interp.statements.settled(node, before, (yield from guarded(f)), f)
            except Raised:
                ending = yield from final(f)
                if ending is not None:
                    return ending
                raise
            ending = yield from final(f)
            return ending if ending is not None else jump

        return run

    def _guarded(self, node: ast.Try) -> Closure:
        body, otherwise, interp = self.block(node.body), self.block(node.orelse), self.interp
        handlers = [self.block(h.body) for h in node.handlers]
        chosen = interp.statements.handler(node)

        def run(f: Frame) -> Any:
            try:
                jump = yield from body(f)
            except Raised as error:
                number = chosen(error, f)
                if number is None:
                    raise
                return (yield from handlers[number](f))
            return jump if jump is not None else (yield from otherwise(f))

        return run

    def _with(self, node: ast.With) -> Closure:
        interp, body = self.interp, self.block(node.body)
        enter = interp.statements.managers(node)

        def run(f: Frame) -> Any:
            managers = enter(f)
            try:
                jump = yield from body(f)
            except Raised as error:
                interp.frame = f
                if not interp.statements.left(managers, [error.value.cls, error.value, None], f):
                    raise
                return None
            interp.statements.left(managers, [None, None, None], f)
            return jump

        return run


def expression(interp: Interpreter, loops: Sequence[Any], element: Closure, frame: Frame, rows: Value) -> Stream:
    """The items of ``(element for .. in rows)``; the other loops and all tests stand in ``loops``."""

    def level(number: int, rows: Value) -> Iterator[Value]:
        _, assign, tests = loops[number]
        for item in interp.iterate(rows):
            interp.spend(1)
            assign(frame, item)
            if all(interp.truth(test(frame)) for test in tests):
                if number + 1 < len(loops):
                    yield from level(number + 1, loops[number + 1][0](frame))
                else:
                    yield element(frame)

    def inside() -> Iterator[Value]:
        steps = level(0, rows)
        while True:
            outer, interp.frame = interp.frame, frame
            try:
                item = next(steps)
            except StopIteration:
                return
            finally:
                interp.frame = outer
            yield item

    return Stream(inside())
