"""Places, in characters from 1, as ranges of the protocol, in units that the editor chose, and back."""

from __future__ import annotations

from collections.abc import Sequence

from lsprotocol import types
from pygls.workspace import PositionCodec

from gconv_lint.model.places import Place


class Positions:
    """Positions in one text: a form feed ends no line, neither for Python nor for the protocol."""

    def __init__(self, lines: Sequence[str], codec: PositionCodec) -> None:
        self._lines = lines
        self._codec = codec

    def range(self, place: Place) -> types.Range:
        """The range of a place."""
        return types.Range(
            start=self.position(place.line, place.column), end=self.position(place.end_line, place.end_column)
        )

    def position(self, line: int, column: int) -> types.Position:
        """The position of a line and a column; what lies behind the text is left as it is."""
        text = self._lines[line - 1] if 0 < line <= len(self._lines) else ""
        before = self._codec.client_num_units(text[: column - 1]) + max(0, column - 1 - len(text))
        return types.Position(line=max(0, line - 1), character=before)

    def line_and_column(self, position: types.Position) -> tuple[int, int]:
        """The line and the column, from 1, of a position; one within a character is that of the character."""
        text = self._lines[position.line] if position.line < len(self._lines) else ""
        units = 0
        for column, character in enumerate(text, 1):
            units += self._codec.client_num_units(character)
            if units > position.character:
                return position.line + 1, column
        return position.line + 1, len(text) + 1
