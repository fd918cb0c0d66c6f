"""Places in source text."""

from __future__ import annotations

from typing import NamedTuple


class Place(NamedTuple):
    """A range of characters in one file: lines and columns count from 1, the end is exclusive."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int

    def covers(self, line: int) -> bool:
        """Whether any part of the range lies on ``line``."""
        return self.line <= line <= self.end_line


class Related(NamedTuple):
    """A second place that explains a finding."""

    message: str
    place: Place
