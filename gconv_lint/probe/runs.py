"""A run over layers: each is measured on a bench, or estimated where there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from gconv_lint.model.devices import Device
from gconv_lint.model.evidence import ProbeRow
from gconv_lint.probe import rows
from gconv_lint.probe.bench import Bench
from gconv_lint.probe.contests import Case, alternatives
from gconv_lint.probe.results import Results, Samples
from gconv_lint.probe.sampling import sample


class Ways(NamedTuple):
    """In which types of numbers and layouts layers are timed."""

    dtypes: tuple[str, ...]
    layouts: tuple[str, ...]

    def each(self) -> Iterator[tuple[str, str]]:
        """Every type in every layout."""
        return ((dtype, layout) for dtype in self.dtypes for layout in self.layouts)


def estimate(cases: Sequence[Case], device: Device, ways: Ways) -> list[ProbeRow]:
    """The rows of all layers by the cost model."""
    found = (rows.estimated(case, device, *way) for case in cases for way in ways.each())
    return [row for row in found if row is not None]


def measure(
    cases: Sequence[Case], bench: Bench, ways: Ways, results: Results, watch: Callable[[float], None]
) -> list[ProbeRow]:
    """The rows of all layers by measurements; ``watch`` is told the share that is done. Equal shapes are timed once."""
    work = [(case, dtype, layout) for case in cases for dtype, layout in ways.each()]
    found: list[ProbeRow | None] = []
    for done, (case, dtype, layout) in enumerate(work):
        samples = _samples(case, bench, dtype, layout, results)
        found.append(rows.measured(case, bench.device, dtype, layout, samples))
        watch((done + 1) / len(work))
    return [row for row in found if row is not None]


def _samples(case: Case, bench: Bench, dtype: str, layout: str, results: Results) -> Samples:
    shapes = {case.shape.groups: case.shape, **alternatives(case.shape, case.wanted)}
    known = results.load(shapes, dtype, layout)
    if known is not None:
        return known
    faults = len(bench.faults)
    try:
        with bench.contenders(shapes, case.shape.groups, dtype, layout) as contenders:
            samples = sample(contenders) if contenders else {}
    except (RuntimeError, MemoryError) as error:  # CUDA's own errors, and CuPy's for memory
        bench.faults.add(f"{case.shape}: {str(error).strip().partition(chr(10))[0]}")
        return {}
    if len(bench.faults) == faults:  # what failed may succeed another time
        results.store(shapes, dtype, layout, samples)
    return samples
