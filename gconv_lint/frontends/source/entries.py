"""What an evaluation made, and what it rests on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.source.frames import Call
from gconv_lint.frontends.source.values import Function, Value
from gconv_lint.model.dims import Sym

if TYPE_CHECKING:
    from gconv_lint.frontends.source.records import Record


class Entry:
    """One evaluation: the layers it made itself, the evaluations it rests on, and what came out."""

    __slots__ = (
        "call",
        "changed",
        "children",
        "done",
        "failure",
        "first",
        "graphs",
        "last",
        "records",
        "result",
        "reused",
        "root",
        "scope",
        "spared",
    )

    def __init__(self, call: Call) -> None:
        #: the call that a layer's chain of calls goes through; none where there is no layer
        self.call: Call | None = call
        self.records: list[Record] = []
        self.graphs: list[Any] = []
        self.children: list[Entry] = []
        self.result: Value = None
        self.failure: str | None = None
        self.reused = False
        #: When it was complete, by the heap's clock, and whether somebody wrote to its result before it was reused.
        self.done = 0
        self.changed = False
        #: The names of the unknowns that it brought along: numbers ``first`` to ``last`` of a scope, in a root.
        self.scope = ""
        self.root = self.first = self.last = 0
        #: The unknown objects that it would have lost, had anything been read of them.
        self.spared: tuple[Sym, ...] = ()

    @property
    def bears(self) -> bool:
        """Whether it, or what it rests on, made layers."""
        return bool(self.records or self.graphs) or any(c.call is not None for c in self.children)


class Root:
    """One start of evaluation: what it reached, and the function whose callers would make it superfluous."""

    __slots__ = ("entry", "function")

    def __init__(self, entry: Entry, function: Function | None) -> None:
        self.entry = entry
        self.function = function

    @property
    def counts(self) -> bool:
        """Whether this is a way that the project itself can take: nobody calls it with better values."""
        return self.function is None or not self.function.code.called


def reachable(entries: Iterable[Entry]) -> list[Entry]:
    """Every evaluation that some of the given ones rest on, once."""
    found: dict[int, Entry] = {}
    stack = list(entries)
    while stack:
        entry = stack.pop()
        if id(entry) not in found:
            found[id(entry)] = entry
            stack.extend(entry.children)
    return list(found.values())
