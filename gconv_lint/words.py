"""Says which allowed word was probably meant by one that is not allowed."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(word: str, words: Iterable[str]) -> str:
    """`` (did you mean `x`?)`` with the closest of ``words`` in any case, or nothing when none is close."""
    from difflib import get_close_matches

    folded = {candidate.casefold(): candidate for candidate in words}
    close = get_close_matches(word.casefold(), folded, n=1, cutoff=0.5)
    return f" (did you mean `{folded[close[0]]}`?)" if close else ""
