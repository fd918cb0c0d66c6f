"""Quotes the source lines of a place, with line numbers and a caret, safely for any text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gconv_lint.model.places import Place

MOST_LINES = 6
MOST_COLUMNS = 160


def split_lines(text: str) -> list[str]:
    """Lines as Python counts them: a form feed, unlike in ``str.splitlines``, ends none."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def printable(text: str) -> str:
    """The text with control characters, such as a terminal's escapes, shown as escapes."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def excerpt(lines: Sequence[str], place: Place, *, caret: bool = True, most: int = MOST_LINES) -> Iterator[str]:
    """The lines of ``place`` behind their numbers, the first one underlined; nothing for an unknown place."""
    if not 1 <= place.line <= len(lines):
        return
    end = min(place.end_line, place.line + most - 1, len(lines))
    width = len(str(end))
    if caret:
        yield f"{'':{width}} |"
    for number in range(place.line, end + 1):
        yield f"{number:{width}} | {_shown(lines[number - 1])}".rstrip()
        if caret and number == place.line:
            yield f"{'':{width}} | {_underline(lines[number - 1], place)}"
    if caret and end < place.end_line:
        yield f"{'':{width}} | ..."


def _shown(line: str) -> str:
    line = printable(line.rstrip().expandtabs(4))
    return line if len(line) <= MOST_COLUMNS else f"{line[: MOST_COLUMNS - 3]}..."


def _underline(line: str, place: Place) -> str:
    """Carets under the place, as far as its first line goes."""
    line = line.rstrip()
    stop = place.end_column - 1 if place.end_line == place.line else len(line)
    start = _width(line[: place.column - 1])
    length = max(1, _width(line[:stop]) - start)
    if start >= MOST_COLUMNS:
        return f"(from column {place.column})"
    return " " * start + "^" * min(length, MOST_COLUMNS - start)


def _width(text: str) -> int:
    """Columns that the shown text takes on a terminal: wide characters take two."""
    text = printable(text.expandtabs(4))
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)
