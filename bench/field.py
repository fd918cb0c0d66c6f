"""Runs the default rules over public repositories and compares the findings with docs/verdicts.md; 1 if they differ."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from bench.repositories import COMMITS, checkout
from bench.tables import publish, table
from bench.verdicts import FIELD, WORDS, Place, recorded
from gconv_lint import api, rulebook
from gconv_lint.config import Flags, load
from gconv_lint.model.findings import Finding
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
        counts, places = reported(name, checkout(name))
        found += places
        rows.append(_row(name, counts, places, verdicts))
    publish("field.md", "Repositories", NOTE, table(HEADER, rows))
    for title, rest in (
        ("findings without a verdict", found.keys() - verdicts.keys()),
        ("verdicts without a finding", verdicts.keys() - found.keys()),
    ):
        print(f"{title}: {len(rest)}", *(place.row(*verdicts.get(place, ("", ""))) for place in sorted(rest)), sep="\n")
    return 1 if found.keys() != verdicts.keys() else 0


def reported(name: str, folder: Path) -> tuple[Counts, Counter[Place]]:
    """What a run over a repository counts, and the places of its findings, seen from the repository's root."""
    report = api.check([str(folder)], load([str(folder)], rulebook.rules(), Flags(isolated=True)))
    root = folder.resolve()
    return report.counts, Counter(
        Place(name, COMMITS[name][:10], f.rule.code, _place(f, root)) for f in report.findings
    )


def _place(finding: Finding, root: Path) -> str:
    cell = "" if finding.place.cell is None else f":cell {finding.place.cell}"
    path = Path(finding.place.path).resolve().relative_to(root).as_posix()
    return f"{path}{cell}:{finding.place.line}"


def _row(
    name: str, counts: Counts, places: Counter[Place], verdicts: dict[Place, tuple[str, str]]
) -> tuple[object, ...]:
    words = Counter(verdicts[place][0] if place in verdicts else "not read" for place in places.elements())
    return (
        name,
        COMMITS[name][:10],
        counts.parsed,
        counts.groups_reached,
        counts.groups_decided,
        places.total(),
        *(words[word] for word in (*WORDS, "not read")),
    )


if __name__ == "__main__":
    sys.exit(main())
