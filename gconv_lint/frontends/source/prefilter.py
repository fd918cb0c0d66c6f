"""Decides from a file's bytes whether it can hold anything that the rules are about."""

from __future__ import annotations

import re

_GROUPS = re.compile(rb"\bgroups?\s*=")
#: Plain substring searches: an alternation in one pattern costs ten times as much as all of them.
_WORDS = (b"epthwise", b"epthWise", b"depth_wise", b"eparableConv", b"hannel_shuffle", b"hannelShuffle")


def may_matter(data: bytes) -> bool:
    """Whether a file is worth parsing: it speaks of torch's convolutions, and of groups or what stands for them."""
    if b"onv" not in data or b"orch" not in data:
        return False
    return (b"group" in data and _GROUPS.search(data) is not None) or any(word in data for word in _WORDS)
