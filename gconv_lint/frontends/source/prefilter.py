"""Decides from a file's bytes whether it can hold anything that the rules are about."""

from __future__ import annotations

import re

#: Runs over at most this many files read every file that speaks of layers at all.
FEW_FILES = 16
_SMALL = 60_000
#: No letter stands before it; asked first, this would hide the literal that makes the search fast.
_GROUPS = re.compile(rb"group(?<!\wgroup)s?\s*=")
#: Six arguments by position: one more than most calls have, and where ``groups`` is taken for something else.
_POSITIONAL = re.compile(rb"Conv(?:Transpose)?[123]d\((?:[^(),=]*,){5}[^(),=]*[,)]")
#: Plain substring searches: an alternation in one pattern costs ten times as much as all of them.
_WORDS = (b"eparableConv", b"dwconv", b"dw_conv", b'"groups"', b"cardinality")
#: Words by what they share: most files do not even have that.
_RELATED = (
    (b"epth", (b"epthwise", b"epthWise", b"depth_wise")),
    (b"huffle", (b"hannel_shuffle", b"hannelShuffle")),
    (b", -1)", (b".size(1), -1)", b".shape[1], -1)")),
    (b",-1)", (b".size(1),-1)", b".shape[1],-1)")),
)
_LAYERS = (b"torch", b"onv", b"GroupNorm", b"huffle", b".view(", b".reshape(", b".groups")


def may_matter(data: bytes, few: bool = False) -> bool:
    """Whether a file is worth parsing: it speaks of torch's convolutions, and of groups or what stands for them."""
    if few:
        return any(word in data for word in _LAYERS)
    if _GROUPS.search(data) is not None:
        return True
    if b"onv" not in data or b"orch" not in data:
        return False
    return (
        any(word in data for word in _WORDS)
        or any(part in data and any(word in data for word in words) for part, words in _RELATED)
        or (b"GroupNorm(" in data and len(data) <= _SMALL)
        or (b"Conv" in data and _POSITIONAL.search(data) is not None)
    )
