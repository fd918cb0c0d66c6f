"""Writes files whole or not at all: whoever reads them, and whatever ends the process, never sees a part."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from contextlib import suppress


def replace(path: str, data: bytes, objection: Callable[[str], str] = lambda _: "") -> str:
    """Put ``data`` in place of the file ``path``, or of none, with its permissions; a link stays a link.

    ``objection`` is asked last, with the real path: where it gives a reason, nothing changes, and the reason is given.
    Raises ``OSError``.
    """
    import tempfile  # takes a while, and most runs write nothing

    real = os.path.realpath(path)
    if os.path.exists(real) and not os.access(real, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    handle, temporary = tempfile.mkstemp(dir=os.path.dirname(real), prefix=f".{os.path.basename(real)}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        _hand_over(temporary, real)
        reason = objection(real)
        if reason:
            return reason
        os.replace(temporary, real)
        temporary = ""
    finally:
        if temporary:
            os.unlink(temporary)
    return ""


def _hand_over(path: str, replaced: str) -> None:
    """Give a file the permissions of the one that it replaces, and its owner where that is allowed."""
    try:
        status = os.stat(replaced)
    except FileNotFoundError:
        os.umask(mask := os.umask(0))
        os.chmod(path, 0o666 & ~mask)
        return
    if hasattr(os, "chown"):
        with suppress(PermissionError):
            os.chown(path, status.st_uid, status.st_gid)
    os.chmod(path, stat.S_IMODE(status.st_mode))
