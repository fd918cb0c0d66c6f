"""What could stand in place of a flagged layer, and what the model becomes with it."""

from __future__ import annotations

from typing import NamedTuple

from gconv_lint.model.findings import Finding
from gconv_lint.model.summary import Totals
from gconv_lint.model.targets import Alteration


class Suggestion(NamedTuple):
    """A model that was run with an alteration: ``params`` and ``macs`` are differences to the model as it is.

    ``group_width`` is that of the altered layer; ``parts`` counts the sets of channels that exchange nothing between
    input and output, ``None`` where that is not understood. ``mends`` says whether the finding is gone, ``new`` has the
    codes of findings that came instead. ``time_us`` is the estimated difference in microseconds of a forward pass, of
    convolutions and shuffles, ``None`` where sizes are not known.
    """

    alteration: Alteration
    params: int
    macs: int
    totals: Totals
    group_width: int | None
    parts: int | None
    mends: bool
    new: tuple[str, ...] = ()
    time_us: float | None = None


class Advice(NamedTuple):
    """A finding with the layers that its line makes, what would mend it, and how many ideas were over the budget."""

    finding: Finding
    layers: tuple[str, ...]
    suggestions: tuple[Suggestion, ...]
    over_budget: int
