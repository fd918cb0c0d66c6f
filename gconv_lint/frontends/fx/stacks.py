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

    def here(self, depth: int = MAX_DEPTH) -> int:
        """The number of the chain of calls that leads here, with its ``depth`` innermost calls."""
        chain = tuple(self._number(spot) for spot in islice(self._spots(sys._getframe(1)), depth))
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

    def _spots(self, frame: FrameType | None) -> Iterator[Spot]:
        while frame is not None:
            if not frame.f_code.co_filename.startswith(self._skipped):
                yield _spot(frame.f_code, frame.f_lasti) or _line(frame)
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
