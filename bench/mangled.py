"""Lints 10,000 mangled files of published packages; 1 if one of them crashes it, hangs it or has its code run.

Written to ``results/mangled.md``. A fault is printed with the number of its file: ``--first N --count 1`` repeats it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from bench.packages import VERSIONS, source
from bench.tables import publish, table

ROOT = Path(__file__).resolve().parent.parent
#: Files for each process, and seconds on the clock that it may take.
BATCH, PATIENCE = 250, 3600
GUARDED = "tests.fuzz.guarded"


def main() -> int:
    """Lint the files and write the page."""
    flags = argparse.ArgumentParser(prog="python -m bench.mangled", description=__doc__)
    flags.add_argument("--count", type=int, default=10_000)
    flags.add_argument("--first", type=int, default=0)
    flags.add_argument("--seed", type=int, default=1)
    flags.add_argument("--jobs", type=int, default=1)
    options = flags.parse_args()
    folders = {name: str(source(name)) for name in VERSIONS}
    end = options.first + options.count
    starts = range(options.first, end, BATCH)
    done: list[dict[str, Any]] = []
    with ThreadPoolExecutor(options.jobs) as pool:
        batches = [
            pool.submit(batch, options.seed, start, min(BATCH, end - start), list(folders.values())) for start in starts
        ]
        for each in batches:
            for outcome in each.result():
                done.append(outcome)
                if outcome["fault"]:
                    print(f"{outcome['number']} {outcome['path']}\n{outcome['fault']}", file=sys.stderr)
    publish("mangled.md", "Mangled files", _note(options.seed), summary(done, "evaluated", "findings"))
    return 1 if any(outcome["fault"] for outcome in done) else 0


def batch(seed: int, first: int, count: int, folders: Sequence[str], module: str = GUARDED) -> list[dict[str, Any]]:
    """The outcomes of some files; where the process died, that of the file which killed it says so."""
    words = ["-m", module, *map(str, (seed, first, count)), *folders]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    try:
        ran = subprocess.run([sys.executable, *words], env=env, capture_output=True, text=True, timeout=PATIENCE)
        lines, said = ran.stdout, ran.stderr
    except subprocess.TimeoutExpired as error:
        lines, said = (error.stdout or b"").decode(), f"more than {PATIENCE} s"
    found = [json.loads(line) for line in lines.splitlines()]
    if len(found) < count:
        dead = {"path": "?", "fault": f"the process ended: {said[-2000:]}", "seconds": 0.0, "parsed": 0, "findings": 0}
        left = count - len(found) - 1
        rest = batch(seed, first + len(found) + 1, left, folders, module) if left else []
        return [*found, {"number": first + len(found), **dead}, *rest]
    return found


def _note(seed: int) -> str:
    listed = ", ".join(f"{name} {version}" for name, version in VERSIONS.items())
    return (
        f"Files of {listed} that speak of groups, after one to five changes each: numbers, names and tokens replaced, "
        "lines dropped, moved, repeated, taken from other files, indentation, bytes, cuts, deep nesting; a quarter has "
        "code that leaves a trace where somebody runs it. Each is linted with all rules, alone or in its package, "
        "printed in three formats and mended in memory, in a process whose audit events tell of code that is run, "
        f"processes that are begun and files that are written. Seed {seed}."
    )


def summary(done: Sequence[dict[str, Any]], parsed: str, findings: str) -> str:
    """The table of some outcomes; ``parsed`` and ``findings`` name what these two count."""
    seconds = sorted(outcome["seconds"] for outcome in done)
    faults = [outcome["fault"] for outcome in done if outcome["fault"]]
    executed = sum(fault.startswith("code was run") for fault in faults)
    hangs = sum("TimeoutError" in fault or "more than" in fault for fault in faults)
    header = ("files", parsed, findings, "crashes", "hangs", "code run", "CPU s", "median", "slowest")
    row = (
        *(f"{len(done):,}", f"{sum(bool(o['parsed']) for o in done):,}", f"{sum(o['findings'] for o in done):,}"),
        *(len(faults) - executed - hangs, hangs, executed),
        *(f"{sum(seconds):,.0f}", f"{seconds[len(seconds) // 2]:.3f}", f"{seconds[-1]:.2f}"),
    )
    return table(header, [row])


if __name__ == "__main__":
    sys.exit(main())
