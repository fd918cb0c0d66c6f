"""Runs the default rules over public repositories and compares the findings with docs/verdicts.md; 1 if they differ."""

from __future__ import annotations

import sys
from collections import Counter

from bench.repositories import COMMITS, checkout
from bench.tables import publish, table
from bench.verdicts import FIELD, WORDS, Place, places, recorded
from gconv_lint import api, rulebook
from gconv_lint.config import Flags, load
from gconv_lint.model.report import Counts

HEADER = ("repository", "commit", "parsed", "reached with groups", "groups known", "findings", *WORDS, "not read")
NOTE = (
    "Findings of the rules that are on by default in public repositories of models, by the verdicts of "
    "docs/verdicts.md. A file that Python cannot parse is passed over."
)


def main() -> int:
    """Publish a row for every repository and print what has no verdict, or no finding."""
    verdicts = recorded(FIELD)
    found: Counter[Place] = Counter()
    rows = []
    for name in COMMITS:
        folder = checkout(name)
        report = api.check([str(folder)], load([str(folder)], rulebook.rules(), Flags(isolated=True)))
        here = places(name, COMMITS[name][:10], folder, report)
        found += here
        rows.append(_row(name, report.counts, here, verdicts))
    publish("field.md", "Repositories", NOTE, table(HEADER, rows))
    for title, rest in (
        ("findings without a verdict", found.keys() - verdicts.keys()),
        ("verdicts without a finding", verdicts.keys() - found.keys()),
    ):
        print(f"{title}: {len(rest)}", *(place.row(*verdicts.get(place, ("", ""))) for place in sorted(rest)), sep="\n")
    return 1 if found.keys() != verdicts.keys() else 0


def _row(
    name: str, counts: Counts, found: Counter[Place], verdicts: dict[Place, tuple[str, str]]
) -> tuple[object, ...]:
    words = Counter(verdicts[place][0] if place in verdicts else "not read" for place in found.elements())
    return (
        name,
        COMMITS[name][:10],
        counts.parsed,
        counts.groups_reached,
        counts.groups_decided,
        found.total(),
        *(words[word] for word in (*WORDS, "not read")),
    )


if __name__ == "__main__":
    sys.exit(main())
