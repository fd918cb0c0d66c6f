"""Compares what both engines find in one model of each family of pytorchcv; 1 if they disagree anywhere.

``python -m bench.agreement`` prints a line for each difference: a finding of one engine alone, or another graph.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any

from bench.packages import source
from bench.tables import table
from bench.zoo.linted import references_of, target_of
from gconv_lint import api, rulebook
from gconv_lint.config import Flags, load
from gconv_lint.model.summary import Summary
from gconv_lint.model.targets import Limits, Target
from gconv_lint.selection import Choice

#: Models that share one start of Python and torch.
BATCH = 20


def targets(zoo: str) -> list[Target]:
    """One model of each family that torch can run."""
    able = [each for each in references_of(zoo, every=True) if "conv_macs" in each]
    first = {each["target"].rpartition(":")[0]: each for each in reversed(able)}
    return [target_of(each, source(zoo)) for each in reversed(first.values())]


def differences(run: Summary, text: Summary) -> Iterator[str]:
    """What the engines disagree about in one model."""
    for name, one, other in (("torch", run, text), ("the text", text, run)):
        for finding in sorted(_findings(one) - _findings(other)):
            yield f"{finding} from {name} alone"
    if run.totals != text.totals:
        yield f"totals {text.totals} and not {run.totals}"
    if run.connections != text.connections and not text.partial:
        yield "connected otherwise"
    yield from (f"note: {note}" for note in text.notes if note not in run.notes)


def _findings(found: Summary) -> set[tuple[str, Any, str]]:
    return {(each.rule.code, tuple(each.place), each.message) for each in found.report.findings}


def main() -> int:
    """Compare, and print."""
    chosen = targets("pytorchcv")
    config = load([], rulebook.rules(), Flags(Choice(select=("ALL",)), isolated=True))
    rows: list[Sequence[object]] = []
    whole = 0
    for start in range(0, len(chosen), BATCH):
        batch = chosen[start : start + BATCH]
        pairs = zip(*(api.models(batch, config, Limits(300), engine) for engine in api.ENGINES), strict=True)
        for run, text in pairs:
            if run.totals is None:  # a package that the model imports is not installed here
                continue
            whole += not text.partial
            rows += [(run.target, "stated" if text.partial else "wrong", each[:160]) for each in differences(run, text)]
        print(".", end="", file=sys.stderr, flush=True)
    print(table(("families", "complete in both", "differences"), [(len(chosen), whole, len(rows))]))
    print(table(("model", "verdict", "difference"), rows))
    return 1 if any(verdict == "wrong" for _, verdict, _ in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
