"""Standard input, output and error, also where they are closed, full, cut short or cannot hold a character."""

from __future__ import annotations

import os
import sys


class StreamError(Exception):
    """A stream that cannot be used; the message is one clear sentence."""


def read() -> bytes:
    """All of standard input; nothing where it is closed.

    Raises ``StreamError`` when it cannot be read.
    """
    try:
        return sys.stdin.buffer.read() if sys.stdin else b""
    except OSError as error:
        raise StreamError(f"standard input cannot be read: {error.strerror}") from None


def write(text: str) -> None:
    """Print to standard output whatever its encoding, quietly also where nobody reads on.

    Characters that the encoding cannot hold are shown as escapes. Raises ``StreamError`` when it cannot be written.
    """
    if sys.stdout is None:
        return
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
        sys.stdout.flush()
    except OSError as error:
        _hung_up(error)


def _hung_up(error: OSError) -> None:
    """Standard output is of no use any more. Raises ``StreamError`` unless nobody reads on."""
    # What is still buffered goes nowhere, so that Python's last flush stays quiet too.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if not isinstance(error, BrokenPipeError):
        raise StreamError(f"standard output cannot be written: {error.strerror}") from None


def write_bytes(data: bytes) -> None:
    """Print to standard output exactly these bytes. Raises ``StreamError`` when it cannot be written."""
    stream = getattr(sys.stdout, "buffer", None)
    if stream is None:
        write(data.decode(errors="backslashreplace"))
        return
    write("")  # what was printed before comes first
    try:
        stream.write(data)
        stream.flush()
    except OSError as error:
        _hung_up(error)


def write_file(path: str, text: str | bytes) -> None:
    """Write a text, or bytes as they are, to a file: whole or not at all, but to a device.

    Its folder is made where it is missing. Raises ``StreamError`` when it cannot be written.
    """
    from gconv_lint.whole_files import replace

    try:
        os.makedirs(os.path.dirname(path) or os.curdir, exist_ok=True)
        data = text if isinstance(text, bytes) else text.encode(errors="backslashreplace")
        if os.path.isfile(path) or not os.path.exists(path):
            replace(path, data)
        else:
            with open(path, "wb") as stream:
                stream.write(data)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise StreamError(f"{path}: cannot be written: {reason}") from None


def complain(sentence: str) -> None:
    """Print one line to standard error, where there is one."""
    from gconv_lint.reporters.excerpt import printable

    if sys.stderr is not None:
        print(f"gconv-lint: {printable(sentence)}", file=sys.stderr)
