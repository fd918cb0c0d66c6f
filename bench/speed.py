"""CPU time and peak memory of whole processes: gconv-lint, and torchfix on the same files.

``gconv-lint`` is the one installed beside the Python that runs this; ``--peer`` is the path of torchfix, which needs
an environment of its own.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from bench.packages import VERSIONS, files_and_lines, source
from bench.tables import publish, table

HERE = Path(__file__).resolve().parent
LINT = str(Path(sys.executable).parent / "gconv-lint")
PEER_PACKAGE = "pytorchcv"
TOGETHER = ("timm", "torchvision", "monai", "ultralytics", "transformers")
#: Variables that change what Python itself does at its start.
LEFT_OUT = ("PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX", "PYTHONPATH", "PYTHONUNBUFFERED")
#: A run that remembers nothing.
UNCACHED = (LINT, "--isolated", "--no-cache")


class Cost(NamedTuple):
    """What one process took: user and system time in seconds, the most memory in MB."""

    cpu: float
    memory: float


def measure(command: Sequence[str], codes: Sequence[int] = (0,)) -> Cost:
    """Run a command with its output thrown away.

    Raises ``RuntimeError`` when it ends with another exit code than ``codes``.
    """
    environment = {key: value for key, value in os.environ.items() if key not in LEFT_OUT}
    nowhere = [(os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_WRONLY, 0) for stream in (1, 2)]
    process = os.posix_spawn(command[0], command, environment, file_actions=nowhere)
    _, status, used = os.wait4(process, 0)
    if os.waitstatus_to_exitcode(status) not in codes:
        raise RuntimeError(f"{' '.join(command)} ended with {os.waitstatus_to_exitcode(status)}")
    unit = 1 if sys.platform == "darwin" else 1024
    return Cost(used.ru_utime + used.ru_stime, used.ru_maxrss * unit / 1e6)


def interleaved(commands: Mapping[str, Sequence[str]], runs: int) -> dict[str, Cost]:
    """The median of each command over several rounds, each round running all of them, after one that is not counted."""
    costs: dict[str, list[Cost]] = {name: [] for name in commands}
    for count in range(runs + 1):
        for name, command in commands.items():
            warm_up = count == 0
            if warm_up and name == "torchfix":
                continue
            cost = measure(command, codes=(0, 1))
            if not warm_up:
                costs[name].append(cost)
    return {name: Cost(*map(statistics.median, zip(*taken, strict=True))) for name, taken in costs.items()}


def beside_the_peer(peer: str, runs: int) -> str:
    """Both tools on the same files."""
    folder = source(PEER_PACKAGE)
    commands = {"gconv-lint": [*UNCACHED, str(folder)]}
    if peer:
        commands["torchfix"] = [peer, "--select", "ALL", "--jobs", "1", str(folder)]
    costs = interleaved(commands, runs)
    ours = costs["gconv-lint"].cpu
    rows = [(" ".join(commands[name][1:-1]), cost, cost.cpu / ours) for name, cost in costs.items()]
    cells = [
        (f"`{name} {flags}`", f"{cost.cpu:.2f}", f"{cost.memory:.0f}", f"{ratio:.{0 if ratio >= 10 else 1}f}")
        for name, (flags, cost, ratio) in zip(costs, rows, strict=True)
    ]
    files, lines = files_and_lines(folder)
    size = f"{PEER_PACKAGE} {VERSIONS[PEER_PACKAGE]}: {files} files, {lines:,} lines."
    head = f"## Beside torchfix\n\n{size} Median of {runs}, the tools in turn.\n\n"
    return head + table(("command", "CPU s", "peak MB", "ratio"), cells)


def together(runs: int) -> str:
    """One process over several packages."""
    folders = [source(name) for name in TOGETHER]
    cost = interleaved({"all": [*UNCACHED, *map(str, folders)]}, runs)["all"]
    files, lines = map(sum, zip(*map(files_and_lines, folders), strict=True))
    names = ", ".join(f"{name} {VERSIONS[name]}" for name in TOGETHER)
    cells = [(f"{files:,}", f"{lines:,}", f"{cost.cpu:.2f}", f"{cost.memory:.0f}")]
    head = f"## Five packages in one process\n\n{names}. Median of {runs}.\n\n"
    return head + table(("files", "lines", "CPU s", "peak MB"), cells)


def start_up(runs: int) -> str:
    """What a run costs before it has much to do."""
    examples = HERE.parent / "examples"
    commands = {
        "`python -c pass`": [sys.executable, "-c", "pass"],
        "`gconv-lint --version`": [LINT, "--version"],
        "`gconv-lint clean.py`, 32 lines": [*UNCACHED, str(examples / "clean.py")],
        "`gconv-lint resnext.py`, 71 lines, 2 findings": [*UNCACHED, str(examples / "resnext.py")],
    }
    costs = interleaved(commands, runs)
    cells = [(name, f"{cost.cpu:.3f}") for name, cost in costs.items()]
    return f"## Start-up\n\nMedian of {runs}, the commands in turn.\n\n{table(('command', 'CPU s'), cells)}"


def main() -> None:
    flags = argparse.ArgumentParser(description=__doc__)
    flags.add_argument("--peer", default="", help="path of torchfix; without it only gconv-lint is measured")
    flags.add_argument("--runs", type=int, default=3, help="rounds; the short runs take 7 times as many")
    options = flags.parse_args()
    note = (
        "CPU time is user plus system time of the whole process: one process, no cache of results, Python's bytecode "
        "in place. Seconds depend on the machine and drift with its load; ratios of commands that ran in turn do not."
    )
    parts = (start_up(7 * options.runs), beside_the_peer(options.peer, options.runs), together(options.runs))
    publish("speed.md", "Speed", note, *parts)


if __name__ == "__main__":
    main()
