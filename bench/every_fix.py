"""Every fix of every rule on copies of whole packages: what changes still compiles, and imports as it did."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.packages import VERSIONS, source
from bench.speed import measure
from bench.tables import table

PACKAGES = ("pytorchcv", "timm", "torchvision")
FLAGS = ("--isolated", "--preview", "--select", "ALL", "--fix", "--unsafe-fixes", "--output-format", "json")
#: Imports the modules named on standard input, and prints those that it can.
_IMPORTS = """
import importlib, json, sys
found = []
for name in json.load(sys.stdin):
    try:
        importlib.import_module(name)
    except Exception as error:
        print(name, type(error).__name__, error, file=sys.stderr)
    else:
        found.append(name)
json.dump(found, sys.stdout)
"""


def every_fix() -> tuple[str, bool]:
    """The table by package, and whether no file is broken."""
    rows, broken = [], 0
    with tempfile.TemporaryDirectory() as folder:
        for name in PACKAGES:
            shutil.copytree(source(name) / name, Path(folder, name))
            before = {path: path.read_bytes() for path in Path(folder, name).rglob("*.py")}
            words = [sys.executable, "-m", "gconv_lint", *FLAGS, str(Path(folder, name))]
            cpu = measure(words, codes=(0, 1)).cpu
            changed = [path for path, data in before.items() if path.read_bytes() != data]
            modules = [_module(path.relative_to(folder)) for path in changed]
            ran = _imported(source(name), modules)
            wrong = {path for path in changed if not _compiles(path)}
            lost = set(ran) - set(_imported(Path(folder), ran))
            broken += len(wrong) + len(lost)
            counts = (len(before), len(changed), len(ran), len(wrong) + len(lost))
            rows.append((name, VERSIONS[name], *counts, f"{cpu:.1f}"))
    head = ("package", "version", "files", "changed", "of these importable here", "broken", "CPU s")
    return f"## Every fix of every rule\n\n`{' '.join(FLAGS[1:6])}`.\n\n{table(head, rows)}", not broken


def _module(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def _imported(folder: Path, modules: Sequence[str]) -> list[str]:
    """The modules that can be imported from a folder."""
    words = [sys.executable, "-B", "-c", _IMPORTS]
    ran = subprocess.run(words, input=json.dumps(modules), capture_output=True, text=True, cwd=folder, check=True)
    found: list[str] = json.loads(ran.stdout)
    return found


def _compiles(path: Path) -> bool:
    try:
        compile(path.read_bytes(), str(path), "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True
