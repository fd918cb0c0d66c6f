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


class Count(NamedTuple):
    """The trials of one kind: those that NaNs find apart, and those of them, and of the others, that are reported."""

    trials: int = 0
    partly: int = 0
    apart: int = 0
    found: int = 0
    alarms: int = 0

    def plus(self, trial: Trial) -> Count:
        """With one trial more."""
        both = bool(trial.apart and trial.reported)
        partly = self.partly + (trial.partly and not trial.apart)
        return Count(
            self.trials + 1, partly, self.apart + trial.apart, self.found + both, self.alarms + trial.false_alarm
        )


class Trial(NamedTuple):
    """A model with faults: whether NaNs find channels apart that were together, and the rules that say something new.

    ``partly`` are those that a shuffle joins to fewer than it could, which the rules leave open.
    """

    model: str
    faults: tuple[Fault, ...]
    apart: bool
    partly: bool
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
        return bool(self.reported) and not self.apart and not self.partly

    def __str__(self) -> str:
        places = ", ".join(f"{fault.kind} at {fault.path}" for fault in self.faults)
        return f"{self.model}: {places}: {self.detail} {', '.join(self.reported)}"


class _Truth(NamedTuple):
    """What NaNs find in a model, and what the rules do."""

    apart: frozenset[tuple[str, str]]
    partly: frozenset[tuple[str, str]]
    parts: int
    findings: frozenset[tuple[str, str]]


def trials(name: str, model: nn.Module, size: tuple[int, ...], most: int, pairs: int) -> Iterator[Trial]:
    """Faults in one model: alone, at most so many; everywhere at once; so many of them two by two."""
    before = _truth(model, size)
    for several in groups_of_faults(model, Random(0), most, pairs):
        mutant = planted(model, several)
        after = _truth(mutant, size)
        grown = after.apart - before.apart
        detail = f"{sorted(grown)[:3]}, {before.parts} -> {after.parts} parts"
        new = tuple(f"{code} {place}" for code, place in sorted(after.findings - before.findings))
        apart, partly = bool(grown) or after.parts > before.parts, bool(after.partly - before.partly)
        yield Trial(name, several, apart, partly, new, detail)


def _truth(model: nn.Module, size: tuple[int, ...]) -> _Truth:
    pairs = isolated(model, size)
    apart, partly = (frozenset(each[:2] for each in pairs if each.joined is joined) for joined in (False, True))
    found = testing.check(model, (2, *size), select=RULES)
    return _Truth(apart, partly, components(model, size), frozenset((f.rule.code, f.place.path) for f in found))
