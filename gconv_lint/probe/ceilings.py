"""The rates that a GPU reaches at best: a copy of memory, and arithmetic for each type of numbers.

The copy is our own kernel; for arithmetic the better one of our own kernels and of PyTorch counts, where that is here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from gconv_lint.model.devices import Ceilings, Device
from gconv_lint.probe import events, launch, library
from gconv_lint.probe.kernels import movers, peaks
from gconv_lint.probe.kernels.spec import BYTES
from gconv_lint.probe.samples import Sample, median
from gconv_lint.probe.sampling import sample

#: Bytes of one copy, and rows of the square matrices: far more than any cache holds.
COPIED, ROWS = 1 << 30, 8192
#: Blocks of each multiprocessor, and rounds of arithmetic, in a launch that takes about a millisecond.
BLOCKS, ROUNDS = 16, 4096


def measured(device: Device) -> Ceilings:
    """The ceilings of the GPU of this machine, in bytes and FLOP a second."""
    copy = _middle(_copy())
    flops = {dtype: max(rates) for dtype in device.flops if (rates := list(_rates(device, dtype)))}
    return Ceilings(2 * COPIED / copy * 1e6, flops)


def _rates(device: Device, dtype: str) -> Iterator[float]:
    """FLOP a second of our own kernel, and of PyTorch's multiplication where that is here."""
    peak = _peak(device, dtype)
    if peak is not None:
        yield peak.flops / _middle(_launched(peak, dtype)) * 1e6
    if library.available():
        yield 2 * ROWS**3 / _middle(library.multiplication(ROWS, dtype)) * 1e6


def _peak(device: Device, dtype: str) -> peaks.Peak | None:
    """The kernel for a type; ``None`` where there is none, or no units that it could use."""
    blocks = BLOCKS * device.sms
    if dtype == "fp32":
        return peaks.fma(blocks, ROUNDS)
    has_units = device.flops[dtype] > device.flops["fp32"]
    return peaks.mma(dtype, blocks, ROUNDS) if has_units else None


def _launched(peak: peaks.Peak, dtype: str) -> Callable[[], Sample]:
    import cupy
    import numpy

    kernel = launch.compiled(peak.spec)
    count = peak.inputs * 4 // BYTES[dtype]
    numbers = numpy.random.default_rng(0).standard_normal(count, dtype=numpy.float32)
    arrays = cupy.array(launch.stored(numbers, dtype)), cupy.zeros(peak.outputs, dtype=cupy.float32)
    return events.on_cupy(lambda: kernel(peak.spec.grid, peak.spec.block, arrays))


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
    return events.on_cupy(lambda: kernel(spec.grid, spec.block, (source, target)))
