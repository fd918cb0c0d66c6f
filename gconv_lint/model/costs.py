"""What layers cost, in numbers that add up."""

from __future__ import annotations

from typing import NamedTuple


class Cost(NamedTuple):
    """Counts of one layer or of several: parameters, multiply-accumulates of a forward pass, bytes of each tensor.

    Parameters that two layers share are in both; totals of a model count them once.
    """

    params: int = 0
    macs: int = 0
    weight_bytes: int = 0
    input_bytes: int = 0
    output_bytes: int = 0

    @property
    def flops(self) -> int:
        """A multiply-accumulate is two operations."""
        return 2 * self.macs

    @property
    def bytes(self) -> int:
        """Everything that is read and written once."""
        return self.weight_bytes + self.input_bytes + self.output_bytes

    @property
    def intensity(self) -> float | None:
        """FLOPs for each byte moved; ``None`` where nothing moves."""
        return self.flops / self.bytes if self.bytes else None

    def __add__(self, other: object) -> Cost:
        """The cost of both."""
        if not isinstance(other, Cost):
            return NotImplemented
        return Cost(*(a + b for a, b in zip(self, other, strict=True)))
