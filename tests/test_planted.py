"""Mistakes in programs as people write them: each is found on the line that says ``# expect:``, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gconv_lint import api

PROGRAMS = sorted((Path(__file__).parent / "planted").glob("*.py"))
_EXPECTED = re.compile(r"# expect: (.*)")


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda p: p.stem)
def test_the_mistake_is_found(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    expected = {(n, code) for n, text in enumerate(lines, 1) for m in _EXPECTED.findall(text) for code in m.split(", ")}
    report = api.check([str(path)])
    assert report.problems == ()
    assert {(finding.place.line, finding.rule.code) for finding in report.findings} == expected
