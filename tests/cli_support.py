"""Runs the real command line in a folder of the test, and reads what it printed."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from gconv_lint import cli

ROOT = Path(__file__).resolve().parent.parent
#: One GC002 at 2:8.
BAD = "from torch import nn\nconv = nn.Conv2d(30, 64, 3, groups=4)\n"
GOOD = "from torch import nn\nconv = nn.Conv2d(32, 64, 3, groups=4)\n"


class Ran(NamedTuple):
    """How a run ended and what it printed."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        """The lines of standard output."""
        return self.out.splitlines()


class Folder:
    """A folder that is the current one; ``write`` makes files, ``run`` lints."""

    def __init__(self, path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.path = path
        self._capsys = capsys
        self._monkeypatch = monkeypatch

    def write(self, files: Mapping[str, str]) -> None:
        """Make files by name; what they lie in is made too."""
        for name, text in files.items():
            path = self.path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def run(self, *words: str, stdin: str | None = None) -> Ran:
        """Run the command in this process."""
        if stdin is not None:
            self._monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        self._capsys.readouterr()
        code = cli.main(words)
        return Ran(code, *self._capsys.readouterr())

    def found(self, *words: str) -> list[str]:
        """``path:line:column CODE`` of each finding."""
        ran = self.run(*words, "--output-format", "json")
        return [place(item) for item in json.loads(ran.out)]


def place(item: Mapping[str, Any]) -> str:
    """Where an object of the JSON output is, and its code."""
    cell = f":cell {item['cell']}" if item.get("cell") else ""
    at = item["location"]
    return f"{item['filename']}{cell}:{at['row']}:{at['column']} {item['code']}"


def process(*words: str, cwd: Path, env: Mapping[str, str] | None = None, **options: Any) -> Ran:
    """Run the command in a process of its own."""
    command = [sys.executable, "-m", "gconv_lint", *words]
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GCONV_LINT_")}
    environment = {**kept, "PYTHONPATH": str(ROOT), **(env or {})}
    result = subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=120, check=False, **options
    )
    return Ran(result.returncode, result.stdout, result.stderr)
