"""Files as fixes see them: text with its exact line ends, Python's own tree, and ranges in characters."""

from __future__ import annotations

import ast
import io
import re
import sys
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from functools import cached_property

from gconv_lint.frontends.source.notebooks import ENDING as NOTEBOOK
from gconv_lint.model.fixes import Change
from gconv_lint.model.places import Place

LINE_END = re.compile(r"\r\n|\r|\n")
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_BOM = "\ufeff"


class Unfit(Exception):
    """A file whose text cannot be changed and written back as it is."""


def decode(data: bytes) -> tuple[str, str]:
    """The text of a Python file, line ends as they are, and its encoding.

    Raises ``Unfit`` unless encoding the text again gives the same bytes.
    """
    import tokenize  # takes a while, and only fixes need it

    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        text = data.decode(encoding)
    except (SyntaxError, UnicodeDecodeError, LookupError) as error:
        raise Unfit(f"cannot be decoded: {error}") from None
    if encode(text, encoding) != data:
        raise Unfit(f"does not survive being decoded and encoded as {encoding}")
    return text, encoding


def encode(text: str, encoding: str) -> bytes:
    """The bytes of ``text``. Raises ``Unfit`` where the encoding lacks a character."""
    try:
        return text.encode(encoding)
    except UnicodeEncodeError as error:
        raise Unfit(f"cannot be written as {encoding}: {error}") from None


class Document:
    """One parsed file. Raises ``SyntaxError`` or ``ValueError`` where Python cannot parse it."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self.tree = ast.parse(text.removeprefix(_BOM))
        self._starts = [0, *(match.end() for match in LINE_END.finditer(text))]

    def offset(self, line: int, column: int) -> int:
        """Characters before a line and column that count from 1, as places do."""
        return self._starts[line - 1] + column - 1

    def span(self, node: ast.AST) -> tuple[int, int]:
        """The range of a node; ``ast`` counts its columns in bytes of UTF-8."""
        line, column, end_line, end_column = _range(node)
        return self._characters(line, column), self._characters(end_line, end_column)

    def _characters(self, line: int, column: int) -> int:
        start = self._starts[line - 1]
        text = self.text[start : start + column]
        if line == 1 and text.startswith(_BOM):
            start, text = 1, self.text[1 : 1 + column]
        return start + (column if text.isascii() else len(text.encode()[:column].decode(errors="ignore")))

    def source(self, node: ast.AST) -> str:
        """The text of a node as it is written."""
        start, end = self.span(node)
        return self.text[start:end]

    def place(self, start: int, end: int) -> Place:
        """A range of characters as lines and columns."""
        line, end_line = bisect_right(self._starts, start), bisect_right(self._starts, end)
        column, end_column = start - self._starts[line - 1] + 1, end - self._starts[end_line - 1] + 1
        return Place(self.path, line, column, end_line, end_column)

    def change(self, node: ast.AST, operation: str, *arguments: str) -> Change:
        """An operation on the text of a node."""
        return self.change_range(*self.span(node), operation, *arguments)

    def change_range(self, start: int, end: int, operation: str, *arguments: str) -> Change:
        """An operation on a range of the text."""
        return Change(self.place(start, end), start, end, self.text[start:end], operation, arguments)

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        """The node around each node."""
        return {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}

    @cached_property
    def _calls(self) -> dict[tuple[int, int], ast.Call]:
        inside = _in_f_strings(self.tree)
        return {
            self.span(node): node for node in ast.walk(self.tree) if isinstance(node, ast.Call) and node not in inside
        }

    def call_at(self, place: Place) -> ast.Call | None:
        """The call that takes up exactly the range of ``place``."""
        if place.end_line > len(self._starts):
            return None
        return self._calls.get((self.offset(*place[1:3]), self.offset(*place[3:5])))

    def around(self, node: ast.AST) -> Iterator[ast.AST]:
        """The nodes around ``node``, innermost first."""
        while node in self.parents:
            node = self.parents[node]
            yield node

    def function_of(self, node: ast.AST) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
        """The function whose body has the node."""
        return next((each for each in self.around(node) if isinstance(each, _FUNCTIONS)), None)

    def class_of(self, node: ast.AST) -> ast.ClassDef | None:
        """The innermost class around the node."""
        return next((each for each in self.around(node) if isinstance(each, ast.ClassDef)), None)

    def statement_of(self, node: ast.AST) -> ast.stmt | None:
        """The innermost statement that holds the node."""
        return next((each for each in (node, *self.around(node)) if isinstance(each, ast.stmt)), None)

    @property
    def newline(self) -> str:
        """The line end that the file uses."""
        found = LINE_END.search(self.text)
        return found[0] if found else "\n"

    def indent(self, statement: ast.stmt) -> str | None:
        """The white space before a statement; ``None`` where something else stands there."""
        start, _ = self.span(statement)
        before = self.text[self._starts[bisect_right(self._starts, start) - 1] : start].removeprefix(_BOM)
        return before if not before.strip() else None


def _in_f_strings(tree: ast.AST) -> set[ast.AST]:
    """The nodes whose places are not to be relied on: before Python 3.12, those inside f-strings."""
    if sys.version_info >= (3, 12):
        return set()
    return {each for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for each in ast.walk(node)}


def _range(node: ast.AST) -> tuple[int, int, int, int]:
    line, column, end_line, end_column = (
        getattr(node, name) for name in ("lineno", "col_offset", "end_lineno", "end_col_offset")
    )
    return line, column, end_line, end_column


def on_disk(path: str) -> bytes:
    """The bytes of a file. Raises ``OSError``."""
    with open(path, "rb") as stream:
        return stream.read()


class Documents:
    """The files of a run, each read and parsed when first asked for; ``unsaved`` counts in place of those on disk."""

    def __init__(self, unsaved: Mapping[str, bytes]) -> None:
        self._unsaved = unsaved
        self._known: dict[str, Document | None] = {}

    def get(self, path: str) -> Document | None:
        """The file; ``None`` for what cannot be read, decoded or parsed, and for notebooks, which are never changed."""
        if path not in self._known:
            self._known[path] = None if path.endswith(NOTEBOOK) else self._opened(path)
        return self._known[path]

    def _opened(self, path: str) -> Document | None:
        try:
            data = self._unsaved.get(path)
            return Document(path, decode(on_disk(path) if data is None else data)[0])
        except (OSError, Unfit, SyntaxError, ValueError, RecursionError, MemoryError):
            return None
