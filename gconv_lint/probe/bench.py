"""The GPU of this machine as a place where shapes are timed."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from math import ceil
from typing import Protocol

from gconv_lint.costs.times import moved_bytes
from gconv_lint.model.devices import Ceilings, Device
from gconv_lint.model.shapes import ConvShape
from gconv_lint.probe import ceilings, launch, library
from gconv_lint.probe.gpu import Gpu
from gconv_lint.probe.sampling import Contender
from gconv_lint.probe.specialise import select

#: Of the free memory, what the tensors of one thing to be timed may take.
_MEMORY = 0.15
#: Launches in one graph.
_MOST_COPIES = 64


class Bench(Protocol):
    """Where shapes are timed; ``identity`` names everything that the times depend on."""

    @property
    def device(self) -> Device: ...

    @property
    def identity(self) -> str: ...

    @property
    def faults(self) -> set[str]:
        """What could not be timed, and why."""

    def ceilings(self) -> Ceilings:
        """What the device reaches at best."""

    def contenders(
        self, shapes: Mapping[int, ConvShape], own: int, dtype: str, layout: str
    ) -> contextlib.AbstractContextManager[dict[str, Contender]]:
        """What is timed of shapes by their groups, of which ``own`` are the layer's: ``library 4``, ``kernel 4``."""


class GpuBench:
    """Times PyTorch's convolutions and our own kernels."""

    def __init__(self, gpu: Gpu) -> None:
        self.device, self.identity = gpu
        self.faults: set[str] = set()

    def ceilings(self) -> Ceilings:
        """The rates of a copy and of matrix multiplications."""
        try:
            return ceilings.measured(self.device)
        finally:
            _free()

    @contextlib.contextmanager
    def contenders(
        self, shapes: Mapping[int, ConvShape], own: int, dtype: str, layout: str
    ) -> Iterator[dict[str, Contender]]:
        """What of it this machine can run; a kernel that computes something else is a fault and has no time."""
        found: dict[str, Contender] = {}
        with_library = library.available()
        for groups, shape in shapes.items():
            copies = self._copies(shape, dtype)
            if with_library:
                with self._noting(f"PyTorch on {shape}"):
                    found[f"library {groups}"] = library.contender(shape, dtype, layout, copies)
            spec = select(shape, dtype, layout) if groups == own or not with_library else None
            if spec is not None:
                with self._noting(f"{spec.source} on {shape}"):
                    found[f"kernel {groups}"] = launch.contender(spec, shape, dtype, layout, copies)
        try:
            yield found
        finally:
            found.clear()
            _free()

    @contextlib.contextmanager
    def _noting(self, what: str) -> Iterator[None]:
        """Goes on where something cannot be run: one layer must not cost the others their times."""
        try:
            yield
        except (RuntimeError, MemoryError) as error:
            self.faults.add(f"{what}: {str(error).strip().partition(chr(10))[0]}")

    def _copies(self, shape: ConvShape, dtype: str) -> int:
        """So many sets of tensors that the cache holds nothing of a set when its turn comes again."""
        import cupy

        one = moved_bytes(shape, dtype)
        wanted = ceil(3 * self.device.l2_mb * (1 << 20) / one) + 1
        room = int(_MEMORY * cupy.cuda.runtime.memGetInfo()[0] / one)
        return max(1, min(wanted, room, _MOST_COPIES))


def _free() -> None:
    import cupy

    cupy.get_default_memory_pool().free_all_blocks()
    if library.available():
        import torch

        torch.cuda.empty_cache()
