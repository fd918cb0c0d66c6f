"""Reads files: the bytes of a Python file or of a notebook's code, and their text."""

from __future__ import annotations

import os
import re

from gconv_lint.frontends.source.notebooks import ENDING, as_python

MAX_BYTES = 5_000_000
#: Bytes of files under test above which functions are only parsed when somebody looks into them.
LARGE = 2_000_000
_HEADER = re.compile(r"(?:[ \t\f]*(?:#[^\n]*)?\n)*")
_WIDE = re.compile(r"[^\x00-\x7f]")


def read_start(path: str) -> bytes:
    """The bytes of a file, or enough to see that there are too many; those of a notebook's code for a notebook.

    Raises ``OSError`` and ``NotebookError``.
    """
    with open(path, "rb") as stream:
        if path.endswith(ENDING):
            return as_python(stream.read())
        # Python makes room for all that is asked for; what is no plain file does not tell its size.
        size = os.fstat(stream.fileno()).st_size or MAX_BYTES
        return stream.read(min(size, MAX_BYTES) + 1)


def decode(data: bytes) -> str:
    """The text of a Python file by its byte order mark or coding comment; line ends become newlines."""
    if b"coding" in data[:400] or data.startswith(b"\xef\xbb\xbf"):
        import io
        import tokenize

        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    else:
        encoding = "utf-8"
    return data.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")


def narrowed(text: str) -> tuple[str, str]:
    """A text with a question mark for each character beyond ASCII in the comments at its top, and those comments.

    One such character makes Python keep four bytes for every other, and many files have one there and nowhere else.
    """
    end = 0 if text.isascii() else _header_end(text)
    return (_WIDE.sub("?", text[:end]) + text[end:], text[:end]) if end else (text, "")


def _header_end(text: str) -> int:
    match = _HEADER.match(text)
    return match.end() if match is not None else 0
