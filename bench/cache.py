"""What a cache and several processes save: whole processes over the packages, cold, warm and with ``-j 2``.

``gconv-lint`` is the one of the Python that runs this. Cold runs remember nothing before they start. The speed-up is
that of the longest way through the run: the process that was asked, and the busiest of its workers. What else the
machine does changes it little; the time on the clock stands beside it.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from bench.packages import VERSIONS, files_and_lines, source
from bench.tables import publish, table

TOGETHER = ("timm", "torchvision", "monai", "ultralytics", "transformers")
SETS = (("pytorchcv",), TOGETHER)
TICK = os.sysconf("SC_CLK_TCK")


class Cost(NamedTuple):
    """Seconds: all CPU time, that on the longest way, and on the clock."""

    cpu: float
    longest: float
    clock: float


def measure(words: Sequence[str]) -> Cost:
    """Run the command and watch its workers, by what the kernel tells of them (Linux)."""
    started = time.monotonic()
    command = [sys.executable, "-m", "gconv_lint", "--isolated", *words]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    workers: dict[int, float] = {}
    while process.poll() is None:
        for child in _children(process.pid):
            workers[child] = max(workers.get(child, 0.0), _seconds(child))
        time.sleep(0.02)
    clock = time.monotonic() - started
    before = _USED[0]
    used = os.times()
    _USED[0] = used.children_user + used.children_system
    cpu = _USED[0] - before
    return Cost(cpu, cpu - sum(workers.values()) + max(workers.values(), default=0.0), clock)


_USED = [0.0]


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except (OSError, ValueError):
        return []


def _seconds(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICK


def rounds(folders: Sequence[str], runs: int, cache: Path) -> dict[str, Cost]:
    """The median of each way of running, the ways in turn."""
    taken: dict[str, list[Cost]] = {"no cache": [], "no cache, -j 2": [], "cold": [], "warm": []}
    for _ in range(runs):
        shutil.rmtree(cache, ignore_errors=True)
        taken["no cache"].append(measure(["--no-cache", *folders]))
        taken["no cache, -j 2"].append(measure(["--no-cache", "-j", "2", *folders]))
        taken["cold"].append(measure(["--cache-dir", str(cache), *folders]))
        taken["warm"].append(measure(["--cache-dir", str(cache), *folders]))
    return {name: Cost(*map(statistics.median, zip(*costs, strict=True))) for name, costs in taken.items()}


def main() -> None:
    flags = argparse.ArgumentParser(description=__doc__)
    flags.add_argument("--runs", type=int, default=3)
    runs = flags.parse_args().runs
    parts = []
    with tempfile.TemporaryDirectory() as folder:
        for names in SETS:
            folders = [str(source(name)) for name in names]
            costs = rounds(folders, runs, Path(folder) / "cache")
            files, lines = map(sum, zip(*(files_and_lines(Path(each)) for each in folders), strict=True))
            alone = costs["no cache"].longest
            rows = [
                (name, f"{c.cpu:.2f}", f"{c.longest:.2f}", f"{c.clock:.2f}", f"{alone / c.longest:.1f}")
                for name, c in costs.items()
            ]
            listed = ", ".join(f"{name} {VERSIONS[name]}" for name in names)
            head = f"## {listed}\n\n{files:,} files, {lines:,} lines. Median of {runs}, the ways in turn.\n\n"
            parts.append(head + table(("run", "CPU s", "longest way s", "clock s", "times as fast"), rows))
    note = (
        "The longest way is the CPU time of the process that was asked and of its busiest worker; the clock also "
        "counts whatever else the machine does."
    )
    publish("cache.md", "Cache and processes", note, *parts)


if __name__ == "__main__":
    main()
