"""Writes changed files back: whole or not at all, and never over what somebody else wrote meanwhile."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping

from gconv_lint.model.report import Problem
from gconv_lint.whole_files import replace


def write_all(changed: Mapping[str, bytes], original: Mapping[str, bytes]) -> list[Problem]:
    """Write each changed file that still has its original bytes; the problems met."""
    problems = []
    for path, data in changed.items():
        try:
            reason = _write(path, data, original[path])
        except OSError as error:
            reason = f"cannot be written: {error.strerror or error}"
        if reason:
            problems.append(Problem(path=path, message=f"{reason}; it was left as it is"))
    return problems


def _write(path: str, data: bytes, original: bytes) -> str:
    """Replace a file by another one with its permissions; why not, where it is left alone."""
    real = os.path.realpath(path)
    status = os.stat(real)
    if not stat.S_ISREG(status.st_mode):
        return "is no regular file"
    if not status.st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH) or not os.access(real, os.W_OK):
        return "is read-only"

    def objection(path: str) -> str:
        with open(path, "rb") as stream:
            return "" if stream.read() == original else "was changed while it was being fixed"

    return replace(real, data, objection)
