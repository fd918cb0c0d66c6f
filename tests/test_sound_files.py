"""Sound programs, a file or folder each: torch runs them, and there is nothing to report."""

from __future__ import annotations

import multiprocessing
import runpy
import sys
from pathlib import Path

import pytest

from gconv_lint import api

HERE = Path(__file__).parent / "sound"
#: Libraries that some of the programs use and that are not under test: what they do cannot be known.
OUTSIDE = HERE / "outside"
FOLDERS = ("evaluator", "rules", "tensors")
PROGRAMS = sorted(p for folder in FOLDERS for p in (HERE / folder).iterdir() if p.name[0] not in "._")


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_nothing_is_reported(path: Path) -> None:
    report = api.check([str(path)])
    assert report.problems == ()
    assert [f"{finding.rule.code}: {finding.message}" for finding in report.findings] == []


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_it_runs(path: Path) -> None:
    """In a process of its own, since programs may change torch."""
    import torch

    torch.set_num_threads(1)
    child = multiprocessing.get_context("fork").Process(target=_run, args=(path,))
    child.start()
    child.join(60)
    assert child.exitcode == 0


def _run(path: Path) -> None:
    main = path / "main.py" if path.is_dir() else path
    sys.path[:0] = [str(main.parent), str(OUTSIDE)]
    sys.argv = [str(main)]
    runpy.run_path(str(main), run_name="__main__")
