"""Processes that share the work and are lost."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
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


#: Two processes with work for a minute, which hold on to standard output.
LONG = """
import time
from gconv_lint.workers import Workers
with Workers(2) as workers:
    answers = [workers.ask(time.sleep, 60) for _ in range(2)]
    print(workers.ask(abs, 1) and "begun", flush=True)
    answers[0].result()
"""


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_processes_end_with_the_one_that_asked(how: signal.Signals) -> None:
    asking = subprocess.Popen([sys.executable, "-c", LONG], stdout=subprocess.PIPE, text=True)
    assert asking.stdout is not None
    assert asking.stdout.readline() == "begun\n"
    asking.send_signal(how)
    rest, _ = asking.communicate(timeout=30)  # ends when nobody can write any more
    assert (rest, asking.returncode) == ("", -how)
