"""Jupyter notebooks as Python text: the code cells one after the other, and which line is of which cell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from gconv_lint.model.places import Place

ENDING = ".ipynb"
#: Stands above each cell of the text, with the cell's number among all cells of the notebook, from 1.
MARK = "# ---- notebook cell {} ----"
_MARK = re.compile(r"# ---- notebook cell (\d+) ----")
#: Cell magics whose cell is Python all the same.
_PYTHON = re.compile(r"%%(?:capture|prun|python3?|time|timeit)\b")
_MAGIC = re.compile(r"(?P<indent>\s*)(?:[%!?]|\w[\w.]*\?{1,2}\s*$)")
#: Texts and comments, within which brackets are none.
_TEXT = re.compile(r"\"[^\"]*\"|'[^']*'|#.*")
_ASSIGNED = re.compile(r"(?P<target>\s*\w[\w, ]*=\s*)[%!]")


class NotebookError(ValueError):
    """A file that is no notebook; the message is one clear sentence."""


def python_of(path: str, data: bytes) -> bytes:
    """The Python text of a file with the bytes ``data``. Raises ``NotebookError``."""
    return as_python(data) if path.endswith(ENDING) else data


def as_python(data: bytes) -> bytes:
    """The code cells as one Python file, each below its mark; magics become statements that do nothing.

    Raises ``NotebookError`` for what is no notebook.
    """
    import json

    try:
        notebook = json.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise NotebookError(f"is no notebook: {error}") from None
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list):
        raise NotebookError("is no notebook: it has no `cells`")
    texts = _texts(cells) if _is_python(notebook) else ()
    return "".join(f"{MARK.format(number)}\n{text}\n" for number, text in texts).encode(errors="replace")


def _is_python(notebook: dict[str, Any]) -> bool:
    metadata = notebook.get("metadata")
    if not isinstance(metadata, dict):
        return True
    info, kernel = metadata.get("language_info"), metadata.get("kernelspec")
    names = [d.get(key) for d, key in ((info, "name"), (kernel, "language")) if isinstance(d, dict)]
    return str(next((name for name in names if name), "python")).lower() in ("python", "python3", "ipython")


def _texts(cells: Iterable[Any]) -> Iterator[tuple[int, str]]:
    for number, cell in enumerate(cells, 1):
        if isinstance(cell, dict) and cell.get("cell_type") == "code":
            source = cell.get("source", "")
            text = "".join(map(str, source)) if isinstance(source, list) else str(source)
            if text.strip():
                yield number, _without_magics(text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n"))


def _without_magics(text: str) -> str:
    """The text of a cell with as many lines, and none that only IPython understands."""
    if not any(sign in text for sign in "%!?"):
        return text
    import ast

    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        first = next(line for line in text.split("\n") if line.strip())
        if first.startswith("%%") and not _PYTHON.match(first):
            return "\n" * text.count("\n")
        return "\n".join(_plain(text.split("\n")))
    return text


def _plain(lines: Iterable[str]) -> Iterator[str]:
    magic_goes_on, depth, goes_on = False, 0, False
    for line in lines:
        found, assigned = _MAGIC.match(line), _ASSIGNED.match(line)
        if magic_goes_on:
            magic_goes_on = line.endswith("\\")
            yield ""
        elif (found is None and assigned is None) or depth > 0 or goes_on:
            bare = _TEXT.sub("", line)
            depth = max(0, depth + sum(map(bare.count, "([{")) - sum(map(bare.count, ")]}")))
            goes_on = line.endswith("\\")
            yield line
        else:
            magic_goes_on = line.endswith("\\")
            yield f"{found['indent']}pass" if found is not None else _ASSIGNED.sub(r"\g<target>get_ipython()  # ", line)


class Cells:
    """The cells of a notebook's text."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        self._marks = [n for n, line in enumerate(self._lines, 1) if _MARK.fullmatch(line)]

    def _mark(self, line: int) -> int:
        return max((mark for mark in self._marks if mark < line), default=0)

    def position(self, line: int) -> tuple[int | None, int]:
        """The number of the cell that a line is in, and the number of the line within it."""
        mark = self._mark(line)
        return (int(_MARK.fullmatch(self._lines[mark - 1])[1]), line - mark) if mark else (None, line)  # type: ignore[index]

    def place(self, place: Place) -> Place:
        """The place within its cell."""
        cell, line = self.position(place.line)
        return place._replace(line=line, end_line=line + place.end_line - place.line, cell=cell)

    def texts(self) -> Iterator[tuple[int, str]]:
        """Each cell's number and text."""
        for mark, following in zip(self._marks, [*self._marks[1:], len(self._lines)], strict=False):
            cell, _ = self.position(mark + 1)
            yield cell or 0, "\n".join(self._lines[mark : following - 1])
