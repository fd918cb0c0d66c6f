"""Has faults fixed in small programs and in copies of pytorchcv's modules, and runs them; 1 where a figure is missed.

Then what fixing a thousand files takes.
"""

from __future__ import annotations

import argparse
import ast
import io
import json
import shutil
import sys
import tempfile
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import redirect_stderr
from pathlib import Path
from typing import Any, NamedTuple

from bench.faults import AIMS, PLANTERS, Fault, planted
from bench.models import RUNS, Models
from bench.packages import VERSIONS, source
from bench.rounds import SHARE, by_rule
from bench.speed import measure
from bench.tables import publish, table
from gconv_lint import cli, rulebook
from gconv_lint.fixes.documents import Document

PACKAGE = "pytorchcv"
FILES = 1000
#: What fixing a thousand files may take, in CPU seconds.
SECONDS = 30
FLAGS = ("--isolated", "--fix", "--unsafe-fixes", "--output-format", "json")
#: Rules that are off by default, by the faults that only they see.
EXTRA = {"groups=1 written out": "GC501", "bias in front of a norm": "GC504"}
#: Modules whose models use those of the folder ``common``.
USERS = ("shufflenet", "shufflenetv2b", "mobilenet", "resnext", "ghostnet")
RECIPES = {rule.info.code for rule in rulebook.rules() if rule.recipe is not None}


class Result(NamedTuple):
    """How one planted fault ended; ``why`` is empty where it was repaired."""

    reported: bool = False
    fixable: bool = False
    ran: bool = False
    broken: bool = False
    why: str = ""


class Round:
    """Faults in a copy of the package, one at a time; each is taken back."""

    def __init__(self, package: Path, folder: Path, models: Models) -> None:
        self.package = package
        self._copy = folder / PACKAGE
        self._models = models
        self._known: dict[tuple[Path, str], Counter[tuple[str, str]]] = {}
        shutil.copytree(package, self._copy, ignore=shutil.ignore_patterns("__pycache__"))
        self._report = folder / "report.json"

    def faults(self, kind: str, number: int) -> Iterator[tuple[Path, Fault]]:
        """As many faults of a kind, evenly spread over all that the package has room for."""
        names = sorted((self.package / "models").rglob("*.py"))
        documents = {name: Document(str(name), name.read_text(encoding="utf-8")) for name in names}
        found = [(name.relative_to(self.package), f) for name, doc in documents.items() for f in planted(doc, kind)]
        for index in range(min(number, len(found))):
            yield found[index * len(found) // min(number, len(found))]

    def result(self, name: Path, fault: Fault) -> Result:
        """Plant a fault, fix it and run a model that has it."""
        extra = ["--extend-select", EXTRA[fault.kind]] if fault.kind in EXTRA else []
        if (name, fault.kind) not in self._known:
            self._known[name, fault.kind] = self._found(name, extra)
        file = self._copy / name
        file.write_text(fault.text, encoding="utf-8")
        try:
            return self._mended(name, fault, extra)
        finally:
            for each in [*(self._copy / "models/common").glob("*.py"), file]:
                shutil.copyfile(self.package / each.relative_to(self._copy), each)

    def _mended(self, name: Path, fault: Fault, extra: Sequence[str]) -> Result:
        known = self._known[name, fault.kind]
        new = self._found(name, extra) - known
        if not new:
            return Result()
        if not any(code in RECIPES for code, _ in new):
            return Result(reported=True)
        module, factories = self._users(name, fault)
        before = self._models.run(self._copy.parent, module, factories, self._copy / name, fault.line)
        rest = {each: number for each, number in new.items() if each[0] not in RECIPES}
        left = self._found(name, [*extra, "--fix", "--unsafe-fixes"]) - known - Counter(rest)
        once = self._texts()
        self._found(name, [*extra, "--fix", "--unsafe-fixes"])
        chosen = [before.factory] if before.factory else []
        after = self._models.run(self._copy.parent, module, chosen, self._copy / name, 0)
        sound = not after.raised or not self._models.run(self.package.parent, module, chosen, name, 0).raised
        result = Result(reported=True, fixable=True, ran=bool(chosen) and sound)
        if after.raised and sound:  # else the package needs what is not installed here
            return result._replace(broken=before.raised == RUNS, why=after.raised)
        if left:
            return result._replace(why=f"left: {', '.join(sorted({code for code, _ in left}))}")
        return result if self._texts() == once else result._replace(why="a second run changes it again")

    def _texts(self) -> list[bytes]:
        return [path.read_bytes() for path in sorted(self._copy.rglob("*.py"))]

    def _found(self, name: Path, flags: Sequence[str]) -> Counter[tuple[str, str]]:
        """What is found in a file and in the modules that all models share, after fixes if the flags ask for them."""
        paths = {str(self._copy / name), str(self._copy / "models/common")}
        words = [*sorted(paths), "--isolated", "--output-format", "json", "-o", str(self._report), *flags]
        with redirect_stderr(io.StringIO()):
            if cli.main(words) == 2:
                raise RuntimeError(f"gconv-lint {' '.join(words)} ended with 2")
        findings: list[dict[str, Any]] = json.loads(self._report.read_bytes())
        return Counter((each["code"], each["message"]) for each in findings)

    def _users(self, name: Path, fault: Fault) -> tuple[str, list[str]]:
        """A module and the factories in it that may run a line: the one around it, or some."""
        stem = name.stem
        if name.parent.name == "common":
            stem = next(user for user in USERS if stem != "tutti" or user == "shufflenet")
        text = (self.package / "models" / f"{stem}.py").read_text(encoding="utf-8")
        functions = [node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef) and node.args.kwarg]
        names = [node.name for node in functions if not node.name.startswith(("get_", "_"))]
        around = [node.name for node in functions if node.lineno <= fault.line <= (node.end_lineno or 0)]
        own = [each for each in around if each in names and name.parent.name != "common"]
        return f"{PACKAGE}.models.{stem}", own or names[:: max(1, len(names) // 3)][:4]


def is_held_out(name: str) -> bool:
    """Half of the modules, by a checksum of their names: fixers were mended by what failed in the other half."""
    return zlib.crc32(name.encode()) % 2 == 1


def round_trip(number: int) -> tuple[str, bool]:
    """The table of planted faults by kind, and whether enough were repaired and none broken."""
    rows, halves, missed = [], {False: list[Result](), True: list[Result]()}, []
    with tempfile.TemporaryDirectory() as folder:
        models = Models()
        trip = Round(source(PACKAGE) / PACKAGE, Path(folder).resolve(), models)
        for kind in PLANTERS:
            of_kind = []
            for name, fault in trip.faults(kind, number):
                of_kind.append(trip.result(name, fault))
                halves[is_held_out(name.name)].append(of_kind[-1])
                if of_kind[-1].why:
                    missed.append((kind, f"{name}:{fault.line}", of_kind[-1].why))
                    print(*missed[-1], file=sys.stderr, flush=True)
            rows.append((AIMS[kind], kind, *counts(of_kind)))
            print(*rows[-1], file=sys.stderr, flush=True)
        models.close()
    for held_out, results in halves.items():
        rows.append(("all", "held out" if held_out else "not held out", *counts(results)))
    shares = [counts(results) for results in halves.values()]
    head = ("rule", "fault", "planted", "reported", "fixable", "repaired", "models run", "broken")
    page = f"## Faults planted in models\n\n{PACKAGE} {VERSIONS[PACKAGE]}."
    rest = [table(("not repaired", "where", "why"), missed)] if missed else []
    good = all(repaired >= SHARE * fixable and not broken for _, _, fixable, repaired, _, broken in shares)
    return "\n\n".join([page, table(head, rows), *rest]), good


def counts(results: Sequence[Result]) -> tuple[int, ...]:
    """Planted, reported, fixable, repaired, run, broken."""
    fixable = [result for result in results if result.fixable]
    repaired, ran = [r for r in fixable if not r.why], [r for r in fixable if r.ran]
    broken = [r for r in fixable if r.broken]
    return len(results), sum(r.reported for r in results), len(fixable), len(repaired), len(ran), len(broken)


MODULE = '''"""Module {number}."""

from torch import nn


class Block{number}(nn.Module):
    """A block with three mistakes."""

    def __init__(self, channels=64):
        super().__init__()
        self.depthwise = nn.Conv2d(channels, channels, 3, padding=1)
        self.reduce = nn.Conv2d(channels, 32, 1, groups=3)
        self.shuffle = nn.ChannelShuffle(1)

    def forward(self, x):
        return self.shuffle(self.reduce(self.depthwise(x)))
'''


def many_files() -> tuple[str, bool]:
    """What it takes to fix a thousand files with three mistakes each."""
    with tempfile.TemporaryDirectory() as folder:
        for number in range(FILES):
            Path(folder, f"block{number}.py").write_text(MODULE.format(number=number), encoding="utf-8")
        words = [sys.executable, "-m", "gconv_lint", *FLAGS, folder]
        cost = measure(words)
        cells = [(f"{FILES:,}", f"{cost.cpu:.1f}", f"{cost.memory:.0f}")]
    return f"## Many files\n\n{table(('files', 'CPU s', 'peak MB'), cells)}", cost.cpu <= SECONDS


def main() -> int:
    flags = argparse.ArgumentParser(description=__doc__)
    flags.add_argument("--faults", type=int, default=12, help="faults of each kind")
    parts = [by_rule(), round_trip(flags.parse_args().faults), many_files()]
    note = (
        "A fault counts as fixable where a rule with a fix reports it, as repaired where nothing new is reported after "
        "`--fix --unsafe-fixes`, a second run changes nothing, and a model that runs the line is built and run. Half "
        "of the programs and of the modules are held out: they were run before anybody looked at what failed in them."
    )
    publish("repairs.md", "Repairs", note, *(page for page, _ in parts))
    return 0 if all(good for _, good in parts) else 1


if __name__ == "__main__":
    sys.exit(main())
