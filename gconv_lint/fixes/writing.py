"""Writes changed files back: whole or not at all, and never over what somebody else wrote meanwhile."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Mapping
from contextlib import suppress

from gconv_lint.model.report import Problem


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
    real = os.path.realpath(path)  # a link stays a link
    status = os.stat(real)
    if not stat.S_ISREG(status.st_mode):
        return "is no regular file"
    if not status.st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH) or not os.access(real, os.W_OK):
        return "is read-only"
    if status.st_nlink > 1:  # a replaced file leaves them; one written in place changes them, and may be cut off
        return f"has {status.st_nlink} hard links, and the others would keep the old text"
    handle, temporary = tempfile.mkstemp(dir=os.path.dirname(real), prefix=f".{os.path.basename(real)}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        _hand_over(temporary, status)
        with open(real, "rb") as stream:
            if stream.read() != original:
                return "was changed while it was being fixed"
        os.replace(temporary, real)
        temporary = ""
    finally:
        if temporary:
            os.unlink(temporary)
    return ""


def _hand_over(path: str, status: os.stat_result) -> None:
    """Give a file the owner, where that is allowed, and the permissions of another one."""
    if hasattr(os, "chown"):
        with suppress(PermissionError):
            os.chown(path, status.st_uid, status.st_gid)
    os.chmod(path, stat.S_IMODE(status.st_mode))
