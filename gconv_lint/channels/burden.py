"""What a convolution costs beside the others of its graph, and where it stands (GC204, GC208)."""

from __future__ import annotations

from typing import Any

from gconv_lint.channels.wiring import CONVS, Wiring, is_pointwise
from gconv_lint.costs import cost, time_shares
from gconv_lint.model.layers import Layer


class Burden:
    """The costs of all layers of a graph."""

    def __init__(self, wiring: Wiring) -> None:
        self.wiring = wiring
        self.shares = time_shares(wiring.graph.layers)
        inputs = (layer for layer in wiring.graph.layers if layer.kind == "input")
        self.resolution = max(
            (size for layer in inputs if (size := _length(layer.out_shape)) is not None), default=None
        )

    def of(self, layer: Layer) -> dict[str, Any]:
        """What is known of one convolution; what is not is ``None``."""
        found = cost(layer)
        intensity = found.intensity if found is not None else None
        share = self.shares.get(layer.id)
        return {
            "intensity": round(intensity, 2) if intensity is not None else None,
            "time_share": round(share, 4) if share is not None else None,
            "kernel": _largest(layer),
            "reduction": self._reduction(layer),
            "expanded": self._is_expanded(layer),
        }

    def _reduction(self, layer: Layer) -> int | None:
        """How many times fewer positions along the last axis a layer reads than the model does."""
        own = _length(layer.in_shape)
        return None if own is None or self.resolution is None else max(1, round(self.resolution / own))

    def _is_expanded(self, layer: Layer) -> bool | None:
        """Whether a dense pointwise convolution right before widened the channels."""
        if not layer.inputs:
            return None
        *_, before = self.wiring.behind(layer.inputs[0])
        if before.kind not in CONVS:
            return False
        counts, pointwise = self.wiring.numbers(before), is_pointwise(before)
        if counts is None or pointwise is None:
            return None
        return pointwise and counts.groups == 1 and counts.out_channels > counts.in_channels


def _length(shape: Any) -> int | None:
    """The size of the last axis of a tensor with space, where it is known."""
    known = shape is not None and len(shape) > 2 and type(shape[-1]) is int and shape[-1] > 0
    return shape[-1] if known else None


def _largest(layer: Layer) -> int | None:
    kernel = layer.conv.kernel_size if layer.conv is not None else None
    sizes = kernel if isinstance(kernel, (tuple, list)) else (kernel,)
    return max(sizes) if sizes and all(type(size) is int for size in sizes) else None
