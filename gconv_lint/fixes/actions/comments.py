"""The action on comments that silence nothing: what is idle in them goes, and the comment with its last word."""

from __future__ import annotations

import re

from gconv_lint.fixes.cases import Case, Draft
from gconv_lint.fixes.documents import LINE_END, Document
from gconv_lint.fixes.rewriting import REPLACE


def trim_comment(case: Case) -> Draft | None:
    """Take the ``unused`` words out of the flagged comment."""
    document, place = case.document, case.finding.place
    if document is None:
        return None
    start, end = document.offset(place.line, place.column), document.offset(place.end_line, place.end_column)
    kept = _kept(document.text[start:end], re.findall(r"`([^`]+)`", case.word("unused")))
    if kept:
        return Draft([document.change_range(start, end, REPLACE, kept)])
    return Draft([document.change_range(*_whole(document, start, end), REPLACE, "")])


def _kept(comment: str, idle: list[str]) -> str:
    """The comment without some of its words; nothing where none is left, or where it had none."""
    head, mark, words = re.split(r"([:\[])(?!\s*(?:ignore|file-ignore))", comment, maxsplit=1) if idle else ("", "", "")
    left = [word for word in re.split(r"[\s,\]]+", words) if word and word not in idle]
    if not left:
        return ""
    space = " " if mark == ":" else ""
    return f"{head}{mark}{space}{', '.join(left)}{']' if mark == '[' else ''}"


def _whole(document: Document, start: int, end: int) -> tuple[int, int]:
    """The range of a comment with the white space before it, or its line where it has one of its own."""
    text = document.text
    first = document.offset(document.place(start, start).line, 1)
    if text[first:start].strip():
        return first + len(text[first:start].rstrip()), end
    line_end = LINE_END.match(text, end)
    return first, line_end.end() if line_end else end
