"""Measures a GPU for the cost model: its ceilings, and how much of the estimated speed PyTorch reaches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from gconv_lint.costs.times import estimate_us, kind_of
from gconv_lint.model.devices import Device, Efficiency
from gconv_lint.model.shapes import ConvShape
from gconv_lint.probe import sweep
from gconv_lint.probe.bench import Bench
from gconv_lint.probe.runs import Ways
from gconv_lint.probe.samples import median
from gconv_lint.probe.sampling import sample


def calibrated(bench: Bench, ways: Ways, watch: Callable[[float], None]) -> Device:
    """The device of the bench with what was measured of it; ``watch`` is told the share that is done."""
    device = bench.device._replace(ceilings=bench.ceilings(), efficiencies=(), calibrated=date.today().isoformat())
    return device._replace(efficiencies=tuple(_efficiencies(bench, device, ways, watch)))


def _efficiencies(bench: Bench, device: Device, ways: Ways, watch: Callable[[float], None]) -> Iterator[Efficiency]:
    possible = [way for way in ways.each() if device.peak(way[0]) is not None]
    work = [(shape, dtype, layout) for dtype, layout in possible for shape in sweep.shapes()]
    for done, (shape, dtype, layout) in enumerate(work):
        time = _time(bench, shape, dtype, layout)
        estimate = estimate_us(shape, device, dtype, layout)
        if time is not None and estimate is not None:
            yield Efficiency(dtype, layout, kind_of(shape), shape.group_width, round(estimate / time, 4))
        watch((done + 1) / len(work))


def _time(bench: Bench, shape: ConvShape, dtype: str, layout: str) -> float | None:
    """Microseconds that PyTorch takes; ``None`` where it is not here or cannot run the shape."""
    with bench.contenders({shape.groups: shape}, shape.groups, dtype, layout) as contenders:
        ours = {name: run for name, run in contenders.items() if name.startswith("library")}
        found = sample(ours)
    return next((median([each.us for each in samples]) for samples in found.values()), None)
