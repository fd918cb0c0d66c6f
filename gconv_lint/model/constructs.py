"""Pieces of source code, other than layers, that rules can be about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from gconv_lint.model.layers import CallSite, Value
from gconv_lint.model.places import Place, Related


class Construct(NamedTuple):
    """A class, function, parameter, assignment or expression with the named values that its kind defines.

    A name that is missing from ``values`` is unknown, and a rule that needs it stays undecided. What a layer graph
    shows has the ``site`` of the layer that it is anchored at.
    """

    kind: str
    place: Place
    values: Mapping[str, Value]
    related: tuple[Related, ...] = ()
    site: CallSite | None = None
