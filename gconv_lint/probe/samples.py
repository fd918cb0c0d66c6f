"""What repeated measurements say: their median, how sure it is, and which of two things is faster.

In the manner of NVBench's nvbench-compare: two things differ where the middle halves of their times lie apart, and
those of their clock cycles too, so that a card that changed its clock decides nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from math import ceil, floor, sqrt
from typing import NamedTuple

#: Samples at least and at most, and how wide the 95 % interval of a median may be for these to be enough.
LEAST, MOST, PRECISION = 11, 301, 0.01
#: Medians that differ by less are taken as equal, where the ranges overlap.
EQUAL = 0.02
_Z = 1.96


class Sample(NamedTuple):
    """One measurement: microseconds, and the clock that the multiprocessors ran at, 0 where it is not known."""

    us: float
    mhz: float = 0.0


class Order(str, Enum):
    """How a first thing compares with a second one."""

    FAST = "faster"
    SLOW = "slower"
    SAME = "the same"
    UNCLEAR = "unclear"


def median(values: Sequence[float]) -> float:
    """The middle one, or the mean of the two in the middle."""
    ordered, half = sorted(values), len(values) // 2
    return ordered[half] if len(values) % 2 else (ordered[half - 1] + ordered[half]) / 2


def interval(values: Sequence[float]) -> tuple[float, float]:
    """The 95 % interval of the median, by order statistics: nothing is assumed of the distribution."""
    ordered, number = sorted(values), len(values)
    reach = _Z * sqrt(number) / 2
    low, high = floor((number - 1) / 2 - reach), ceil((number - 1) / 2 + reach)
    return ordered[max(low, 0)], ordered[min(high, number - 1)]


def enough(values: Sequence[float]) -> bool:
    """Whether more samples would tell nothing new: the median is known to one percent, or there are very many."""
    if len(values) < LEAST:
        return False
    low, high = interval(values)
    return len(values) >= MOST or high - low <= PRECISION * median(values)


def compare(first: Sequence[Sample], second: Sequence[Sample]) -> Order:
    """Whether ``first`` takes less time than ``second``, and fewer cycles."""
    verdicts = {_compare([sample.us for sample in first], [sample.us for sample in second])}
    if all(sample.mhz for sample in (*first, *second)):
        verdicts.add(_compare([s.us * s.mhz for s in first], [s.us * s.mhz for s in second]))
    return verdicts.pop() if len(verdicts) == 1 else Order.UNCLEAR


def _compare(first: Sequence[float], second: Sequence[float]) -> Order:
    a, b = _range(first), _range(second)
    ratio = median(first) / median(second)
    if a[1] < b[0] and ratio < 1 - EQUAL:
        return Order.FAST
    if b[1] < a[0] and ratio > 1 + EQUAL:
        return Order.SLOW
    return Order.SAME if abs(ratio - 1) <= EQUAL else Order.UNCLEAR


def _range(values: Sequence[float]) -> tuple[float, float]:
    """The first and the third quartile."""
    ordered, last = sorted(values), len(values) - 1
    return ordered[last // 4], ordered[last - last // 4]
