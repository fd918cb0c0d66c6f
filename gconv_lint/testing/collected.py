"""Lints all files of a test session in one run, as the command line does, and tells for each what was found in it."""

from __future__ import annotations

import os
from collections.abc import Sequence

from gconv_lint import api, config, rulebook
from gconv_lint.model.report import Report
from gconv_lint.testing.findings import told


class Session:
    """The report on all files, made when the first of them is asked for; settings are those of the folder ``root``.

    Raises ``SettingError`` when these cannot be used.
    """

    def __init__(self, root: str) -> None:
        self._config = config.Configs([root], rulebook.rules())
        self._paths: dict[str, None] = {}
        self._report: Report | None = None

    def add(self, path: str) -> bool:
        """Collect a file; ``False`` for one that the settings exclude or that is collected already."""
        if path in self._paths or self._config.of(path).excludes_any(os.path.realpath(path)):
            return False
        self._paths[path] = None
        return True

    def text(self, path: str) -> tuple[str, int | None]:
        """What is to be said of a file, nothing if it is clean, and the first line that it is said of, from 1."""
        if self._report is None:
            self._report = api.check(list(self._paths), self._config)
        own = _of(self._report, path)
        lines: Sequence[int | None] = [*(each.line for each in own.problems), *(f.place.line for f in own.findings)]
        return told(own), lines[0] if lines else None


def _of(report: Report, path: str) -> Report:
    """The part of a report that is about one file."""
    real = os.path.realpath(path)
    names = {each.place.path for each in report.findings} | {each.path for each in report.problems}
    same = {name for name in names if os.path.realpath(name) == real}
    return report._replace(
        findings=tuple(each for each in report.findings if each.place.path in same),
        problems=tuple(each for each in report.problems if each.path in same),
    )
