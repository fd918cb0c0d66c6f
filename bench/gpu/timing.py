"""Times single shapes on a bench, until the time that a check may take is over."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from gconv_lint.costs.times import floor_us
from gconv_lint.model.shapes import ConvShape
from gconv_lint.probe.bench import Bench
from gconv_lint.probe.samples import median
from gconv_lint.probe.sampling import sample


class Clock(NamedTuple):
    """When a check has to end, in seconds of ``time.monotonic``."""

    end: float

    @property
    def over(self) -> bool:
        """Whether no more time is left."""
        return time.monotonic() >= self.end


class Timed(NamedTuple):
    """A shape with its floor and the medians of what computed it, in microseconds; ``None`` for what could not."""

    name: str
    shape: ConvShape
    dtype: str
    layout: str
    floor_us: float | None
    library_us: float | None
    kernel_us: float | None

    def data(self) -> dict[str, Any]:
        """As plain data."""
        return {**self._asdict(), "shape": self.shape._asdict()}


Work = Iterable[tuple[str, ConvShape, str, str]]


def timed(bench: Bench, work: Work, clock: Clock) -> Iterator[Timed]:
    """The times of named shapes in a type and a layout; what the clock leaves no time for is left out."""
    for name, shape, dtype, layout in work:
        if clock.over:
            return
        floor = floor_us(shape, bench.device, dtype)
        if floor is None:
            continue
        own = shape.groups
        with bench.contenders({own: shape}, own, dtype, layout) as contenders:
            found = (
                {by: median([each.us for each in samples]) for by, samples in sample(contenders).items()}
                if contenders
                else {}
            )
        yield Timed(name, shape, dtype, layout, floor, found.get(f"library {own}"), found.get(f"kernel {own}"))
