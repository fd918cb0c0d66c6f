"""The state of one running function, and where it stands."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.whole.values import Namespace, Value

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.values import Function


class Frame:
    """Local names, those around them, and the call that is going on; ``outer`` is the frame that called."""

    __slots__ = (
        "env",
        "error",
        "function",
        "home",
        "is_class",
        "name",
        "namespace",
        "node",
        "outer",
        "outside",
        "vars",
    )

    def __init__(
        self,
        namespace: Namespace,
        variables: dict[str, Value],
        env: tuple[dict[str, Value], ...],
        outer: Frame | None,
        name: str,
        function: Function | None = None,
    ) -> None:
        self.namespace = namespace
        self.vars = variables
        self.env = env
        self.outer = outer
        self.name = name
        self.function = function
        self.node: ast.AST | None = None
        #: names that are declared to be of an outer scope, with that scope
        self.outside: dict[str, dict[str, Value]] | None = None
        #: whether it is a class body that runs
        self.is_class = False
        #: the frame of the function that a comprehension stands in, where names of `:=` go
        self.home = self
        #: the exception that is being handled
        self.error: Value = None

    def inner(self, is_class: bool = False) -> Frame:
        """A frame for a comprehension: names of its own, all others as here, but those of a class body."""
        env = self.env if is_class else (self.vars, *self.env)
        made = Frame(self.namespace, {}, env, self.outer, self.name, self.function)
        made.home = self.home
        return made


#: What a compiled expression is, and what a compiled statement is: spelled out they slow mypy and say no more.
Closure = Any
