"""An estimate of how layers share the time of a forward pass: each takes its arithmetic or its traffic, if longer."""

from __future__ import annotations

from collections.abc import Sequence

from gconv_lint.costs.formulas import BYTES, cost
from gconv_lint.model.layers import Layer

#: FLOPs for each byte above which arithmetic takes longer than memory, in numbers of 16 bits: about that of data
#: center GPUs of 2023 by their datasheets (an H200 has 989 TFLOP/s and 4.8 TB/s).
RIDGE_POINT = 206


def time_shares(layers: Sequence[Layer]) -> dict[int, float]:
    """The part of the estimated time that each layer takes, by id; only layers that multiply take any.

    Numbers are taken to have 16 bits, and per-channel layers to be fused into these. Empty where nothing is known.
    """
    times = {layer.id: time for layer in layers if (time := _time(layer)) is not None}
    total = sum(times.values())
    return {number: time / total for number, time in times.items()} if total else {}


def _time(layer: Layer) -> float | None:
    """In bytes that memory could have moved meanwhile; ``None`` for what multiplies nothing."""
    found = cost(layer)
    if found is None or not found.macs:
        return None
    return max(found.flops / RIDGE_POINT, found.bytes * 2 / BYTES.get(layer.dtype or "", 4))
