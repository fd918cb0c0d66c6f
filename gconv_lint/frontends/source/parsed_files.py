"""Python files: their text, their syntax tree when somebody asks for it, and where its nodes stand."""

from __future__ import annotations

import ast
import io
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Protocol

from gconv_lint.frontends.source.bodies import body_text, is_known, parse, parse_lean, release
from gconv_lint.frontends.source.reading import MAX_BYTES, decode, narrowed
from gconv_lint.model.places import Place
from gconv_lint.model.report import Problem

if TYPE_CHECKING:
    from gconv_lint.frontends.source.shared_state import SharedState


class Compiled(Protocol):
    """What can be made again when it is needed."""

    def release(self) -> None:
        """Forget it."""


class SourceFile:
    """One Python file: its text, its syntax tree when asked for, and the sentence that says why there is none."""

    __slots__ = (
        "_header",
        "_said",
        "_starts",
        "_state",
        "_tree",
        "compiled",
        "data",
        "is_ascii",
        "lean",
        "name",
        "package",
        "path",
        "problem",
        "read",
        "text",
    )

    def __init__(self, path: str, data: bytes, name: str, package: str) -> None:
        self.path = path
        self.data = data
        self.name = name
        self.package = package
        #: the text of a file that was parsed, narrowed, and how its comments at the top were written
        self.text = self._header = ""
        self.is_ascii = True
        #: whether functions are only parsed when somebody looks into them
        self.lean = False
        self.problem: Problem | None = None
        self._tree: ast.Module | None = None
        #: what the evaluator made of the file's functions
        self.compiled: list[Compiled] = []
        #: functions that were unread and are read now
        self.read: list[ast.AST] = []
        self._starts: array[int] | None = None
        self._state: SharedState | None = None
        self._said: dict[str, bool] | None = None

    def tree(self) -> ast.Module | None:
        """The module's syntax tree, or ``None`` with ``problem`` set."""
        if self._tree is None and self.problem is None:
            self._parse()
        return self._tree

    def _parse(self) -> None:
        if len(self.data) > MAX_BYTES:
            self._fail(f"is longer than {MAX_BYTES:,} bytes, the most that is read")
            return
        try:
            if self.data:
                self.text, self._header = narrowed(decode(self.data))
                self.data = b""
                self.is_ascii = self.text.isascii()
            self._tree = parse_lean(self, self.text) if self.lean else parse(self.text)
        except SyntaxError as error:
            self.refuse(error)
        except UnicodeDecodeError as error:
            self._fail(
                f"cannot be decoded as {error.encoding}: byte {error.object[error.start]:#04x} at offset {error.start}"
            )
        except (ValueError, LookupError) as error:
            self._fail(f"cannot be parsed: {error}")
        except (RecursionError, MemoryError):
            self._fail("cannot be parsed: it is nested too deeply")

    @property
    def written(self) -> str:
        """The text as it is in the file."""
        return self._header + self.text[len(self._header) :] if self._header else self.text

    def forget_tree(self) -> None:
        """Forget the syntax tree, which is parsed again should somebody ask, if the file is one of very many."""
        if self.lean:
            self._tree = None

    def release(self) -> None:
        """Forget what can be made again from the text, if the file is one of very many."""
        if self.lean:
            for code in self.compiled:
                code.release()
            for function in self.read:
                release(function)
            self.compiled.clear()
            self.read.clear()

    def refuse(self, error: SyntaxError) -> None:
        """Note that the text, or the part of it that was parsed last, is no Python."""
        self._fail(f"cannot be parsed: {error.msg}", error.lineno, error.offset)

    def _fail(self, message: str, line: int | None = None, column: int | None = None) -> None:
        self.problem = Problem(path=self.path, message=message, line=line, column=column)

    @property
    def starts(self) -> Sequence[int]:
        """Where each line begins, as the parser counts them, and where the last one ends."""
        if self._starts is None:
            self._starts = array("I", accumulate(map(len, io.StringIO(self.text)), initial=0))
        return self._starts

    @property
    def length(self) -> int:
        """The number of lines."""
        return len(self.starts) - 1

    def between(self, first: int, last: int) -> str:
        """The text of some lines, both counted from 1; nothing behind the end."""
        return self.text[self.starts[min(first - 1, self.length)] : self.starts[min(last, self.length)]]

    @property
    def state(self) -> SharedState:
        """What the text says about the state that it shares."""
        if self._state is None:
            from gconv_lint.frontends.source.shared_state import SharedState  # only the evaluator asks

            self._state = SharedState(self.text)
        return self._state

    def speaks(self, node: ast.AST, words: Sequence[str]) -> bool:
        """Whether any of some words stands in the text of a definition."""
        if self._said is None:
            self._said = {word: word in self.text for word in words}
        words = [word for word in words if self._said.get(word, True)]
        return bool(words) and any(word in self._text_of(node) for word in words)

    def _text_of(self, node: ast.AST) -> str:
        if is_known(node):
            return body_text(node)
        return self.between(getattr(node, "lineno", 1), getattr(node, "end_lineno", 1))

    def place(self, node: ast.AST) -> Place:
        """Where a node stands; the parser's byte columns become character columns."""
        line, end = getattr(node, "lineno", 1), getattr(node, "end_lineno", None)
        end = end or line
        return Place(
            path=self.path,
            line=line,
            column=self._column(line, getattr(node, "col_offset", 0)),
            end_line=end,
            end_column=self._column(end, getattr(node, "end_col_offset", None) or 0),
        )

    def _column(self, line: int, offset: int) -> int:
        if self.is_ascii:
            return offset + 1
        text = self.between(line, line)
        return (offset if text.isascii() else len(text.encode()[:offset].decode(errors="replace"))) + 1

    def segment(self, node: ast.AST) -> str:
        """The source text of a node."""
        place = self.place(node)
        return self.text[
            self.starts[place.line - 1] + place.column - 1 : self.starts[place.end_line - 1] + place.end_column - 1
        ]


class Texts(Mapping[str, str]):
    """The texts of files by path, decoded when somebody asks."""

    __slots__ = ("_files",)

    def __init__(self, files: Iterable[SourceFile]) -> None:
        self._files = {file.path: file for file in files}

    def __getitem__(self, path: str) -> str:
        return self._files[path].written

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)
