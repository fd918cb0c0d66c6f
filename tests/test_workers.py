"""Processes that share the work and are lost."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable

import pytest

from gconv_lint.lint import Linter
from tests.cli_support import BAD, Folder

pytestmark = pytest.mark.skipif(
    "fork" not in multiprocessing.get_all_start_methods(), reason="only what is forked has the fault of the test"
)


def _killed(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _out_of_memory(*_: object, **__: object) -> None:
    raise MemoryError


@pytest.mark.parametrize("end", [_killed, _out_of_memory])
def test_a_lost_process_is_one_sentence(
    project: Folder, monkeypatch: pytest.MonkeyPatch, end: Callable[..., None]
) -> None:
    monkeypatch.setattr("gconv_lint.work.PIECE", 10)
    monkeypatch.setattr(Linter, "evaluate", end)
    project.write({"a/net.py": BAD, "b/net.py": BAD})
    ran = project.run("-j", "2", "--no-cache", ".")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        "gconv-lint: a process that shared the work was killed or had no memory left; fewer `--jobs` need less\n"
    )
