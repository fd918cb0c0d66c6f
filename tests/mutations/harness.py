"""What rules say of models with planted faults, beside what NaNs say of them."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from torch import nn

from gconv_lint import testing
from tests.mutations.faults import Fault, groups_of_faults, planted
from tests.mutations.oracle import components, isolated

#: The rules about channels that do not meet.
RULES = ("GC101", "GC102", "GC112")


class Trial(NamedTuple):
    """A model with faults: whether NaNs find channels apart that were together, and the rules that say something new."""

    model: str
    faults: tuple[Fault, ...]
    apart: bool
    reported: tuple[str, ...]
    detail: str = ""

    @property
    def kind(self) -> str:
        """The fault, or that there are several."""
        kinds = {fault.kind for fault in self.faults}
        return kinds.pop() if len(kinds) == 1 else "two of them"

    @property
    def missed(self) -> bool:
        """Nothing is said of what NaNs find."""
        return self.apart and not self.reported

    @property
    def false_alarm(self) -> bool:
        """Something new is said of what NaNs find as it was."""
        return bool(self.reported) and not self.apart

    def __str__(self) -> str:
        places = ", ".join(f"{fault.kind} at {fault.path}" for fault in self.faults)
        return f"{self.model}: {places}: {self.detail} {', '.join(self.reported)}"


class _Truth(NamedTuple):
    """What NaNs find in a model, and what the rules do."""

    apart: frozenset[tuple[str, str]]
    parts: int
    findings: frozenset[tuple[str, str]]


def trials(name: str, model: nn.Module, size: tuple[int, ...], pairs: int = 10, seed: int = 0) -> Iterator[Trial]:
    """Every fault in one model, alone, everywhere and two by two; faults that nothing can run are left out."""
    before = _truth(model, size)
    for several in groups_of_faults(model, Random(seed), pairs):
        mutant = planted(model, several)
        after = _truth(mutant, size)
        grown = after.apart - before.apart
        detail = f"{sorted(grown)[:3]}, {before.parts} -> {after.parts} parts"
        new = tuple(f"{code} {place}" for code, place in sorted(after.findings - before.findings))
        yield Trial(name, several, bool(grown) or after.parts > before.parts, new, detail)


def _truth(model: nn.Module, size: tuple[int, ...]) -> _Truth:
    apart = frozenset((each.first, each.reader) for each in isolated(model, size))
    found = testing.check(model, (2, *size), select=RULES)
    return _Truth(apart, components(model, size), frozenset((f.rule.code, f.place.path) for f in found))
