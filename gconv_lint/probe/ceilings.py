"""The rates that a GPU reaches at best: a copy of memory, and a large matrix multiplication for each type of numbers.

The copy is our own kernel; the matrices are multiplied by PyTorch, and are left out where that is not here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from gconv_lint.model.devices import Ceilings, Device
from gconv_lint.probe import launch, library
from gconv_lint.probe.kernels import movers
from gconv_lint.probe.samples import Sample, median
from gconv_lint.probe.sampling import sample

#: Bytes of one copy, and rows of the square matrices: far more than any cache holds.
COPIED, ROWS = 1 << 30, 8192


def measured(device: Device) -> Ceilings:
    """The ceilings of the GPU of this machine, in bytes and FLOP a second."""
    copy = _middle(_copy())
    flops = dict(_multiplied(device)) if library.available() else {}
    return Ceilings(2 * COPIED / copy * 1e6, flops)


def _middle(run: Callable[[], Sample]) -> float:
    return median([each.us for each in sample({"": run})[""]])


def _copy() -> Callable[[], Sample]:
    """Our own copy: one read and one write of each byte."""
    import cupy
    import numpy

    spec = movers.copy(COPIED)
    kernel = launch.compiled(spec)
    numbers = numpy.random.default_rng(0).standard_normal(1 << 20, dtype=numpy.float32)
    source = cupy.array(numpy.tile(numbers, COPIED // numbers.nbytes))
    target = cupy.zeros_like(source)
    kernel(spec.grid, spec.block, (source, target))
    if not bool((source == target).all()):
        raise launch.KernelError("the copy is wrong")
    return _timed(cupy, lambda: kernel(spec.grid, spec.block, (source, target)))


def _timed(cupy: Any, work: Callable[[], object]) -> Callable[[], Sample]:
    start, end = cupy.cuda.Event(), cupy.cuda.Event()

    def once() -> Sample:
        start.record()
        work()
        end.record()
        end.synchronize()
        return Sample(1e3 * cupy.cuda.get_elapsed_time(start, end))

    return once


def _multiplied(device: Device) -> Iterator[tuple[str, float]]:
    for dtype in device.flops:
        yield dtype, 2 * ROWS**3 / _middle(library.multiplication(ROWS, dtype)) * 1e6
