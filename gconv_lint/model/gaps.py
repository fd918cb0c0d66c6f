"""What a front end could not read."""

from __future__ import annotations

from typing import NamedTuple

from gconv_lint.model.places import Place


class Gap(NamedTuple):
    """Something that a front end could not read, and why: never a crash, never a guess."""

    reason: str
    place: Place | None = None
