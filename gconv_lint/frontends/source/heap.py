"""Writes that can be undone: how both sides of an undecided branch are evaluated and then joined."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from gconv_lint.frontends.source.merging import WHOLE, Delta, Location, copied, merge
from gconv_lint.frontends.source.values import MISSING, DictValue, Instance, ListValue, Missing, Raised, Value
from gconv_lint.model.dims import Sym

#: location -> (container, key, value before)
Journal = dict[Location, tuple[Any, Any, Value]]

#: Joining two states costs about as much as this many statements.
FORK_COST = 20


#: Where the text of an object ends, in that of what is read from it.
_STEP = re.compile(r"[.\[#]")
#: What can be changed under more names than one.
_CHANGING = (ListValue, DictValue, Instance)
_PLAIN = (int, str, bool, float, type(None), Sym, Missing)


class Heap:
    """All writes of the evaluated program go through here, so that a branch can be taken back."""

    __slots__ = (
        "_holders",
        "_scopes",
        "changes",
        "clock",
        "counter",
        "cover",
        "forks",
        "journal",
        "one_of",
        "root",
        "scope",
        "seen",
        "spared",
        "spend",
        "symbols",
        "versions",
        "written",
    )

    def __init__(self, spend: Callable[[int], None]) -> None:
        self.journal: Journal | None = None
        self.spend = spend
        self.counter = 0
        self.scope = ""
        self._scopes = 0
        #: How many evaluations have been remembered so far.
        self.clock = 0
        #: How often a container was changed in place.
        self.changes = 0
        #: The number of the root that is being evaluated.
        self.root = 0
        #: (an unknown object, ".name") -> what the program stored there; ``written`` names its state
        self.symbols: dict[Any, Value] = {}
        #: the unknown objects that something was read of, and what holds those
        self.seen: set[str] = set()
        #: the unknown objects of this root that were not lost only because nothing had been read of them
        self.spared: list[Sym] = []
        #: what is read of unknown objects -> those objects, itself last
        self._holders: dict[str, list[str]] = {}
        #: unknown objects that may have changed -> since when
        self.versions: dict[str, Value] = {}
        self.written = 0
        #: makes the unknown that may be one of some values
        self.one_of: Callable[..., Value] = lambda hint, *values: self.fresh(hint)
        #: makes the value that covers two others, neither plain nor changing; told what goes on under its name
        self.cover: Callable[[str, Value, Value], Value] = lambda hint, a, b: self.fresh(hint)
        #: How many undecided branches are being followed, one inside the other.
        self.forks = 0

    def fresh(self, hint: str) -> Sym:
        """A new unknown value; ``hint`` says in text what it is."""
        self.counter += 1
        return Sym((((f"{hint}#{self.scope}{self.counter}",), 1),))

    def enter_scope(self) -> tuple[str, int]:
        """Begin the evaluation of something global: its unknowns are nobody else's. The scope to go back to."""
        before = (self.scope, self.counter)
        self._scopes += 1
        self.scope, self.counter = f"{self._scopes}.", 0
        return before

    def begin(self) -> None:
        """Forget what one root knew of unknown objects; the next one numbers its unknowns anew."""
        self.journal, self.forks, self.scope, self.counter = None, 0, "", 0
        self.root += 1
        self.symbols.clear()
        self.versions.clear()
        self._holders.clear()
        self.spared.clear()
        self.written = 0

    def store(self, owner: Sym, suffix: str, value: Value) -> None:
        """Write to an attribute or item of an unknown object."""
        self._changed()
        self.note(str(owner))
        if self.forks and self.journal is None:
            value = self.fresh(suffix)  # Nobody will take this write back should its branch not be taken.
        self.put(self.symbols, (str(owner), suffix), value)
        other = f"[{suffix[1:]!r}]" if suffix[0] == "." else f".{suffix[2:-2]}"
        if (str(owner), other) in self.symbols:  # Some tables can be asked either way.
            self.put(self.symbols, (str(owner), other), self.fresh(other))

    def read(self, owner: Sym, suffix: str) -> Value:
        """An attribute or item of an unknown object: the same each time, until somebody may have changed it."""
        text = str(owner)
        known = self.symbols.get((text, suffix), MISSING) if self.symbols else MISSING
        if known is not MISSING:
            return known
        self.note(text)
        return Sym.atom(f"{text}{suffix}{self.version(text)}") if owner.is_atom else self.fresh(suffix)

    def version(self, text: str) -> str:
        """What tells readings of an object apart between which it, or what holds it, may have changed."""
        if not self.versions:
            return ""
        holders = self._holders.get(text)
        if holders is None:
            holders = self._holders[text] = [*(text[: m.start()] for m in _STEP.finditer(text)), text]
        return "".join([f"#{self.versions[holder]}" for holder in holders if holder in self.versions])

    def note(self, text: str) -> None:
        """Something is read of an unknown object."""
        if text not in self.seen:
            self.seen.add(text)
            self.seen.update(text[: m.start()] for m in _STEP.finditer(text))

    def lose(self, owner: Sym) -> None:
        """Somebody may have changed an unknown object, and all that it holds."""
        text = str(owner)
        if text not in self.seen:  # Nobody has read anything of it that could be another now.
            self.spared.append(owner)
            return
        for key in [k for k in self.symbols if _is_part(k[0], text)]:
            self.put(self.symbols, key, self.fresh(key[1]))
        self._changed()
        self.put(self.versions, text, self.written)

    def _changed(self) -> None:
        self._scopes += 1
        self.written = self._scopes

    def put(self, table: dict[Any, Value], key: Any, value: Value) -> None:
        """``table[key] = value``."""
        journal = self.journal
        if journal is not None and (id(table), key) not in journal:
            journal[id(table), key] = (table, key, table.get(key, MISSING))
        table[key] = value

    def drop(self, table: dict[Any, Value], key: Any) -> None:
        """``del table[key]``, if it is there."""
        if key in table:
            self.put(table, key, MISSING)
            del table[key]

    def touch(self, container: ListValue | DictValue) -> None:
        """Remember a container as it is before it is changed in place."""
        container.touched = self.clock
        self.changes += 1
        journal = self.journal
        if journal is not None and (id(container), WHOLE) not in journal:
            journal[id(container), WHOLE] = (container, WHOLE, copied(container))

    def blur(self, container: ListValue | DictValue) -> None:
        """Forget what a container holds."""
        self.touch(container)
        inside = container.items.values() if isinstance(container, DictValue) else container.items
        container.lost += tuple([v for v in inside if isinstance(v, (ListValue, DictValue, Instance))])
        container.items = type(container.items)()
        container.exact = False

    def fork(self, branches: list[Callable[[], Value]], hint: str = "either") -> list[Value]:
        """Run every branch from the same state and join the states of those that do not raise; their results.

        Raises what the last branch raised when all of them raise.
        """
        outer, ends, results = self.journal, [], []
        self.spend(FORK_COST)
        self.forks += 1
        failure = ""
        for branch in branches:
            self.journal = {}
            try:
                result = branch()
            except Raised as error:
                failure = error.kind  # The error itself holds on to the frames that it passed.
                self._rollback(self.journal)
            except BaseException:
                self._rollback(self.journal)
                self.journal = outer
                self.forks -= 1
                raise
            else:
                results.append(result)
                ends.append(self._rollback(self.journal))
        self.journal = outer
        self.forks -= 1
        if not results and failure:
            raise Raised(failure)
        merge(self, ends)
        return results

    def trial(self, run: Callable[[], Value]) -> Value:
        """Run something and take back everything it wrote."""
        outer, self.journal = self.journal, {}
        try:
            return run()
        finally:
            self._rollback(self.journal)
            self.journal = outer

    def _rollback(self, journal: Journal) -> Delta:
        delta: Delta = {}
        for location, (container, key, before) in journal.items():
            if key is WHOLE:
                delta[location] = (container, key, copied(container))
                container.items, container.exact = before.items, before.exact
            else:
                delta[location] = (container, key, container.get(key, MISSING))
                if before is MISSING:
                    container.pop(key, None)
                else:
                    container[key] = before
        return delta

    def join(self, a: Value, b: Value, hint: str) -> Value:
        """The value that covers both: themselves when equal, else a new unknown."""
        if a is b or same(a, b):
            return a
        if isinstance(a, _CHANGING) or isinstance(b, _CHANGING):
            return self.one_of(hint, a, b)
        if type(a) not in _PLAIN or type(b) not in _PLAIN:
            return self.cover(hint, a, b)
        return self.fresh(hint)


def same(a: Value, b: Value) -> bool:
    """Whether two values are equal constants, expressions or tuples of them."""
    if type(a) is not type(b):
        return False
    if isinstance(a, tuple):
        return len(a) == len(b) and all(x is y or same(x, y) for x, y in zip(a, b))
    return isinstance(a, (int, float, str, bytes, Sym)) and a == b


def _is_part(text: str, prefix: str) -> bool:
    """Whether an expression reads something of another one, or is it."""
    return text.startswith(prefix) and text[len(prefix) : len(prefix) + 1] in ("", ".", "[", "#")
