"""Times work on a GPU between two events, for CuPy and for PyTorch: microseconds of one launch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gconv_lint.probe.samples import Sample
from gconv_lint.probe.sampling import Contender


def on_cupy(work: Callable[[], object], launches: int = 1, stream: Any = None) -> Contender:
    """``work`` makes so many launches, on CuPy's stream or on the one that is given."""
    import cupy

    events = cupy.cuda.Event(), cupy.cuda.Event()
    return _between(*events, cupy.cuda.get_elapsed_time, work, launches, stream=stream)


def on_torch(work: Callable[[], object], launches: int = 1) -> Contender:
    """``work`` makes so many launches, on PyTorch's stream; samples tell the clock, where the driver does."""
    import torch

    cuda: Any = torch.cuda
    start, end = (cuda.Event(enable_timing=True) for _ in range(2))
    return _between(start, end, lambda first, last: first.elapsed_time(last), work, launches, mhz=lambda: _clock(cuda))


def _between(
    start: Any,
    end: Any,
    milliseconds: Callable[[Any, Any], float],
    work: Callable[[], object],
    launches: int,
    *,
    stream: Any = None,
    mhz: Callable[[], float] = lambda: 0.0,
) -> Contender:
    def once() -> Sample:
        start.record(stream)
        work()
        end.record(stream)
        end.synchronize()
        return Sample(1e3 * milliseconds(start, end) / launches, mhz())

    return once


def _clock(cuda: Any) -> float:
    """The clock of the multiprocessors in MHz, 0 where the driver's library does not tell."""
    try:
        return float(cuda.clock_rate())
    except Exception:
        return 0.0
