"""The sections of a check of a GPU: the sweep over group widths, and what others published."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from bench.gpu import published
from bench.gpu.timing import Clock, Timed, Work, timed
from bench.tables import table
from gconv_lint.costs.times import kind_of
from gconv_lint.probe import sweep
from gconv_lint.probe.bench import Bench

#: Types and layouts of the sweep, the most wanted first: time may not suffice for all of them.
WAYS = (
    *(("fp16", "nhwc"), ("fp16", "nchw"), ("fp32", "nhwc"), ("fp32", "nchw")),
    *(("bf16", "nhwc"), ("tf32", "nhwc"), ("bf16", "nchw"), ("tf32", "nchw")),
)


def swept(bench: Bench, clock: Clock) -> list[Timed]:
    """Every group width, type and layout, as far as the time suffices."""
    return list(timed(bench, _sweep(), clock))


def _sweep() -> Work:
    return ((kind_of(shape), shape, *way) for way in WAYS for shape in sweep.shapes())


def shufflenet_v2(bench: Bench, clock: Clock) -> list[Timed]:
    """The layers of ShuffleNet v2's table 2."""
    work = (
        (f"g={groups} x{width}", published.shufflenet_v2(groups, width), "fp32", "nchw")
        for width in published.WIDTHS
        for groups in published.SHUFFLENET_V2
    )
    return list(timed(bench, work, clock))


def replknet(bench: Bench, clock: Clock) -> list[Timed]:
    """The layers of RepLKNet's table 1."""
    work = ((f"K={kernel}", published.replknet(kernel), "fp32", "nchw") for kernel in published.REPLKNET)
    return list(timed(bench, work, clock))


def reports(bench: Bench, clock: Clock) -> list[Timed]:
    """The shapes that threads report as slow."""
    return list(timed(bench, published.reports(), clock))


def in_order(found: Sequence[Timed]) -> bool | None:
    """Whether the library gets slower with the groups, as ShuffleNet v2 measured; ``None`` where it was not timed."""
    times = [each.library_us for each in found if each.name.endswith("x1")]
    known = [time for time in times if time is not None]
    if len(known) < len(published.SHUFFLENET_V2):
        return None
    return all(first <= second for first, second in pairwise(known))


def rows(found: Sequence[Timed], copy_share: float) -> str:
    """A table of times; shares are those of the floor, at the measured bandwidth of a copy."""
    header = ("layer", "shape", "type", "floor us", "PyTorch us", "of floor", "own kernel us", "of floor")
    return table(header, _cells(found, copy_share))


def _cells(found: Sequence[Timed], copy_share: float) -> Iterator[tuple[str, ...]]:
    for each in found:
        floor = each.floor_us / copy_share if each.floor_us is not None else None
        shares = (_share(floor, time) for time in (each.library_us, each.kernel_us))
        way = f"{each.dtype} {each.layout}"
        times = (_number(each.library_us), next(shares), _number(each.kernel_us), next(shares))
        yield each.name, str(each.shape), way, _number(floor), *times


def _number(time: float | None) -> str:
    return "-" if time is None else f"{time:.1f}"


def _share(floor: float | None, time: float | None) -> str:
    return "-" if floor is None or time is None else f"{100 * floor / time:.0f} %"
