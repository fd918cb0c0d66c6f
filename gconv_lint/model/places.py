"""Places in source text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Place:
    """A range of characters in one file: lines and columns count from 1, the end is exclusive."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int

    def covers(self, line: int) -> bool:
        """Whether any part of the range lies on ``line``."""
        return self.line <= line <= self.end_line


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """A second place that explains a finding."""

    message: str
    place: Place
