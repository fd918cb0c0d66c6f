"""Leaves the bodies of functions out of a text, and tells where they stand, without a parser."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

_HEADING = re.compile(r"^([ \t]*)(?:async[ \t]+)?def[ \t]", re.MULTILINE)
#: Texts and comments. What is not closed ends with its line or, between three quotes, with the file.
_TEXTS = re.compile(
    r"[\"'#](?:(?<=#)[^\n]*"
    r"|(?<=\")(?:\"\"(?:[^\"\\]|\\.|\"(?!\"\"))*(?:\"\"\"|\Z)|[^\"\\\n]*(?:\\.[^\"\\\n]*)*\"?)"
    r"|(?<=')(?:''(?:[^'\\]|\\.|'(?!''))*(?:'''|\Z)|[^'\\\n]*(?:\\.[^'\\\n]*)*'?))",
    re.DOTALL,
)
#: A heading of more lines is not looked at; its function stays as it is.
_MAX_HEADING = 80


class Body(NamedTuple):
    """Where a function stands in its text, with its heading; where its statements do, and the last line of those."""

    heading: int
    start: int
    end: int
    last: int


def outline(text: str) -> tuple[str, dict[int, Body]]:
    """The text with ``pass`` for the body of every function, line by line as before, and the bodies by ``def`` line."""
    code = _joined_texts(text)
    pieces: list[str] = []
    bodies: dict[int, Body] = {}
    copied, line, counted = 0, 1, 0
    heading = _HEADING.search(code)
    while heading is not None:
        start = _start_of_body(code, heading)
        end = heading.end()
        if start:
            end = _end_of_body(code, start, len(heading[1]))
            line, counted = line + text.count("\n", counted, heading.start()), heading.start()
            written = start + len(text[start:end].rstrip())
            last = line + text.count("\n", heading.start(), written)
            bodies[line] = Body(heading.start(), start, written, last)
            pieces += (text[copied:start], heading[1], " pass", "\n" * text.count("\n", start, end))
            copied = end
        heading = _HEADING.search(code, end)
    return "".join([*pieces, text[copied:]]), bodies


def _joined_texts(text: str) -> str:
    """The code, as long as before, in which no line begins inside a text.

    In most files texts over several lines stand between three double quotes, no line that one begins on has another
    quote or a comment before it, and no line is joined to the next: then nobody has to look at each text.
    """
    pieces = text.split('"""')
    inside, outside = pieces[1::2], pieces[::2]
    if "'''" in text or len(pieces) % 2 == 0 or any("\\\n" in piece for piece in outside):
        return _TEXTS.sub(_on_one_line, text)
    if any(piece.endswith("\\") for piece in inside) or not all(map(_ends_clear, outside[:-1])):
        return _TEXTS.sub(_on_one_line, text)
    pieces[1::2] = [piece.replace("\n", " ") for piece in inside]
    return '"""'.join(pieces)


def _ends_clear(code: str) -> bool:
    """Whether the last line has no text and no comment."""
    line = code[code.rfind("\n") + 1 :]
    return "'" not in line and '"' not in line and "#" not in line


def _on_one_line(match: re.Match[str]) -> str:
    """A text as long as before, in which no line begins that looks like code."""
    return match[0].replace("\n", " ")


def _start_of_body(code: str, heading: re.Match[str]) -> int:
    """Where the line behind a heading starts; 0 where the body is on the same line or cannot be told."""
    end = heading.end()
    for _ in range(_MAX_HEADING):
        end = code.find("\n", end) + 1
        if not end:
            return 0
        written = code[heading.end() : end]
        if "'" in written or '"' in written or "#" in written:
            written = _TEXTS.sub("", written)
        if written.count("(") == written.count(")") and written.count("[") == written.count("]"):
            return end if written.rstrip().endswith(":") else 0
    return 0


def _end_of_body(code: str, start: int, indent: int) -> int:
    """Where the first line starts that is no further to the right than the heading."""
    outer = _outer_line(indent).search(code, start - 1)
    return outer.start() + 1 if outer is not None else len(code)


@cache
def _outer_line(indent: int) -> re.Pattern[str]:
    return re.compile(rf"\n[ \t]{{0,{indent}}}[^\s#)\]}}]")  # a literal head is found faster than ``^``
