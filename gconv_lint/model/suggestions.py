"""What could stand in place of a flagged layer, and what the model becomes with it."""

from __future__ import annotations

from typing import NamedTuple

from gconv_lint.model.findings import Finding
from gconv_lint.model.summary import Field, Totals
from gconv_lint.model.targets import Alteration


class Standing(NamedTuple):
    """What a run of a model showed: its totals, and how the flagged layer stands in it.

    ``group_width`` is that of the layer, ``field`` its channel receptive field: the fewest channels that an output of
    it depends on, of those that the flagged row of convolutions reads, or else the model. ``parts`` counts the sets of
    channels that exchange nothing between input and output of the model, ``None`` where that is not understood.
    """

    totals: Totals
    group_width: int | None
    field: Field | None
    parts: int | None


class Suggestion(NamedTuple):
    """A model that was run with an alteration.

    ``mends`` says whether the finding is gone, ``new`` has the codes of findings that came instead.
    """

    alteration: Alteration
    after: Standing
    mends: bool
    new: tuple[str, ...] = ()


class Advice(NamedTuple):
    """A finding with the layers that its line makes, what would mend it, and how many ideas were over the budget.

    ``before`` is the model as it is.
    """

    finding: Finding
    layers: tuple[str, ...]
    before: Standing
    suggestions: tuple[Suggestion, ...] = ()
    over_budget: int = 0
