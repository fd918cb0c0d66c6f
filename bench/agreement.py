"""Compares what both engines find in one model of each family of published zoos; 1 if they disagree anywhere.

``python -m bench.agreement`` writes ``results/agreement.md``, with a line for each difference: a finding of one engine
alone, or another graph. ``--shim`` is a folder with a module ``_tvshim`` that lets torchvision be imported beside a
torch for the CPU; without it pytorchcv is taken alone. ``--resume`` goes on behind the last model that was compared.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from bench.packages import CACHE, VERSIONS, source
from bench.tables import publish, table
from bench.zoo.linted import let_in_torchvision, references_of, target_of
from gconv_lint import api, rulebook
from gconv_lint.config import Config, Flags, load
from gconv_lint.model.summary import Summary
from gconv_lint.model.targets import Limits, Target
from gconv_lint.selection import Choice

#: Models that share one start of Python and torch, and seconds that one of them may take.
BATCH, SECONDS = 10, 120
ZOOS = ("pytorchcv", "torchvision", "timm")
#: How a pair ends: complete in both engines, the text alone has gaps, torch cannot run it here.
COMPLETE, STATED, NOT_RUN = "complete", "stated", "not run"


def targets(zoo: str, shim: bool) -> list[Target]:
    """One model of each family that torch can run, the small ones first."""
    able = [each for each in references_of(zoo, every=False, shim=shim and zoo != "pytorchcv") if "conv_macs" in each]
    able.sort(key=lambda each: each["params"])
    return [target_of(each, source(zoo)) for each in able]


def differences(run: Summary, text: Summary) -> Iterator[str]:
    """What the engines disagree about in one model."""
    for name, one, other in (("torch", run, text), ("the text", text, run)):
        for code, (path, line, *_), message in sorted(_findings(one) - _findings(other)):
            yield f"{code} at line {line} of {os.path.basename(path)} from {name} alone: {message}"
    if run.totals != text.totals:
        yield f"totals {text.totals} and not {run.totals}"
    if run.connections != text.connections and not text.partial:
        yield "connected otherwise"
    yield from (f"note: {note}" for note in text.notes if note not in run.notes)


def _findings(found: Summary) -> set[tuple[str, Any, str]]:
    return {(each.rule.code, tuple(each.place), each.message) for each in found.report.findings}


def compared(zoo: str, config: Config, options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """A row for each model: its name, how it ended, what differs."""
    kept = CACHE / f"agreement-{zoo}-{VERSIONS[zoo]}.jsonl"
    lines = kept.read_text().splitlines() if (options.resume or options.told) and kept.exists() else []
    known = {row["target"]: row for row in map(json.loads, lines)}
    yield from known.values()
    if options.told:
        return
    chosen = [each for each in targets(zoo, bool(options.shim)) if each.name not in known]
    search = [str(source(name)) for name in ("timm", "torchvision")] if options.shim else []
    with kept.open("a" if options.resume else "w", encoding="utf-8") as stream:
        for start in range(0, len(chosen), BATCH):
            batch, limits = chosen[start : start + BATCH], Limits(SECONDS)
            pairs = zip(*(api.models(batch, config, limits, engine, search) for engine in api.ENGINES), strict=True)
            for run, text in pairs:
                row = _row(run, text)
                stream.write(json.dumps(row) + "\n")
                stream.flush()
                yield row


def _row(run: Summary, text: Summary) -> dict[str, Any]:
    name = run.target
    if run.totals is None:  # a package that the model imports is not installed here
        return {"target": name, "verdict": NOT_RUN, "differences": []}
    verdict = STATED if text.partial else COMPLETE
    return {"target": name, "verdict": verdict, "differences": [each[:160] for each in differences(run, text)]}


def main() -> int:
    """Compare, and write the page."""
    flags = argparse.ArgumentParser(prog="python -m bench.agreement", description=__doc__)
    flags.add_argument("--shim", default="", help="the folder that has _tvshim.py, for timm and torchvision")
    flags.add_argument("--zoo", default="", help="zoos by name, with commas between them")
    flags.add_argument("--told", action="store_true", help="write what is known, and compare no more")
    flags.add_argument("--resume", action="store_true")
    options = flags.parse_args()
    if options.shim:
        let_in_torchvision(options.shim)
    config = load([], rulebook.rules(), Flags(Choice(select=("ALL",)), isolated=True))
    zoos = options.zoo.split(",") if options.zoo else ZOOS if options.shim else ZOOS[:1]
    every = {zoo: list(compared(zoo, config, options)) for zoo in zoos}
    return _told(every)


def _told(every: dict[str, list[dict[str, Any]]]) -> int:
    rows = [row for group in every.values() for row in group]
    wrong = [row for row in rows if row["verdict"] == COMPLETE and row["differences"]]
    note = (
        "One model of each family, with all rules, by `--engine fx` and by `--engine source`. A model that the text is "
        "complete for has the same findings, totals and connections in both, or it is listed as wrong; of the others "
        "what differs is stated by gaps."
    )
    listed = [
        (row["target"], "wrong" if row in wrong else row["verdict"], each)
        for row in rows
        for each in row["differences"]
    ]
    parts = (_summary(every), table(("model", "verdict", "difference"), listed))
    publish("agreement.md", "Agreement of the engines", note, *parts)
    return 1 if wrong else 0


def _summary(every: dict[str, list[dict[str, Any]]]) -> str:
    lines: list[Sequence[object]] = []
    for zoo, rows in [*every.items(), ("all", [row for group in every.values() for row in group])]:
        counts = Counter(row["verdict"] for row in rows)
        wrong = sum(row["verdict"] == COMPLETE and bool(row["differences"]) for row in rows)
        lines.append((zoo, len(rows), counts[COMPLETE], wrong, counts[STATED], counts[NOT_RUN]))
    return table(("zoo", "families", "complete in both", "of these wrong", "stated", "not run here"), lines)


if __name__ == "__main__":
    sys.exit(main())
