"""Runs ``gconv-lint model`` over programs that are given as text."""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import Any, NamedTuple

import pytest
import torch

from gconv_lint import cli
from gconv_lint.frontends.fx import child, process
from gconv_lint.model.targets import Limits


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


@pytest.fixture(scope="module")
def forked() -> Iterator[None]:
    """Models run in forks of this process, which has torch already, and not of a fresh one."""
    _warm()
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(process, "_run", _in_a_fork)
        yield


@cache
def _warm() -> None:
    import_module("torch._dynamo")
    child.warm_up()


def _in_a_fork(folders: Sequence[Path], limits: Limits) -> tuple[int, str]:
    number = os.fork()
    if number == 0:
        try:
            torch.set_num_threads(1)  # threads of this process are not there in its forks
            sys.argv[1:] = map(str, folders)
            main = Thread(target=child.main)  # whose stack begins here, and not with the calls of the tests
            main.start()
            main.join()
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(number, 0)[1]), ""
