"""What a layer costs on a device, measured or estimated, and what that says of a finding."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from gconv_lint.model.places import Place
from gconv_lint.model.shapes import ConvShape


class Verdict(str, Enum):
    """Whether something else was measured to be faster than the layer, nothing was, or that cannot be said."""

    CONFIRMED = "CONFIRMED"
    REFUTED = "REFUTED"
    INCONCLUSIVE = "INCONCLUSIVE"


class Source(str, Enum):
    """Where the times come from: a GPU, or the cost model."""

    MEASURED = "measured"
    ESTIMATE = "estimate"


class Evidence(NamedTuple):
    """Times of one layer in microseconds, ``None`` for what was not timed.

    ``floor_us`` is a bound by the datasheet. ``measured_us`` is what PyTorch takes, or our own kernel where there is no
    torch; ``kernel_us`` is our own kernel; an estimate has ``estimate_us`` and neither of these. ``dense_us`` and
    ``fix_us`` are times of the same source, of the layer with one group and with those of the suggestion.
    """

    device: str
    dtype: str
    layout: str
    floor_us: float
    verdict: Verdict
    reason: str
    source: Source
    measured_us: float | None = None
    estimate_us: float | None = None
    kernel_us: float | None = None
    dense_us: float | None = None
    fix_us: float | None = None
    #: whether the dense one was measured to be faster by more than the times scatter
    dense_faster: bool = False

    @property
    def time_us(self) -> float | None:
        """What the layer takes, by the source of this evidence."""
        return self.measured_us if self.source is Source.MEASURED else self.estimate_us

    @property
    def of_floor(self) -> float | None:
        """The part of the layer's time that no kernel could save."""
        return self.floor_us / self.time_us if self.time_us else None


class Regrouping(NamedTuple):
    """Other groups for a layer: how many times faster, and how many times the parameters, of the model where these are
    known (``of_model``) or else of the layer.
    """

    before: int
    after: int
    speedup: float
    params: float
    of_model: bool


class ProbeRow(NamedTuple):
    """One layer as it was timed; ``codes`` are those of the rules that flag it."""

    layer: str
    place: Place | None
    codes: tuple[str, ...]
    shape: ConvShape
    evidence: Evidence
    suggestion: Regrouping | None = None


class Probed(NamedTuple):
    """The rows of a run on one device; ``unknown`` counts layers whose shape is not known, ``notes`` say what to do."""

    device: str
    title: str
    source: Source
    rows: tuple[ProbeRow, ...] = ()
    unknown: int = 0
    notes: tuple[str, ...] = ()
