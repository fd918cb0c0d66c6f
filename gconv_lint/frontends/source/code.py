"""The compiled form of a function: its parameters, and a body that is compiled when it is first run."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from gconv_lint.frontends.source.values import NO_NAMES

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator
    from gconv_lint.frontends.source.frames import Closure
    from gconv_lint.frontends.source.parsed_files import SourceFile

#: Words without which a function is an ordinary one; most are, and looking for words is cheaper than a walk.
_RARE = ("yield", "global", "nonlocal")
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


class Code:
    """Parameters, default expressions and the body of one ``def`` or ``lambda``."""

    __slots__ = (
        "active",
        "body",
        "called",
        "defaults",
        "ev",
        "forks",
        "generator",
        "global_names",
        "kw_defaults",
        "kw_only",
        "kwargs",
        "name",
        "node",
        "params",
        "pure",
        "remembered",
        "required",
        "source",
        "varargs",
    )

    def __init__(
        self, ev: Evaluator, node: ast.AST, name: str, args: ast.arguments, source: ast.expr | None = None
    ) -> None:
        from gconv_lint.frontends.source.expressions import compile_expression

        self.ev = ev
        self.node = node
        self.name = name
        #: the expression of a ``lambda``; the statements of a ``def`` stay with its node
        self.source = source
        self.params = [a.arg for a in (*args.posonlyargs, *args.args)]
        self.kw_only = [a.arg for a in args.kwonlyargs]
        self.varargs = args.vararg.arg if args.vararg else None
        self.kwargs = args.kwarg.arg if args.kwarg else None
        self.required = len(self.params) - len(args.defaults)
        self.defaults = [compile_expression(ev, d) for d in args.defaults]
        self.kw_defaults = {
            a.arg: compile_expression(ev, d) for a, d in zip(args.kwonlyargs, args.kw_defaults) if d is not None
        }
        self.body: Closure | None = None
        self.generator = False
        self.pure = True
        self.global_names = NO_NAMES
        self.called = False
        #: the root in which its results were remembered by the program itself
        self.remembered = -1
        #: How often the function is running now, and how many undecided branches were open when it first began.
        self.active = 0
        self.forks = 0

    def compiled(self, file: SourceFile) -> Closure:
        """The closure of the body: a signal for ``def``, the value for ``lambda``."""
        if self.body is None:
            self.body = self._compile(file)
            file.compiled.append(self)
        return self.body

    def _compile(self, file: SourceFile) -> Closure:
        from gconv_lint.frontends.source.expressions import compile_expression
        from gconv_lint.frontends.source.statements import compile_block

        if self.source is not None:
            return compile_expression(self.ev, self.source)
        body: list[ast.stmt] = self.node.body  # type: ignore[attr-defined]
        if file.speaks(self.node, _RARE):
            self._look_inside(body)
        return compile_block(self.ev, body)

    def release(self) -> None:
        """Forget the compiled body."""
        self.body = None

    def _look_inside(self, body: list[ast.stmt]) -> None:
        """Whether the function yields, and which names it shares with an outer scope."""
        shared: set[str] = set()
        stack: list[ast.AST] = list(body)
        while stack:
            node = stack.pop()
            if isinstance(node, (ast.Yield, ast.YieldFrom)):
                self.generator = True
            elif isinstance(node, (ast.Global, ast.Nonlocal)):
                shared.update(node.names)
            elif not isinstance(node, _SCOPES):
                stack.extend(ast.iter_child_nodes(node))
        self.global_names = frozenset(shared)
        self.pure = not shared
