"""Compiles statements that hold others: branches, loops, handlers of exceptions."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.whole.frames import Closure, Frame
from gconv_lint.frontends.whole.uncertain import harmless, returns, stored
from gconv_lint.frontends.whole.values import MISSING, Obj, Raised, Unknown, Value

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter


class _Jump:
    """How a block ends early; a ``return`` is a tuple with its value."""


BREAK, CONTINUE = _Jump(), _Jump()
_SILENT = (ast.Pass, ast.Import, ast.ImportFrom, ast.Global, ast.Nonlocal)


class Blocks:
    """What a compiler of statements does with those that hold others."""

    def __init__(self, interp: Interpreter) -> None:
        self.interp = interp

    def block(self, body: Sequence[ast.stmt]) -> Closure:
        """The function that runs statements in a frame."""
        raise NotImplementedError

    def assigner(self, target: ast.expr) -> Callable[[Frame, Value], None]:
        """The function that binds a target."""
        raise NotImplementedError

    def forget(self, f: Frame, nodes: Sequence[ast.AST]) -> None:
        """Names that are bound by statements which may or may not have run are unknown."""
        for name in dict.fromkeys(stored(nodes)):
            scope = f.outside[name] if f.outside is not None and name in f.outside else f.vars
            scope[name] = self.interp.deferred.unmade(name, scope.get(name, MISSING), nodes, f)

    def _if(self, node: ast.If) -> Closure:
        test, then, otherwise = (
            self.interp.expressions.compile(node.test),
            self.block(node.body),
            self.block(node.orelse),
        )
        interp = self.interp

        def run(f: Frame) -> Any:
            condition = test(f)
            if condition is True:
                return then(f)
            if condition is False:
                return otherwise(f)
            condition = interp.condition(condition, node.test)
            if isinstance(condition, Unknown):
                return self.undecided(condition, node, f)
            return then(f) if interp.truth(condition) else otherwise(f)

        return run

    def undecided(self, condition: Unknown, node: ast.If | ast.While | ast.For, f: Frame) -> Any:
        """Neither branch is run; where one would end the function, what it returns is not known."""
        made = self.interp.undecided(condition, node)
        return self._open(made, [*node.body, *node.orelse], f)

    def _open(self, made: Unknown, nodes: Sequence[ast.AST], f: Frame) -> Any:
        """How control goes on behind statements that may or may not have run."""
        ends = returns(nodes)
        if made.owed is not None and not harmless(self.interp, _body(f) if ends else nodes, f):
            self.interp.tell(made.owed)
        self.forget(f, nodes)
        return (made,) if ends else None

    def _for(self, node: ast.For) -> Closure:
        over, assign = self.interp.expressions.compile(node.iter), self.assigner(node.target)
        body, otherwise, interp = self.block(node.body), self.block(node.orelse), self.interp

        def run(f: Frame) -> Any:
            rows = over(f)
            if isinstance(rows, Unknown):
                return self.undecided(rows, node, f)
            for item in interp.iterate(rows):
                interp.spend(1)
                assign(f, item)
                jump = body(f)
                if jump is None or jump is CONTINUE:
                    continue
                if jump is BREAK:
                    return None
                return jump
            return otherwise(f)

        return run

    def _while(self, node: ast.While) -> Closure:
        test, body, otherwise = (
            self.interp.expressions.compile(node.test),
            self.block(node.body),
            self.block(node.orelse),
        )
        interp = self.interp

        def run(f: Frame) -> Any:
            while True:
                interp.spend(1)
                condition = interp.condition(test(f), node.test)
                if isinstance(condition, Unknown):
                    return self.undecided(condition, node, f)
                if not interp.truth(condition):
                    return otherwise(f)
                jump = body(f)
                if jump is BREAK:
                    return None
                if jump is not None and jump is not CONTINUE:
                    return jump

        return run

    def _try(self, node: ast.Try) -> Closure:
        body, otherwise, final = self.block(node.body), self.block(node.orelse), self.block(node.finalbody)
        handlers, chosen, interp = [self.block(h.body) for h in node.handlers], self.handler(node), self.interp

        def guarded(f: Frame) -> Any:
            try:
                jump = body(f)
            except Raised as error:
                number = chosen(error, f)
                if number is None:
                    raise
                return handlers[number](f)
            return jump if jump is not None else otherwise(f)

        def run(f: Frame) -> Any:
            before = interp.deferred.count, interp.deferred.imports
            try:
                jump = self.settled(node, before, guarded(f), f)
            except Raised:
                ending = final(f)
                if ending is not None:
                    return ending
                raise
            ending = final(f)
            return ending if ending is not None else jump

        return run

    def handler(self, node: ast.Try) -> Callable[[Raised, Frame], int | None]:
        """The function that finds the handler of an exception, by its number, and binds its name."""
        compile_, interp = self.interp.expressions.compile, self.interp
        rows = [(compile_(h.type) if h.type is not None else None, h.name) for h in node.handlers]

        def chosen(error: Raised, f: Frame) -> int | None:
            for number, (kinds, name) in enumerate(rows):
                if kinds is None or interp.catches(kinds(f), error.value):
                    if name:
                        f.vars[name] = error.value
                    f.error = error.value
                    interp.frame = f
                    return number
            return None

        return chosen

    def settled(self, node: ast.Try, before: tuple[int, int], jump: Any, f: Frame) -> Any:
        """How control goes on; what is caught here concerns no other handler."""
        deferred = self.interp.deferred
        if not node.handlers or before == (deferred.count, deferred.imports):
            return jump
        kinds = {name for h in node.handlers for name in _caught(h.type)}
        if deferred.imports != before[1] or (kinds - _IMPORT_ERRORS and deferred.count != before[0]):
            jump = self._maybe_raised(node, jump, f)
        if kinds & _ALL_ERRORS:
            deferred.count = before[0]
        if kinds & (_ALL_ERRORS | {"ImportError"}):
            deferred.imports = before[1]
        return jump

    def _maybe_raised(self, node: ast.Try, jump: Any, f: Frame) -> Any:
        """How control goes on where something unknown ran, which may have raised what is caught."""
        nodes = [*node.body, *node.handlers, *node.orelse]
        ends = returns(nodes)
        if not harmless(self.interp, _body(f) if ends else nodes, f):
            self.interp.gap("it is not known whether an exception is raised", node)
            return jump
        made = self.interp.unknown("it is not known whether an exception is raised", node)
        self.forget(f, nodes)
        return (made,) if ends else None

    def _with(self, node: ast.With) -> Closure:
        interp, body, enter = self.interp, self.block(node.body), self.managers(node)

        def run(f: Frame) -> Any:
            managers = enter(f)
            try:
                jump = body(f)
            except Raised as error:
                interp.frame = f
                if not self.left(managers, [error.value.cls, error.value, None], f):
                    raise
                return None
            self.left(managers, [None, None, None], f)
            return jump

        return run

    def managers(self, node: ast.With) -> Callable[[Frame], list[Obj]]:
        """The function that enters the context managers of a statement, and binds what they give."""
        compile_, interp = self.interp.expressions.compile, self.interp
        items = [
            (compile_(i.context_expr), self.assigner(i.optional_vars) if i.optional_vars is not None else None)
            for i in node.items
        ]

        def enter(f: Frame) -> list[Obj]:
            managers: list[Obj] = []
            for context, assign in items:
                manager = context(f)
                entered = manager
                if isinstance(manager, Obj):
                    managers.append(manager)
                    entered = interp.method(manager, "__enter__", [], f)
                if assign is not None:
                    assign(f, manager if entered is MISSING else entered)
            return managers

        return enter

    def left(self, managers: list[Obj], given: list[Value], f: Frame) -> bool:
        """Leave context managers, the innermost first; whether one of them wants to hear no more of an exception."""
        swallowed = False
        for manager in reversed(managers):
            answer = self.interp.method(manager, "__exit__", [None] * 3 if swallowed else given, f)
            swallowed = swallowed or (answer is not MISSING and answer is not None and self.interp.truth(answer))
        return swallowed


_IMPORT_ERRORS = {"ImportError", "ModuleNotFoundError"}
_ALL_ERRORS = {"Exception", "BaseException"}


def _caught(kinds: ast.expr | None) -> Iterator[str]:
    """The names of the exceptions that a handler is for."""
    if kinds is None:
        yield "BaseException"
    for part in kinds.elts if isinstance(kinds, ast.Tuple) else (kinds,):
        if part is not None:
            yield ast.unparse(part)


def _body(f: Frame) -> Sequence[ast.AST]:
    """All statements of the function that runs."""
    node = f.function.code.node if f.function is not None else None
    return node.body if isinstance(node, ast.FunctionDef) else [ast.Break()]
