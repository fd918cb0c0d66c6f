"""What a GPU can do: rates that follow from its parts, and what was measured of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

#: Types of numbers by their short names: bytes of one. ``tf32`` is stored as float32.
SIZES: Mapping[str, int] = {"fp32": 4, "tf32": 4, "fp16": 2, "bf16": 2}
LAYOUTS = ("nchw", "nhwc")


class Efficiency(NamedTuple):
    """How much of the estimated speed a library reached in a measurement, for convolutions of one kind."""

    dtype: str
    layout: str
    kind: str
    group_width: int
    share: float


class Ceilings(NamedTuple):
    """Measured rates: bytes a second of a copy, FLOP/s of multiply-adds and of matrix units, by type of numbers."""

    copy: float
    flops: Mapping[str, float] = {}


class Device(NamedTuple):
    """One GPU: ``flops`` are dense floating point operations a clock and multiprocessor, accumulated in fp32.

    A type that is missing in ``flops`` is one that the device has no units for. ``clock_ghz`` is the boost clock,
    ``tensor_clock_ghz`` the one that the vendor's figures of the matrix units hold for. ``bandwidth`` is in GB/s,
    ``printed`` has the vendor's own TFLOP/s.
    """

    name: str
    title: str
    capability: str
    sms: int
    clock_ghz: float
    tensor_clock_ghz: float
    flops: Mapping[str, int]
    bandwidth: float
    l2_mb: float
    shared_kb: int
    printed: Mapping[str, float] = {}
    source: str = ""
    ceilings: Ceilings | None = None
    efficiencies: tuple[Efficiency, ...] = ()
    calibrated: str = ""

    def peak(self, dtype: str) -> float | None:
        """FLOP/s at the boost clock; ``None`` where there are no units for this type."""
        rate = self.flops.get(dtype)
        if rate is None:
            return None
        clock = self.clock_ghz if rate == self.flops["fp32"] else self.tensor_clock_ghz
        return self.sms * clock * 1e9 * rate

    @property
    def bytes_per_second(self) -> float:
        """Of memory, by its datasheet."""
        return self.bandwidth * 1e9

    def ridge_point(self, dtype: str) -> float | None:
        """FLOPs for each byte above which arithmetic takes longer than memory."""
        peak = self.peak(dtype)
        return None if peak is None else peak / self.bytes_per_second
