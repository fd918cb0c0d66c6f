"""Runs the default rules over the packages and compares every finding with docs/verdicts.md; 1 where they differ."""

from __future__ import annotations

import sys
from collections import Counter

from bench.packages import VERSIONS, source
from bench.tables import publish, table
from bench.verdicts import WORDS, Place, recorded, reported


def main() -> int:
    found: Counter[Place] = Counter()
    for name, version in VERSIONS.items():
        found += reported(name, version, source(name))
    verdicts = recorded()
    without_row = sorted(found.keys() - verdicts.keys())
    without_finding = sorted(place for place in verdicts.keys() - found.keys() if place.package in VERSIONS)
    rows = [_row(name, version, found, verdicts) for name, version in VERSIONS.items()]
    header = ("package", "version", "findings", *WORDS, "not read")
    publish(
        "noise.md",
        "Noise",
        "Findings of the rules that are on by default, by the verdicts of docs/verdicts.md.",
        table(header, rows),
    )
    for title, places in (("findings without a verdict", without_row), ("verdicts without a finding", without_finding)):
        print(f"{title}: {len(places)}")
        for place in places:
            print(place.row(*verdicts.get(place, ("", ""))))
    return 1 if without_row or without_finding else 0


def _row(name: str, version: str, found: Counter[Place], verdicts: dict[Place, tuple[str, str]]) -> tuple[object, ...]:
    """How many findings of one package have each verdict."""
    places = [place for place in found.elements() if place.package == name]
    words = Counter(verdicts[place][0] if place in verdicts else "not read" for place in places)
    return name, version, len(places), *(words[word] for word in (*WORDS, "not read"))


if __name__ == "__main__":
    sys.exit(main())
