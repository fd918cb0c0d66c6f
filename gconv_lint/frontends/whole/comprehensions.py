"""Compiles comprehensions: what makes many values of one expression."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.whole import generators
from gconv_lint.frontends.whole.frames import Closure, Frame
from gconv_lint.frontends.whole.uncertain import harmless
from gconv_lint.frontends.whole.values import Unknown, Value

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter


class Comprehensions:
    """What a compiler of expressions does with those that run others again and again."""

    def __init__(self, interp: Interpreter) -> None:
        self.interp = interp

    def compile(self, node: ast.expr) -> Closure:
        """The function that gives the value of an expression in a frame."""
        raise NotImplementedError

    def _loops(self, node: Any) -> list[tuple[Closure, Callable[[Frame, Value], None], list[Closure]]]:
        return [
            (self.compile(g.iter), self.interp.statements.assigner(g.target), [self.compile(t) for t in g.ifs])
            for g in node.generators
        ]

    def _comprehension(self, node: Any, emit: Callable[[Frame, Any], None], start: Callable[[], Any]) -> Closure:
        interp, loops = self.interp, self._loops(node)

        def level(number: int, f: Frame, rows: Value, made: Any) -> None:
            _, assign, tests = loops[number]
            for item in interp.items(rows):
                interp.spend(1)
                assign(f, item)
                if all(interp.truth(test(f)) for test in tests):
                    if number + 1 < len(loops):
                        level(number + 1, f, loops[number + 1][0](f), made)
                    else:
                        emit(f, made)

        def run(f: Frame) -> Value:
            made, rows, inner = start(), loops[0][0](f), f.inner(f.is_class)
            if isinstance(rows, Unknown) and rows.owed is not None and harmless(interp, [node], f):
                return interp.deferred.vague(rows)
            interp.frame = inner
            level(0, inner, rows, made)
            interp.frame = f
            return made

        return run

    def _list_comprehension(self, node: ast.ListComp) -> Closure:
        element = self.compile(node.elt)
        return self._comprehension(node, lambda f, made: made.append(element(f)), list)

    def _generator(self, node: ast.GeneratorExp) -> Closure:
        element, loops, interp = self.compile(node.elt), self._loops(node), self.interp

        def run(f: Frame) -> Value:
            rows = loops[0][0](f)
            if isinstance(rows, Unknown) and rows.owed is not None and harmless(interp, [node], f):
                return interp.deferred.vague(rows)
            return generators.expression(interp, loops, element, f.inner(f.is_class), rows)

        return run

    def _set_comprehension(self, node: ast.SetComp) -> Closure:
        rows, interp = self._list_comprehension(node), self.interp  # type: ignore[arg-type]
        return lambda f: interp.set_of(rows(f))

    def _dict_comprehension(self, node: ast.DictComp) -> Closure:
        key, value, interp = self.compile(node.key), self.compile(node.value), self.interp

        def emit(f: Frame, made: dict[Any, Value]) -> None:
            made[interp.key(key(f))] = value(f)

        return self._comprehension(node, emit, dict)
