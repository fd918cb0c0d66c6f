"""The state of one running function, and the chain of calls that led to it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.source.values import Function, ListValue, Module, Value

if TYPE_CHECKING:
    from gconv_lint.frontends.source.code import Code


class Call:
    """One call on the way to a layer, of ``callee``; ``also`` holds other calls that reach the same evaluation."""

    __slots__ = ("also", "callee", "depth", "module", "node", "parent")

    def __init__(self, node: ast.AST | None, module: Module | None, parent: Call | None) -> None:
        self.node = node
        self.module = module
        self.parent = parent
        self.depth: int = parent.depth + 1 if parent is not None else 0
        self.also: list[Call] = []
        self.callee: Code | None = None


class Frame:
    """Local variables and what statements need to know about the function they run in.

    ``returns`` collects values returned on paths that were only possible, ``guards`` counts the enclosing
    ``try`` and ``raises`` blocks that would catch a layer's refusal, ``doubt`` has a bit for each kind of jump that
    some undecided branch took while control went on.
    """

    __slots__ = (
        "call",
        "doubt",
        "env",
        "function",
        "guards",
        "module",
        "receiver",
        "result",
        "returns",
        "vars",
        "yields",
    )

    def __init__(
        self,
        module: Module,
        variables: dict[str, Value],
        call: Call,
        env: tuple[dict[str, Value], ...] = (),
        function: Function | None = None,
    ) -> None:
        self.module = module
        self.vars = variables
        self.call = call
        self.env = env
        self.function = function
        self.receiver: Value = None
        self.result: Value = None
        self.returns: list[Value] = []
        self.yields: ListValue | None = None
        self.guards = 0
        self.doubt = 0

    def nested(self) -> Frame:
        """A frame in this one with variables of its own, for a comprehension; a class's are not seen in there."""
        hidden = self.vars is self.module.vars or self.receiver is CLASS_BODY
        inner = Frame(self.module, {}, self.call, self.env if hidden else (self.vars, *self.env), self.function)
        inner.receiver, inner.guards = self.receiver if self.receiver is not CLASS_BODY else None, self.guards
        return inner


class _ClassBody:
    """Marks the frame of a class body: its names are not visible from the methods."""


CLASS_BODY = _ClassBody()


Closure = Any  # Callable[[Frame], Value]: spelled out it slows mypy and says no more
