"""Lints the models of published zoos end to end and compares parameters and conv MACs with torch's; 1 if any differ.

``python -m bench.zoo`` takes one model of each family and prints; ``--every`` takes all of pytorchcv and torchvision
and two of each family of timm, and writes ``results/zoo.md``. ``--shim`` is a folder with a module ``_tvshim`` that
lets torchvision be imported beside a torch for the CPU; without it pytorchcv is taken alone.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.packages import VERSIONS, source
from bench.tables import publish, table
from bench.verdicts import MODELS, Place, recorded
from bench.zoo.linted import Row, let_in_torchvision, references_of, rows

COUNTS = ("models", "constructed", "run", "linted", "params equal", "conv MACs equal", "with findings", "with gaps")


def main() -> int:
    """Print the page, and write it where every model was taken."""
    flags = argparse.ArgumentParser(prog="python -m bench.zoo", description=__doc__)
    flags.add_argument("--every", action="store_true", help="more than one model of each family")
    flags.add_argument("--shim", default="", help="the folder that has _tvshim.py, for timm and torchvision")
    flags.add_argument("--only", action="append", help="a zoo, instead of all; nothing is written")
    flags.add_argument("--seconds", type=int, default=300, help="what one model may take")
    options = flags.parse_args()
    if options.shim:
        let_in_torchvision(options.shim)
    zoos = options.only or (("pytorchcv", "timm", "torchvision") if options.shim else ("pytorchcv",))
    found = {zoo: _linted(zoo, options) for zoo in zoos}
    parts = [_summary(found, options.every), _findings(found), _shortfalls(found), _gaps(found), _families(found)]
    note = (
        "Each model is built and run by `gconv-lint model` in a process of its own, without weights, on an input of "
        "the size that the zoo gives. Parameters are compared with `sum(p.numel())`, the multiply-accumulates of "
        "convolutions with torch's FlopCounterMode over a run of the same model, both to the integer. A family is a "
        "module of the zoo; of timm the first and the last model of each are taken."
    )
    if options.every and not options.only:
        publish("zoo.md", "Published models", note, *parts)
    else:
        print("\n\n".join(parts))
    return 0 if all(row.exact for group in found.values() for row in group if row.runs) and not _unread(found) else 1


def _linted(zoo: str, options: argparse.Namespace) -> list[Row]:
    references = references_of(zoo, every=options.every, shim=bool(options.shim))
    return list(rows(references, source(zoo), options.seconds))


def _counts(group: Sequence[Row]) -> tuple[int, ...]:
    tests = (
        *(lambda row: row.constructed, lambda row: row.runs, lambda row: row.linted, lambda row: row.params_exact),
        *(lambda row: row.macs_exact, lambda row: bool(row.findings), lambda row: bool(row.gaps)),
    )
    return (len(group), *(sum(map(test, group)) for test in tests))


def _first(group: Sequence[Row]) -> list[Row]:
    return list({row.family: row for row in reversed(group)}.values())[::-1]


def _summary(found: dict[str, list[Row]], every: bool) -> str:
    lines = [(f"{zoo} {VERSIONS[zoo]}, one a family", *_counts(_first(group))) for zoo, group in found.items()]
    if every:
        lines[:0] = [(f"{zoo} {VERSIONS[zoo]}", *_counts(group)) for zoo, group in found.items()]
    return table(("zoo", *COUNTS), lines)


def _places(found: dict[str, list[Row]]) -> Iterator[tuple[Place, str]]:
    """Each finding with the model that it is about."""
    for zoo, group in found.items():
        root = source(zoo).resolve()
        for row in group:
            for finding in row.findings:
                path = Path(finding.place.path).resolve().relative_to(root).as_posix()
                yield Place(zoo, VERSIONS[zoo], finding.rule.code, f"{path}:{finding.place.line}"), row.name


def _unread(found: dict[str, list[Row]]) -> list[Place]:
    return sorted({place for place, _ in _places(found)} - recorded(MODELS).keys())


def _findings(found: dict[str, list[Row]]) -> str:
    models: dict[Place, list[str]] = {}
    for place, name in _places(found):
        models.setdefault(place, []).append(name)
    verdicts = recorded(MODELS)
    lines = [
        (place.package, place.rule, f"`{place.place}`", ", ".join(names), verdicts.get(place, ("not read", ""))[0])
        for place, names in sorted(models.items())
    ]
    return "## Findings\n\n" + table(("zoo", "rule", "place", "models", "verdict"), lines)


def _shortfalls(found: dict[str, list[Row]]) -> str:
    lines = [(zoo, row.name, row.shortfall) for zoo, group in found.items() for row in group if row.shortfall]
    return "## What fell short\n\n" + table(("zoo", "model", "why"), lines)


def _gaps(found: dict[str, list[Row]]) -> str:
    counts = Counter((zoo, gap) for zoo, group in found.items() for row in group for gap in row.gaps)
    lines = [(zoo, gap, count) for (zoo, gap), count in sorted(counts.items(), key=lambda each: (-each[1], each[0]))]
    return "## What was not understood\n\n" + table(("zoo", "gap", "models"), lines)


def _families(found: dict[str, list[Row]]) -> str:
    groups: dict[tuple[str, str], list[Row]] = {}
    for zoo, group in found.items():
        for row in group:
            groups.setdefault((zoo, row.family), []).append(row)
    lines = [(*key, *_counts(group)) for key, group in groups.items()]
    return "## Families\n\n" + table(("zoo", "family", *COUNTS), lines)


if __name__ == "__main__":
    sys.exit(main())
