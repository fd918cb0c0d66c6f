"""Models of published zoos from their text alone, beside what torch counts of them; 1 if a total is wrong.

``python -m bench.whole`` takes all models of pytorchcv whose counts ``bench.zoo --every`` has found, ``--zoo timm`` one
of each family of another zoo, ``--zoo pytorchcv,timm`` both. One process follows all models of a zoo.
A total is exact, or stated to be a part of the whole, or wrong.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from bench import growth
from bench.packages import CACHE, VERSIONS, source
from bench.tables import publish, table
from bench.zoo.linted import let_in_torchvision, references_of, target_of
from gconv_lint.costs import table as cost_table
from gconv_lint.frontends.fx.program import Program
from gconv_lint.frontends.whole.program import each
from gconv_lint.model.targets import Limits

NAMES = ("exact", "stated", "wrong")


class Row(NamedTuple):
    """One model: what torch counts, what is found in the text, and what is said to be missing."""

    target: str
    torch: tuple[int | None, int | None]
    found: tuple[int | None, int | None]
    missed: tuple[str, ...]
    seconds: float

    @property
    def verdict(self) -> str:
        """``exact``, ``stated`` where something is said to be missing, ``wrong``."""
        if self.torch == self.found and not self.missed:
            return "exact"
        if self.missed and self.missed[-1].startswith("PROBLEM") and self.torch[1] is not None:
            return "wrong"  # torch runs it
        return "stated" if self.missed else "wrong"


def measured(references: Sequence[dict[str, Any]], folder: Any, search: Sequence[str]) -> Iterator[Row]:
    """Models of a zoo, one after the other; the seconds of one are those of the process since the one before."""
    found = each([target_of(reference, folder) for reference in references], Limits(60), search)
    started = time.process_time()
    for reference, program in zip(references, found, strict=True):
        made = _row(reference, program)
        yield made._replace(seconds=time.process_time() - started)
        started = time.process_time()


def _row(reference: dict[str, Any], found: Program) -> Row:
    layers = [layer for graph in found.graphs for layer in graph.layers]
    totals = cost_table(layers, found.owners or {})[1]
    missed = [f"{gap.reason}" for gap in found.missed]
    if found.problem is not None:
        missed.append(f"PROBLEM {found.problem.message}")
    counts = (totals.params, totals.conv_macs) if found.owners is not None else (None, None)
    return Row(reference["target"], (reference["params"], reference.get("conv_macs")), counts, tuple(missed), 0.0)


def main() -> int:
    """Measure, and print or publish."""
    flags = argparse.ArgumentParser(prog="python -m bench.whole", description=__doc__)
    flags.add_argument("--zoo", default="pytorchcv")
    flags.add_argument(
        "--shim", default="", help="the folder that has _tvshim.py, for what torch says of timm and torchvision"
    )
    flags.add_argument("--only", default="", help="models whose name has this in it")
    flags.add_argument("--publish", action="store_true", help="write results/whole.md")
    flags.add_argument("--resume", action="store_true", help="go on after the last model that was measured")
    options = flags.parse_args()
    if options.shim:
        let_in_torchvision(options.shim)
    every = {zoo: _measured(zoo, options) for zoo in options.zoo.split(",")}
    return _told(every, options)


def _measured(zoo: str, options: argparse.Namespace) -> list[Row]:
    kept = CACHE / f"whole-{zoo}-{VERSIONS[zoo]}.jsonl"
    before = (
        [Row(*json.loads(line)) for line in kept.read_text().splitlines()] if options.resume and kept.exists() else []
    )
    shim = zoo != "pytorchcv"
    references = [r for r in references_of(zoo, every=not shim, shim=shim) if "params" in r]
    references = [r for r in references if options.only in r["target"]][len(before) :]
    rows = list(before)
    search = [str(source(name)) for name in ("timm", "torchvision")] if shim else []
    with kept.open("a" if options.resume else "w", encoding="utf-8") as stream:
        for row in measured(references, source(zoo), search):
            rows.append(row)
            stream.write(json.dumps(row) + "\n")
            stream.flush()
    return rows


def _told(every: dict[str, list[Row]], options: argparse.Namespace) -> int:
    rows = [row for group in every.values() for row in group]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    summary = table(
        ("zoo", "models", *NAMES, "median s", "90 % s", "most s", "MiB"),
        [(*_summed(zoo, group), memory) for zoo, group in every.items()],
    )
    shortfalls = [(r.target.rpartition(".")[2], r.verdict, *_differences(r)) for r in rows if r.verdict != "exact"]
    reasons = Counter(reason for row in rows for reason in dict.fromkeys(row.missed[:3]))
    parts = [
        summary,
        *growth.parts(),
        "## What is missing\n\n" + table(("models", "why"), [(n, why[:150]) for why, n in reasons.most_common(60)]),
        "## Models\n\n" + table(("model", "verdict", "params", "conv MACs", "first gap"), shortfalls),
    ]
    if options.publish:
        publish("whole.md", "Whole models from text", *parts)
    else:
        print("\n\n".join(parts))
    return 1 if any(row.verdict == "wrong" for row in rows) else 0


def _summed(zoo: str, rows: Sequence[Row]) -> tuple[object, ...]:
    counts = Counter(row.verdict for row in rows)
    seconds = sorted(row.seconds for row in rows)
    times = [f"{seconds[int(len(seconds) * part)]:.3f}" for part in (0.5, 0.9)] + [f"{seconds[-1]:.2f}"]
    return (zoo, len(rows), *(counts[name] for name in NAMES), *times)


def _differences(row: Row) -> tuple[str, ...]:
    pairs = zip(row.found, row.torch, strict=True)
    same = ("equal" if a == b else f"{a} of {b}" for a, b in pairs)
    return (*same, row.missed[0][:120] if row.missed else "")


if __name__ == "__main__":
    sys.exit(main())
