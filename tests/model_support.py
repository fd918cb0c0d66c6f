"""Runs ``gconv-lint model`` over programs that are given as text."""

from __future__ import annotations

import contextlib
import io
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from gconv_lint import cli


class Run(NamedTuple):
    """What one command gave: exit code, standard output, the lines of standard error."""

    code: int
    out: str
    errors: list[str]

    @property
    def models(self) -> dict[str, dict[str, Any]]:
        """The objects of JSON output by the name of the target."""
        found = json.loads(self.out)
        return {each["target"].rpartition(":")[2]: each for each in (found if isinstance(found, list) else [found])}


def command(folder: Path, *words: str) -> Run:
    """Run the command line in ``folder``."""
    before, out, errors = os.getcwd(), io.StringIO(), io.StringIO()
    os.chdir(folder)
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
            code = cli.main(list(words))
    finally:
        os.chdir(before)
    return Run(code, out.getvalue(), errors.getvalue().splitlines())


def written(folder: Path, files: Mapping[str, str]) -> Path:
    """The folder with files of these texts in it."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder
