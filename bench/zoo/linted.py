"""Models through ``gconv-lint model``, beside what torch counted of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from bench.packages import CACHE, VERSIONS, source
from gconv_lint import api, rulebook
from gconv_lint.config import Flags, load
from gconv_lint.model.findings import Finding
from gconv_lint.model.summary import Summary
from gconv_lint.model.targets import Input, Limits, Target

#: Models that share one start of Python and torch.
BATCH = 20


class Row(NamedTuple):
    """One model: what torch says of it, and what gconv-lint does where torch can run it."""

    reference: dict[str, Any]
    summary: Summary | None = None

    @property
    def target(self) -> str:
        """``package.module:name``."""
        return str(self.reference["target"])

    @property
    def name(self) -> str:
        """The name that the zoo gives it."""
        return self.target.rpartition(":")[2]

    @property
    def family(self) -> str:
        """The module that makes the model, without its package."""
        return self.target.rpartition(":")[0].rpartition(".")[2]

    @property
    def constructed(self) -> bool:
        """Whether the model can be built."""
        return "params" in self.reference

    @property
    def runs(self) -> bool:
        """Whether torch can run it."""
        return "conv_macs" in self.reference

    @property
    def linted(self) -> bool:
        """Whether it came through to the end, with a graph of its run."""
        found = self.summary
        return found is not None and not found.report.problems and not any(map(_is_lost, found.notes))

    @property
    def params_exact(self) -> bool:
        """Whether the parameters are those that the module has."""
        totals = self.summary.totals if self.summary is not None else None
        return totals is not None and totals.params == self.reference["params"]

    @property
    def macs_exact(self) -> bool:
        """Whether the multiply-accumulates of convolutions are those that torch counts."""
        totals = self.summary.totals if self.summary is not None else None
        return self.linted and totals is not None and totals.conv_macs == self.reference.get("conv_macs")

    @property
    def exact(self) -> bool:
        """Whether both counts are right."""
        return self.params_exact and self.macs_exact

    @property
    def findings(self) -> Sequence[Finding]:
        """What the default rules find."""
        return self.summary.report.findings if self.summary is not None else ()

    @property
    def gaps(self) -> dict[str, int]:
        """What was not understood."""
        return dict(self.summary.report.counts.gaps) if self.summary is not None else {}

    @property
    def shortfall(self) -> str:
        """Why a model falls short of linted and exact; empty where it does not."""
        if not self.runs:
            return str(self.reference["error"])
        if self.summary is not None and self.summary.report.problems:
            return self.summary.report.problems[0].message
        if self.summary is not None and not self.linted:
            return next(filter(_is_lost, self.summary.notes))
        totals = self.summary.totals if self.summary is not None else None
        if totals is None or self.exact:
            return ""
        ours, torchs = (totals.params, totals.conv_macs), (self.reference["params"], self.reference["conv_macs"])
        return f"params and conv MACs are {ours}, torch says {torchs}"


def references_of(zoo: str, *, every: bool, shim: bool = False) -> list[dict[str, Any]]:
    """What torch says of the models; counted once for a version of the zoo."""
    kept = CACHE / "references" / f"{zoo}-{VERSIONS[zoo]}{'-every' if every else ''}{'-shim' if shim else ''}.jsonl"
    if not kept.exists():
        source(zoo)
        command = [sys.executable, "-m", "bench.zoo.reference", zoo, *(["--every"] if every else [])]
        said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(said, encoding="utf-8")
    return [json.loads(line) for line in kept.read_text(encoding="utf-8").splitlines()]


def let_in_torchvision(shim: str) -> None:
    """Have every Python that is started from now on load the shim first, and find torchvision."""
    folder = CACHE / "shim"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sitecustomize.py").write_text("import _tvshim\n", encoding="utf-8")
    before = filter(None, [os.environ.get("PYTHONPATH")])
    os.environ["PYTHONPATH"] = os.pathsep.join([str(folder), shim, str(source("torchvision")), *before])


def _is_lost(note: str) -> bool:
    return note.startswith("the run could not be followed")


def rows(references: Sequence[dict[str, Any]], folder: Path, seconds: float) -> Iterator[Row]:
    """Lint the models that run, several with one start of torch; the others pass as they are."""
    config = load([], rulebook.rules(), Flags(isolated=True))
    waiting = iter(references)
    while batch := list(islice(waiting, BATCH)):
        able = [each for each in batch if "conv_macs" in each]
        summaries = iter(
            api.models([target_of(each, folder) for each in able], config, Limits(seconds)) if able else ()
        )
        yield from (Row(each, next(summaries) if "conv_macs" in each else None) for each in batch)
        print(".", end="", file=sys.stderr, flush=True)


def target_of(reference: dict[str, Any], folder: Path) -> Target:
    inputs = tuple(map(input_of, reference["inputs"]))
    return Target(reference["target"], inputs, reference.get("args", {}), folder=str(folder))


def input_of(text: str) -> Input:
    """An input such as ``1x3x224x224``, or ``2:int64``."""
    sizes, _, kind = text.partition(":")
    return Input(tuple(map(int, sizes.split("x"))), kind or "float32")
