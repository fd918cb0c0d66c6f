"""Places in source text."""

from __future__ import annotations

from typing import NamedTuple


class Place(NamedTuple):
    """A range of characters in one file, or in one cell of a notebook: lines and columns count from 1.

    The end is exclusive. Cells count from 1 among all cells of a notebook; ``None`` is a plain file.
    """

    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    cell: int | None = None

    @property
    def source(self) -> str:
        """What the lines are counted in: the file, or one cell of it."""
        return self.path if self.cell is None else f"{self.path}:cell {self.cell}"

    def covers(self, line: int) -> bool:
        """Whether any part of the range lies on ``line``."""
        return self.line <= line <= self.end_line


class Related(NamedTuple):
    """A second place that explains a finding."""

    message: str
    place: Place
