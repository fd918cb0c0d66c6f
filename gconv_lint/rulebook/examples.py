"""A rule file's examples, run through the whole pipeline and held to what they promise, line by line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gconv_lint.rulebook.document import Example, RuleDocument
from gconv_lint.rulebook.schema import EXPECT

#: A finding as examples see it: file name, line, code.
Spot = tuple[str, int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What linting an example gave; ``undecided`` counts the subjects that the example's rule could not judge."""

    spots: frozenset[Spot]
    undecided: int
    #: what could not be read or judged
    problems: str = ""


#: Lints files given by name with the default rules and one more rule under its options.
Lint = Callable[[Mapping[str, str], str, Mapping[str, Any]], Outcome]


def cases(document: RuleDocument) -> Iterator[tuple[str, Example]]:
    """Every example with its kind: bad, good or undecided."""
    examples = document.examples
    for kind, group in (("bad", examples.bad), ("good", examples.good), ("undecided", examples.undecided)):
        for example in group:
            yield kind, example


def broken_promise(code: str, kind: str, example: Example, lint: Lint) -> str:
    """How an example of the rule ``code`` fails to give exactly what it says, empty when it holds."""
    outcome = lint(example.files, code, example.options)
    if outcome.problems:
        return outcome.problems
    expected = expectations(example)
    if outcome.spots != expected:
        parts = {"missing": expected - outcome.spots, "noisy": outcome.spots - expected}
        return "; ".join(f"{word} {_told(spots)}" for word, spots in parts.items() if spots)
    if kind == "undecided" and outcome.undecided == 0:
        return f"{code} decided every subject"
    return ""


def expectations(example: Example) -> frozenset[Spot]:
    """The findings that the comments of an example announce."""
    return frozenset(
        (name, number, code.strip())
        for name, text in example.files.items()
        for number, line in enumerate(text.splitlines(), 1)
        for match in EXPECT.finditer(line)
        for code in match.group(1).split(",")
    )


def _told(spots: frozenset[Spot]) -> str:
    return ", ".join(f"{name}:{line} {code}" for name, line, code in sorted(spots))
