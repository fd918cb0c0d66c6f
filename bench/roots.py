"""Measures ``check --roots`` over published packages: CPU time cold and warm, and how far the models were followed.

Ends with 1 for a finding without a verdict. Each run is a process of its own. Cold runs remember nothing, warm ones are
the same again.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.packages import VERSIONS, source
from bench.tables import publish, table
from bench.verdicts import MODELS, Place, recorded

ZOOS = ("pytorchcv", "torchvision", "timm")
STATES = ("whole", "partial", "dense", "no-input", "failed", "unread", "unreached")


def _run(words: Sequence[str]) -> tuple[Any, float]:
    """What one process printed as JSON, and its CPU-seconds."""
    before = os.times()
    command = [sys.executable, "-m", "gconv_lint", "--isolated", "--exit-zero", "--output-format", "json", *words]
    said = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout
    after = os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return json.loads(said), used


def main() -> int:
    """Measure and publish."""
    known = {*recorded(), *recorded(MODELS)}
    rows, unread = [], []
    for name in ZOOS:
        folder = str(source(name))
        cache = tempfile.mkdtemp(prefix="gconv-lint-")
        words = ["--roots", "--cache-dir", cache, folder]
        found, cold = _run(words)
        _, warm = _run(words)
        counts, _ = _run([*words, "--statistics"])
        shutil.rmtree(cache)
        roots = counts["roots"]
        states = [roots.get(state, 0) for state in STATES]
        rows.append((name, VERSIONS[name], sum(roots.values()), *states, len(found), f"{cold:.1f}", f"{warm:.2f}"))
        places = (_place(name, folder, each) for each in found)
        unread += [place for place in places if place not in known]
    header = ("package", "version", "models", *STATES, "findings", "cold CPU s", "warm CPU s")
    note = (
        "`gconv-lint --roots` with its default budget of 60 CPU-seconds for models. The states are those of "
        "docs/whole-models.md; findings are all of the default rules, each with a verdict in docs/verdicts.md."
    )
    publish("roots.md", "Whole models in check", note, table(header, rows))
    for place in unread:
        print(place.row("", ""))
    return 1 if unread else 0


def _place(name: str, folder: str, finding: dict[str, Any]) -> Place:
    path = Path(finding["filename"]).resolve().relative_to(Path(folder).resolve()).as_posix()
    return Place(name, VERSIONS[name], finding["code"], f"{path}:{finding['location']['row']}")


if __name__ == "__main__":
    sys.exit(main())
