"""Well-formed inputs of each kind for fuzzing to begin with, and values that are none of what is allowed."""

from __future__ import annotations

import json
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent

_CELLS = [
    {"cell_type": "code", "source": ["from torch import nn\n", "%time x = 3\n"], "metadata": {}},
    {"cell_type": "markdown", "source": "# A network"},
    {"cell_type": "code", "source": "!ls\nnn.Conv2d(30, 64, 3, groups=4)?\nnn.Conv2d(30, 64, 3, groups=4)"},
]
CONFIGURATION = """\
select = ["ALL"]
extend-select = ["GC1", "groups-not-power-of-two"]
ignore = ["GC003"]
strict = true
preview = false
output-format = "full"
exclude = [".*", "build/**", "!keep"]
extend-exclude = ["third_party"]
fix = false
fixable = ["GC0"]
extend-unsafe-fixes = ["GC010"]
cache-dir = "cache"

[per-file-ignores]
"tests/*" = ["GC1"]
"!src/**" = ["ALL"]

[rules.GC301]
min-group-width = 8
severity = "error"

[rules.in-channels-not-divisible]
severity = "info"

[[models]]
target = "net.py:Net"
inputs = ["1x3x8x8", "1x2:int64"]
args = {groups = 4}
max-params = "26M"
"""
BASELINE = {
    "version": 1,
    "findings": [{"path": "net.py", "code": "GC002", "fingerprint": "0123456789abcdef", "message": "groups=4"}],
}


def sources() -> list[bytes]:
    """Programs with and without mistakes."""
    return [path.read_bytes() for path in sorted((ROOT / "examples").glob("*.py"))]


def rules() -> list[bytes]:
    """The rules of gconv-lint under the code of a user."""
    texts = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "rules").glob("GC[0235]*.yaml"))]
    return [_renamed(text).encode() for text in texts]


def _renamed(text: str) -> str:
    code, name = (
        next(line.split()[1] for line in text.splitlines() if line.startswith(key)) for key in ("code:", "name:")
    )
    return text.replace(code, "OWN001").replace(f"name: {name}\n", "name: own-rule\n", 1)


SEEDS = {
    "source": sources(),
    "notebook": [json.dumps({"cells": _CELLS, "metadata": {}, "nbformat": 4}).encode()],
    "rule": rules(),
    "configuration": [CONFIGURATION.encode()],
    "baseline": [json.dumps(BASELINE).encode()],
}
