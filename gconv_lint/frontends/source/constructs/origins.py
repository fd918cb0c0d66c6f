"""Tell whether two numbers of a class are free of each other, so that one may not divide the other."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator

from gconv_lint.frontends.source.constructs.imports import dotted
from gconv_lint.frontends.source.constructs.outline import Scope
from gconv_lint.frontends.source.constructs.syntax import on_self, parameters
from gconv_lint.frontends.source.walking import walk

#: Assignments that are followed one behind the other.
_MAX_STEPS = 50


class Origins:
    """What the methods of a class store in variables and attributes; ``key`` names a number wherever it is kept."""

    def __init__(
        self,
        body: Iterable[ast.AST],
        stored: Iterable[tuple[str, ast.expr]],
        scope: Scope,
        key: Callable[[ast.AST | None], str],
    ) -> None:
        self.key = key
        self.given = {p.arg for method in scope.methods.values() for p in parameters(method.node)} - {"self"}
        self.values: dict[str, list[ast.expr]] = {}
        for name, value in [*_locals(body), *stored]:
            self.values.setdefault(name, []).append(value)

    def free(self, dividend: ast.expr, divisor: str) -> bool:
        """Whether the divisor is a parameter as it was given, and the dividend is not made from it."""
        if divisor not in self.given or any(self._changes(value, divisor) for value in self.values.get(divisor, ())):
            return False
        return not any(self.key(node) == divisor for node in self._sources(dividend))

    def _changes(self, value: ast.expr, name: str) -> bool:
        """Whether a parameter gets another value than its own or a default: ``groups or 1``."""
        parts = value.values if isinstance(value, ast.BoolOp) else [value]
        return any(self.key(part) != name and not isinstance(part, ast.Constant) for part in parts)

    def _sources(self, node: ast.expr) -> Iterator[ast.AST]:
        """Every node that a number is made from, through variables and attributes."""
        pending: list[ast.AST] = [node]
        for _ in range(_MAX_STEPS):
            if not pending:
                return
            for part in walk(pending.pop()):
                yield part
                name = on_self(part) or dotted(part)
                pending.extend(value for value in self.values.get(name, ()) if value is not part)


def _locals(body: Iterable[ast.AST]) -> Iterator[tuple[str, ast.expr]]:
    for node in body:
        if isinstance(node, (ast.Assign, ast.AugAssign, ast.NamedExpr)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from ((target.id, node.value) for target in targets if isinstance(target, ast.Name))
