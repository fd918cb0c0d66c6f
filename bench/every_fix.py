"""Every fix of every rule on copies of whole packages: every file compiles, and imports as it did.

By itself it writes ``results/every-fix.md``; ``--shim`` is the folder that has ``_tvshim.py``, for torchvision.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.packages import VERSIONS, source
from bench.speed import measure
from bench.tables import publish, table

PACKAGES = ("pytorchcv", "timm", "torchvision")
FLAGS = ("--isolated", "--preview", "--select", "ALL", "--fix", "--unsafe-fixes", "--output-format", "json")
#: Imports the modules named on standard input, and prints those that it can.
_IMPORTS = """
import importlib, json, os, sys
if os.environ.get("SHIM"):
    sys.path.append(os.environ["SHIM"])
    import _tvshim
found = []
for name in json.load(sys.stdin):
    try:
        importlib.import_module(name)
    except BaseException as error:  # a script may end Python
        print(name, type(error).__name__, error, file=sys.stderr)
    else:
        found.append(name)
json.dump(found, sys.stdout)
"""


def every_fix(shim: str = "") -> tuple[str, bool]:
    """The table by package, and whether no file is broken."""
    rows, broken = [], 0
    with tempfile.TemporaryDirectory() as folder:
        for name in PACKAGES:
            shutil.copytree(source(name) / name, Path(folder, name))
            before = {path: path.read_bytes() for path in Path(folder, name).rglob("*.py")}
            words = [sys.executable, "-m", "gconv_lint", *FLAGS, str(Path(folder, name))]
            cpu = measure(words, codes=(0, 1)).cpu
            changed = [path for path, data in before.items() if path.read_bytes() != data]
            modules = [_module(path.relative_to(folder)) for path in before]
            ran = _imported(source(name), modules, shim)
            wrong = {path for path in before if _compiles(path) != _compiles(source(name) / path.relative_to(folder))}
            lost = set(ran) - set(_imported(Path(folder), modules, shim))  # in the same order: one leads to another
            broken += len(wrong) + len(lost)
            counts = (len(before), len(changed), len(ran), len(wrong) + len(lost))
            rows.append((name, VERSIONS[name], *counts, f"{cpu:.1f}"))
    head = ("package", "version", "files", "changed", "imported before and after", "broken", "CPU s")
    note = "All files are compiled, and those that can be imported here are imported, before and after."
    return f"## Every fix of every rule\n\n`{' '.join(FLAGS[1:6])}`. {note}\n\n{table(head, rows)}", not broken


def _module(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def _imported(folder: Path, modules: Sequence[str], shim: str) -> list[str]:
    """The modules that can be imported from a folder; timm needs torchvision beside it."""
    words = [sys.executable, "-B", "-c", _IMPORTS]
    paths = os.pathsep.join([str(folder), str(source("torchvision"))])
    environment = {**os.environ, "PYTHONPATH": paths, "SHIM": shim}
    given = json.dumps(modules)
    ran = subprocess.run(words, input=given, capture_output=True, text=True, cwd=folder, env=environment, check=True)
    found: list[str] = json.loads(ran.stdout.splitlines()[-1])
    return found


def _compiles(path: Path) -> bool:
    try:
        compile(path.read_bytes(), str(path), "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True


def main() -> int:
    flags = argparse.ArgumentParser(description=__doc__)
    flags.add_argument("--shim", default="", help="the folder that has _tvshim.py")
    page, good = every_fix(flags.parse_args().shim)
    publish("every-fix.md", "Every fix", page)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
