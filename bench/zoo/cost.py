"""CPU time of gconv-lint beside fvcore and a forward pass: on models of a zoo, and on one of more and more blocks.

All run in processes forked from one that has torch, on one thread. gconv-lint makes everything that
``gconv-lint model`` prints, without starting Python; fvcore counts what ``FlopCountAnalysis(...).total()`` does.
"""

from __future__ import annotations

import argparse
import json
import logging
import pkgutil
import re
import statistics
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import torch

import gconv_lint
from bench.tables import publish, table
from bench.zoo.linted import references_of, target_of
from bench.zoo.reference import forked, tensor
from bench.zoo.zoos import Model, folder, listed, one_per_family
from gconv_lint import api, rulebook
from gconv_lint.config import Flags, load
from gconv_lint.frontends.fx import child, process, program
from gconv_lint.frontends.fx.confinement import Outside
from gconv_lint.model.targets import Input, Limits, Target

Answers = list[dict[str, Any]]


class _Watch:
    """CPU seconds that calls of a function took."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function, self.spent = function, 0.0

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        start = time.process_time()
        try:
            return self.function(*args, **kwargs)
        finally:
            self.spent += time.process_time() - start


def ours(target: Target) -> dict[str, float]:
    """What one model costs from its name to the report, and what of it is its own import and constructor."""
    config = load([], rulebook.rules(), Flags(isolated=True))
    imported, build = _Watch(child.load), _Watch(child.build)

    def here(targets: Sequence[Target], limits: Limits) -> Answers:
        work = child.Work(process._request(targets[0], limits), Outside())
        work.do()
        return [json.loads(json.dumps(work.answer()))]

    with patch.object(program, "ask", here), patch.multiple(child, load=imported, build=build):
        start = time.process_time()
        [summary] = api.models([target], config, Limits(600))
        spent = time.process_time() - start
    if summary.report.problems:
        raise RuntimeError(summary.report.problems[0].message)
    return {"all": spent, "build": imported.spent + build.spent}


def theirs(model: Model, sizes: Sequence[str]) -> dict[str, float]:
    """What fvcore takes to count the operations of a built model."""
    from fvcore.nn import FlopCountAnalysis

    logging.disable(logging.CRITICAL)
    build = _Watch(model.make)
    built = build().eval()
    count = _Watch(lambda: FlopCountAnalysis(built, tuple(map(tensor, sizes))).unsupported_ops_warnings(False).total())
    with torch.no_grad():
        count()
    return {"build": build.spent, "count": count.spent}


def forward(model: Model, sizes: Sequence[str]) -> dict[str, float]:
    """One run of a built model, after another one."""
    built, arguments = model.make().eval(), [tensor(size) for size in sizes]
    once = _Watch(lambda: built(*arguments))
    with torch.no_grad():
        once()
        once.spent = 0.0
        once()
    return {"run": once.spent}


class Blocks(torch.nn.Module):
    """A stem and a number of grouped residual blocks, to see how costs grow."""

    def __init__(self, number: int = 10, width: int = 32) -> None:
        super().__init__()
        self.stem = torch.nn.Conv2d(3, width, 3, padding=1)
        self.blocks = torch.nn.ModuleList(map(_block, [width] * number))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Images of 3 channels to as many of ``width``."""
        x = self.stem(x)
        for block in self.blocks:
            x = x + block(x)
        return x


def _block(width: int) -> torch.nn.Module:
    grouped = torch.nn.Conv2d(width, width, 3, padding=1, groups=4, bias=False)
    return torch.nn.Sequential(
        torch.nn.Conv2d(width, width, 1, bias=False), grouped, torch.nn.BatchNorm2d(width), torch.nn.ReLU()
    )


class Cost(NamedTuple):
    """CPU seconds of one model, the shortest of several rounds."""

    name: str
    build: float
    analysis: float
    fvcore: float | None
    run: float

    @property
    def beside_fvcore(self) -> bool:
        """Whether it takes no longer than fvcore, where fvcore can do it."""
        return self.fvcore is None or self.analysis <= self.fvcore

    @property
    def beside_runs(self) -> bool:
        """Whether it takes no longer than three runs and 0.3 s."""
        return self.analysis <= 3 * self.run + 0.3

    def cells(self) -> tuple[str, ...]:
        """The row of a table."""
        fvcore = "fails" if self.fvcore is None else f"{self.fvcore:.2f}"
        ratio = "" if self.fvcore is None else f"{self.analysis / self.fvcore:.2f}"
        return self.name, f"{self.analysis:.2f}", fvcore, ratio, f"{self.run:.3f}", f"{self.build:.2f}"


def measured(model: Model, reference: dict[str, Any], folder: Path, rounds: int) -> Cost | None:
    """The costs of a model, each tool in turn; ``None`` where gconv-lint or torch cannot do it."""
    target = target_of(reference, folder)
    works = (
        lambda: ours(target),
        lambda: theirs(model, reference["inputs"]),
        lambda: forward(model, reference["inputs"]),
    )
    taken: list[list[dict[str, Any]]] = [[], [], []]
    for _ in range(rounds):
        for work, kept in zip(works, taken, strict=True):
            kept.append(forked(work, 300))
    own, other, runs = taken
    if any("error" in each for each in (*own, *runs)):
        print(model.target, own[0].get("error"), runs[0].get("error"), file=sys.stderr)
        return None
    fvcore = None if any("error" in each for each in other) else min(each["count"] for each in other)
    analysis = min(each["all"] - each["build"] for each in own)
    return Cost(model.name, min(each["build"] for each in own), analysis, fvcore, min(each["run"] for each in runs))


def growth(rounds: int) -> str:
    """Models of more and more blocks."""
    lines = []
    for number in (10, 100, 1000):
        target = Target(f"{Path(__file__).resolve()}:Blocks", (Input((1, 3, 32, 32)),), {"number": number})
        taken = [forked(lambda target=target: ours(target), 600) for _ in range(rounds)]
        spent = min(each["all"] - each["build"] for each in taken)
        lines.append((number, f"{spent:.2f}", f"{1000 * spent / number:.1f}"))
    head = (
        "## Growth\n\nA stem and blocks of a pointwise and a grouped convolution, a norm, a ReLU and an addition.\n\n"
    )
    return head + table(("blocks", "CPU s", "ms a block"), lines)


def main() -> None:
    """Write ``results/cost.md``."""
    flags = argparse.ArgumentParser(prog="python -m bench.zoo.cost", description=__doc__)
    flags.add_argument("--rounds", type=int, default=2)
    flags.add_argument("--only", default="", help="a regular expression for the names of models")
    options = flags.parse_args()
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    import_module("fvcore.nn")
    for module in pkgutil.walk_packages(gconv_lint.__path__, "gconv_lint."):
        if not module.name.endswith("__main__"):
            with suppress(ImportError):  # parts whose extra is not installed, such as the language server
                import_module(module.name)
    child.warm_up()
    found = [each for each in _costs(options.rounds, options.only) if each is not None]
    both = [each for each in found if each.fvcore is not None]
    ratio = statistics.median(each.analysis / each.fvcore for each in both if each.fvcore)
    total = sum(each.analysis for each in both) / sum(each.fvcore or 0 for each in both)
    counts = [
        ("models", len(found)),
        ("no more than fvcore", f"{sum(each.beside_fvcore for each in both)} of {len(both)}"),
        ("median of ours / fvcore", f"{ratio:.2f}"),
        ("all of ours / all of fvcore", f"{total:.2f}"),
        ("no more than 3 runs and 0.3 s", f"{sum(each.beside_runs for each in found)} of {len(found)}"),
    ]
    note = (
        "CPU seconds, one thread, of processes that have imported torch and both tools already; the tools in turn, the "
        f"shortest of {options.rounds} rounds. *ours* is everything `gconv-lint model` does with a built model, the "
        "rules too; *fvcore* is `FlopCountAnalysis(model, x).total()` on it; *run* is a second forward pass. "
        "*build* is what the model's own import and constructor take under gconv-lint, without weights."
    )
    rows = [each.cells() for each in sorted(found, key=lambda each: each.name)]
    header = ("model", "ours", "fvcore", "ours / fvcore", "run", "build")
    publish(
        "cost.md", "Cost", note, table(("", ""), counts), growth(options.rounds), "## Models\n\n" + table(header, rows)
    )


def _costs(rounds: int, only: str) -> Iterator[Cost | None]:
    references = {each["target"]: each for each in references_of("pytorchcv", every=False)}
    for model in one_per_family(listed("pytorchcv")):
        reference = references[model.target]
        if "conv_macs" in reference and re.search(only, model.name):
            yield measured(model, reference, folder("pytorchcv"), rounds)


if __name__ == "__main__":
    main()
