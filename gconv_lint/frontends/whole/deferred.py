"""Gaps of modules that are loaded: each counts once the model uses what it leaves unknown, or where it may do harm."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from gconv_lint.frontends.whole.outside import gentle, is_library
from gconv_lint.frontends.whole.tensors import Tensor
from gconv_lint.frontends.whole.uncertain import harmless, is_quiet
from gconv_lint.frontends.whole.values import (
    Bound,
    Class,
    Function,
    GapAt,
    Namespace,
    Obj,
    Partial,
    Stream,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.frames import Frame
    from gconv_lint.frontends.whole.interpreter import Interpreter

_IMPORTING = ("importlib.", "pkgutil.", "runpy.", "pkg_resources.", "builtins.__import__")
_MUTABLE = (Obj, Class, Function, Bound, Partial, Namespace, Tensor, Stream, list, dict, set)
_DISPLAYS = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp, ast.GeneratorExp)


class Deferred:
    """What is unknown since modules were loaded, which nobody used yet."""

    def __init__(self, interp: Interpreter) -> None:
        self.interp = interp
        #: modules that are being loaded, one inside of the other
        self.depth = 0
        #: how often something unknown was made or used while modules were loaded
        self.count = 0
        #: how often something ran that may have raised an ``ImportError``
        self.imports = 0

    @contextmanager
    def loading(self) -> Iterator[None]:
        """The statements of a module run, which is taken to load where its file is found, with all that it requires."""
        before = self.count, self.imports
        self.depth += 1
        try:
            yield
        finally:
            self.depth -= 1
        self.count, self.imports = before

    def imported(self, name: str) -> None:
        """Something outside is imported, which may not be installed."""
        self.imports += not is_library(name)

    def unknown(self, owed: GapAt, origin: str = "") -> Unknown:
        """A value whose gap is told when the model uses it."""
        self.count += 1
        self.imports += origin.startswith(_IMPORTING)
        return Unknown(owed[0], owed, origin)

    def certain(self, nodes: Sequence[ast.expr], f: Frame, condition: Unknown) -> None:
        """A gap where it matters whether expressions are evaluated, which is not known."""
        interp = self.interp
        if self.depth and condition.owed is not None and not harmless(interp, nodes, f):
            interp.gap(f"a condition is not known: {condition.reason}", nodes[0])

    def unmade(self, name: str, before: Value, nodes: Sequence[ast.AST], f: Frame) -> Unknown:
        """The value of a name that statements may or may not have bound."""
        reason = f"`{name}` may or may not be assigned"
        if not self.depth:
            return Unknown(reason)
        quiet = is_quiet(self.interp, name, before, nodes, f)
        return self.interp.unknown(reason, None, f"<{name}>" if quiet else "")

    def use(self, value: Unknown) -> None:
        """Something unknown takes part in a computation: the model's own has a gap from now on."""
        if self.depth:
            self.count += 1
        elif value.owed is not None:
            self.interp.tell(value.owed)
            value.owed = None

    def used(self, value: Value) -> Value:
        """A value that was looked up for a computation."""
        if type(value) is Unknown:
            self.use(value)
        return value

    def changed(self, value: Unknown) -> None:
        """Something is changed that is not known, which may be of the program's."""
        self.use(value)
        if value.owed is not None and not value.origin:
            self.interp.gap(f"something unknown is changed: {value.reason}")

    def made(self, value: Unknown, given: Iterable[Value]) -> Unknown:
        """What a function of this package made: it may be a value of the program, where that was given one."""
        return self.vague(value) if any(_may_change(each, None) for each in given) else value

    def vague(self, value: Unknown) -> Unknown:
        """Something unknown that may be a value of the program, as what is found at an unknown place."""
        return Unknown(value.reason, value.owed) if self.depth and value.owed is not None else value

    def passed(self, callee: str, args: list[Value], kwargs: dict[str, Value]) -> None:
        """A gap where a function that cannot be read gets values of the program, which it may change."""
        if not self.depth or gentle(callee):
            return
        frame = self.interp.frame
        node = frame.node if frame is not None else None
        given = node.args if isinstance(node, ast.Call) else []
        named = {k.arg: k.value for k in node.keywords} if isinstance(node, ast.Call) else {}
        rows = [(value, given[i] if i < len(given) else None) for i, value in enumerate(args)]
        rows += [(value, named.get(name)) for name, value in kwargs.items()]
        if any(_may_change(value, shown) for value, shown in rows):
            self.interp.gap(f"`{callee or 'something unknown'}` may change what it is given")


def _may_change(value: Value, shown: ast.expr | None) -> bool:
    """Whether somebody who gets a value, written so, has something of the program's to change."""
    if isinstance(value, tuple):
        return any(_may_change(item, None) for item in value)
    if isinstance(value, (list, set)) and isinstance(shown, _DISPLAYS):
        return any(_may_change(item, shown) for item in value)
    if isinstance(value, dict) and isinstance(shown, _DISPLAYS):
        return any(_may_change(item, shown) for item in value.values())
    if isinstance(value, Class):
        return value.namespace is not None
    if isinstance(value, Unknown):
        return not value.origin
    return isinstance(value, _MUTABLE)
