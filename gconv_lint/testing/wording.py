"""The words of failed assertions: long sets as ranges, long lists cut short."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

#: So many parts, or lines, are named; what is left out is counted.
MOST = 8


def ranges(numbers: Iterable[int]) -> str:
    """``0-3, 8, 12-15`` for ascending numbers."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][1] + 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    texts = [str(first) if first == last else f"{first}-{last}" for first, last in parts]
    return ", ".join(cut(texts, "more"))


def cut(texts: Sequence[str], what: str) -> Iterator[str]:
    """The first of some texts, and how many ``what`` there are beyond those."""
    yield from texts[:MOST]
    if len(texts) > MOST:
        yield f"and {len(texts) - MOST} {what}"


def members(sources: int) -> list[int]:
    """The numbers in a bitset, ascending."""
    return [number for number in range(sources.bit_length()) if sources >> number & 1]


def plural(numbers: Sequence[int], word: str) -> str:
    """``channel 3``, ``channels 0-3``."""
    return f"{word}{'s' if len(numbers) > 1 else ''} {ranges(numbers)}"


def listed(head: str, lines: Sequence[str]) -> str:
    """A sentence with lines below it."""
    return "\n".join([head, *(f"  {line}" for line in lines)])
