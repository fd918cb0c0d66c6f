"""One parsed file as the detectors see it: places, text, scopes by line and text searches."""

from __future__ import annotations

import ast
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property

from gconv_lint.frontends.source.constructs.imports import ImportedNames
from gconv_lint.frontends.source.constructs.outline import Outline, Scope
from gconv_lint.frontends.source.walking import walk
from gconv_lint.model.constructs import Construct
from gconv_lint.model.layers import Value
from gconv_lint.model.places import Place

MAX_TEXT = 120

_BLOCKS = (
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.If, ast.For, ast.AsyncFor, ast.While, ast.With),
    *(ast.AsyncWith, ast.Try, ast.ExceptHandler, ast.Match, ast.match_case, getattr(ast, "TryStar", ast.Try)),
)


class SourceFile:
    """A module's tree, lines (as ``ast`` counts them, without their ends) and outline."""

    names: ImportedNames

    def __init__(self, tree: ast.Module, path: str, lines: Sequence[str], names: ImportedNames | None = None) -> None:
        self.tree = tree
        self.path = path
        self.lines = lines
        self.text = "\n".join(lines)
        self.outline = Outline(tree)
        self.names = names or self.outline.names

    def construct(self, kind: str, node: ast.AST, **values: Value) -> Construct:
        """A construct placed at ``node``; values that are ``None`` are unknown and left out."""
        known = {name: value for name, value in values.items() if value is not None}
        return Construct(kind=kind, place=self.place(node), values=known)

    def place(self, node: ast.AST) -> Place:
        """The place of a node; columns become characters here, ``ast`` has them in UTF-8 bytes."""
        line, column, end_line, end_column = _range(node)
        return Place(
            path=self.path,
            line=line,
            column=self._characters(line, column) + 1,
            end_line=end_line,
            end_column=self._characters(end_line, end_column) + 1,
        )

    def header(self, scope: Scope) -> Place:
        """The place of the name in a ``def`` or ``class`` statement."""
        start = self.place(scope.node)
        column = self._line(start.line).find(scope.name, start.column) + 1 or start.column
        return Place(
            path=self.path, line=start.line, column=column, end_line=start.line, end_column=column + len(scope.name)
        )

    def code(self, node: ast.AST) -> str:
        """The source of an expression on one line, shortened."""
        text = self._quote(node)
        return text if len(text) <= MAX_TEXT else f"{text[: MAX_TEXT - 3]}..."

    def same(self, a: ast.AST, b: ast.AST) -> bool:
        """Whether two expressions are written the same, white space aside."""
        return self.bare(a) == self.bare(b)

    def bare(self, node: ast.AST) -> str:
        """The source of an expression without white space."""
        return "".join(self._quote(node).split())

    def _quote(self, node: ast.AST) -> str:
        # The lines are quoted because ast.unparse recurses, and deep expressions would exhaust the stack.
        line, column, end_line, end_column = _range(node)
        rows = [self._line(number) for number in range(line, end_line + 1)]
        rows[-1] = rows[-1][: self._characters(end_line, end_column)]
        rows[0] = rows[0][self._characters(line, column) :]
        return " ".join(" ".join(rows).split())

    def lines_with(self, *literals: str, then: re.Pattern[str] | None = None) -> list[int]:
        """The lines, ascending, on which one of the texts starts (and ``then`` matches right behind it).

        Literal searches come first as they run at the speed of memory; patterns without a literal head do not.
        """
        found: set[int] = set()
        for literal in literals:
            found.update(self._lines_with(literal, then))
        return sorted(found)

    def _lines_with(self, literal: str, then: re.Pattern[str] | None) -> Iterator[int]:
        text, line, last = self.text, 1, 0
        start = text.find(literal)
        while start >= 0:
            end = start + len(literal)
            if then is None or then.match(text, end):
                line += text.count("\n", last, start)
                last = start
                yield line
            start = text.find(literal, end)

    def function_at(self, line: int) -> Scope | None:
        """The innermost function whose body or header has ``line``."""
        return self._innermost(line, False)

    def class_at(self, line: int) -> Scope | None:
        """The innermost class whose body or header has ``line``."""
        return self._innermost(line, True)

    def _innermost(self, line: int, is_class: bool) -> Scope | None:
        # What has the line is the last scope to start before it, or one around that: scopes nest.
        index = bisect_right(self._scope_starts, line) - 1
        scope = self.outline.scopes[index] if index >= 0 else None
        while scope is not None and (scope.is_class != is_class or scope.node.end_lineno < line):
            scope = scope.parent
        return scope

    def calls_on(self, lines: Sequence[int]) -> Iterator[ast.Call]:
        """The calls in the simple statements, and the headers of blocks, that have one of ``lines`` (ascending)."""
        pending: list[ast.AST] = [self.tree] if lines else []
        while pending:
            for child in ast.iter_child_nodes(pending.pop()):
                if not _on_any(child, lines):
                    continue
                if isinstance(child, _BLOCKS):
                    pending.append(child)
                else:
                    yield from (node for node in walk(child) if isinstance(node, ast.Call))

    @cached_property
    def _scope_starts(self) -> list[int]:
        return [scope.node.lineno for scope in self.outline.scopes]

    def _line(self, number: int) -> str:
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""

    def _characters(self, line: int, column: int) -> int:
        text = self._line(line)
        if text.isascii():
            return column
        return len(text.encode("utf-8", "replace")[:column].decode("utf-8", "replace"))


def _range(node: ast.AST) -> tuple[int, int, int, int]:
    line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0)
    return line, column, getattr(node, "end_lineno", None) or line, getattr(node, "end_col_offset", None) or column


def _on_any(node: ast.AST, lines: Sequence[int]) -> bool:
    """Whether a node that has a range, or a ``case`` by its body, has one of the ascending ``lines``."""
    if isinstance(node, ast.match_case):
        first, last = node.pattern.lineno, node.body[-1].end_lineno
    else:
        first, last = getattr(node, "lineno", 0), getattr(node, "end_lineno", 0)
    index = bisect_left(lines, first)
    return index < len(lines) and lines[index] <= (last or 0)
