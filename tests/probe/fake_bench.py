"""A bench that tells times instead of measuring them, for tests of everything that is done with times."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from random import Random

from gconv_lint.costs import catalogue
from gconv_lint.model.devices import Ceilings
from gconv_lint.model.shapes import ConvShape
from gconv_lint.probe.samples import Sample
from gconv_lint.probe.sampling import Contender

#: Microseconds of a shape by who computes it: ``library`` or ``kernel``; ``None`` for what cannot be timed.
Times = Callable[[str, ConvShape], "float | None"]


class FakeBench:
    """Gives times with a little noise, and counts how often it was asked for contenders."""

    def __init__(self, times: Times, noise: float = 0.001, identity: str = "NVIDIA H200, as a test has it") -> None:
        self.device, self.identity = catalogue.find("h200"), identity
        self.faults: set[str] = set()
        self.asked = 0
        self._times, self._noise, self._random = times, noise, Random(0)

    def ceilings(self) -> Ceilings:
        return Ceilings(4.3e12, {"fp16": 7.9e14})

    @contextlib.contextmanager
    def contenders(
        self, shapes: Mapping[int, ConvShape], own: int, dtype: str, layout: str
    ) -> Iterator[dict[str, Contender]]:
        self.asked += 1
        found = {
            f"{by} {groups}": self._times(by, shape) for by in ("library", "kernel") for groups, shape in shapes.items()
        }
        yield {name: self._contender(time) for name, time in found.items() if time is not None}

    def _contender(self, time: float) -> Contender:
        return lambda: Sample(time * (1 + self._noise * self._random.gauss(0, 1)), 1980.0)


def by_library(times: Mapping[int, float]) -> Times:
    """Times of the library by groups; nothing else can be timed."""
    return lambda by, shape: times.get(shape.groups) if by == "library" else None
