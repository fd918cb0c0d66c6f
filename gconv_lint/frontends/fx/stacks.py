"""Notes where code under test stands: chains of calls as plain numbers and texts."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice
from types import CodeType, FrameType
from typing import NamedTuple

#: Deeper chains than this are cut at their outer end.
MAX_DEPTH = 100
#: Whether a position in the code tells a range in the text; else what a frame's object is counts, too.
_KNOWS_RANGES = sys.version_info >= (3, 11)


class Spot(NamedTuple):
    """A call that is going on: its file, the function that it stands in, and its range, lines from 1, bytes from 0.

    Python 3.10 knows the line alone; the rest is -1 then, and ``owner`` is the class of the object whose method runs.
    """

    path: str
    function: str
    line: int
    end_line: int = -1
    column: int = -1
    end_column: int = -1
    owner: str = ""


class Stacks:
    """Chains of calls, innermost first, each kept once; code below the ``skipped`` folders is left out."""

    def __init__(self, skipped: Sequence[str]) -> None:
        self.spots: list[Spot] = []
        self.chains: list[tuple[int, ...]] = []
        self._skipped = (*skipped, "<frozen ", "<string>")
        self._spot_numbers: dict[Spot, int] = {}
        self._chain_numbers: dict[tuple[int, ...], int] = {}
        self._left_out: dict[str, bool] = {}
        #: Where frames stand, as numbers that are quick to compare -> the chain; and what keeps these numbers theirs.
        self._seen: dict[tuple[int, ...], int] = {}
        self._codes: list[CodeType] = []

    def here(self, depth: int = MAX_DEPTH) -> int:
        """The number of the chain of calls that leads here, with its ``depth`` innermost calls."""
        frames = list(islice(self._frames(sys._getframe(1)), depth))
        key = tuple([number for frame in frames for number in (id(frame.f_code), frame.f_lasti)])
        number = self._seen.get(key) if _KNOWS_RANGES else None
        if number is None:
            self._codes.extend(frame.f_code for frame in frames)
            number = self._seen[key] = self._chain(frames)
        return number

    def _chain(self, frames: Sequence[FrameType]) -> int:
        chain = tuple(self._number(_spot(frame.f_code, frame.f_lasti) or _line(frame)) for frame in frames)
        known = self._chain_numbers.get(chain)
        if known is None:
            known = self._chain_numbers[chain] = len(self.chains)
            self.chains.append(chain)
        return known

    def _number(self, spot: Spot) -> int:
        known = self._spot_numbers.get(spot)
        if known is None:
            known = self._spot_numbers[spot] = len(self.spots)
            self.spots.append(spot)
        return known

    def _frames(self, frame: FrameType | None) -> Iterator[FrameType]:
        while frame is not None:
            path = frame.f_code.co_filename
            left_out = self._left_out.get(path)
            if left_out is None:
                left_out = self._left_out[path] = path.startswith(self._skipped)
            if not left_out:
                yield frame
            frame = frame.f_back


@lru_cache(maxsize=4096)
def _spot(code: CodeType, instruction: int) -> Spot | None:
    """The range of an instruction, where Python knows it."""
    if sys.version_info >= (3, 11):
        start, end, column, end_column = next(islice(code.co_positions(), instruction // 2, None))
        if start is not None and end is not None and column is not None and end_column is not None:
            return Spot(code.co_filename, code.co_name, start, end, column, end_column)
    return None


def _line(frame: FrameType) -> Spot:
    owner = type(frame.f_locals["self"]).__name__ if "self" in frame.f_locals else ""
    return Spot(frame.f_code.co_filename, frame.f_code.co_name, frame.f_lineno, owner=owner)
