"""Parameters, multiply-accumulates and bytes of a layer, from its numbers and shapes.

Conventions: one multiply-accumulate is 2 FLOPs; a bias and everything per channel (norms, activations) counts nothing;
bytes are those of the tensors as they are stored, each read or written once.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any, TypeGuard

from gconv_lint.model.costs import Cost
from gconv_lint.model.layers import ConvAttrs, Layer
from gconv_lint.model.places import Place

_NOWHERE = Place("", 1, 1, 1, 1)

#: Bytes of one element by the name of its type.
BYTES = {
    **dict.fromkeys(("float64", "int64", "complex64", "uint64"), 8),
    **dict.fromkeys(("float32", "int32", "uint32"), 4),
    **dict.fromkeys(("float16", "bfloat16", "int16", "uint16"), 2),
    **dict.fromkeys(("int8", "uint8", "bool", "float8_e4m3fn", "float8_e5m2"), 1),
    "complex128": 16,
}


def cost(layer: Layer) -> Cost | None:
    """What one layer costs in a forward pass; ``None`` where a size is not known."""
    if layer.conv is not None:
        return _convolution(layer, layer.conv)
    inner = layer.attrs.get("inner")
    made, given = layer.out_shape, layer.in_shape
    if not _known(made) or not _known(given):
        return None
    size = BYTES.get(layer.dtype or "", 4)
    macs, weights = (prod(made) * inner, layer.attrs.get("weights", 0)) if isinstance(inner, int) else (0, 0)
    bias = made[-1] if layer.attrs.get("bias") else 0
    return Cost(
        params=weights + bias if weights else 0,
        macs=macs,
        weight_bytes=(weights + bias) * size if weights else 0,
        input_bytes=prod(given) * size,
        output_bytes=prod(made) * size,
    )


def _convolution(layer: Layer, conv: ConvAttrs) -> Cost | None:
    """Each output sums over ``in_channels / groups`` channels and the kernel; transposed, each input feeds as many."""
    made, given, kernel = layer.out_shape, layer.in_shape, conv.kernel_size
    if not _known(made) or not _known(given) or not _known(kernel):
        return None
    counts = (conv.in_channels, conv.out_channels, conv.groups)
    if not _known(counts) or 0 in counts:
        return None
    inside, outside, groups = counts
    taps = prod(kernel)
    weights = inside * outside // groups * taps
    own = weights + (outside if conv.bias is True else 0)
    macs = prod(given) * (outside // groups) * taps if conv.transposed else prod(made) * (inside // groups) * taps
    size = BYTES.get(layer.dtype or "", 4)
    is_parameter = conv.weight_shape is None or layer.attrs.get("parameter") is True
    return Cost(
        params=own if is_parameter else 0,
        macs=macs,
        weight_bytes=own * size,
        input_bytes=prod(given) * size,
        output_bytes=prod(made) * size,
    )


def at_one_position(conv: ConvAttrs, groups: int) -> Cost | None:
    """A convolution with so many groups and no bias, at one position; ``None`` where torch would refuse it.

    It is ``None`` also where the channels or the kernel are not known. An int as kernel counts for each dimension.
    """
    inside, outside, kernel = conv.in_channels, conv.out_channels, conv.kernel_size
    sizes = (kernel,) * conv.rank if type(kernel) is int else kernel
    if not _known((inside, outside)) or not _known(sizes) or not sizes or groups < 1 or inside < 1 or outside < 1:
        return None
    if inside % groups or outside % groups:
        return None
    return _sums(conv._replace(kernel_size=sizes, groups=groups, bias=False, weight_shape=None))


def _sums(conv: ConvAttrs) -> Cost | None:
    ones = (1,) * len(conv.kernel_size)
    layer = Layer(
        id=0,
        kind="conv",
        name="",
        place=_NOWHERE,
        conv=conv,
        in_shape=(1, conv.in_channels, *ones),
        out_shape=(1, conv.out_channels, *ones),
    )
    return cost(layer)


def training_macs(layer: Layer) -> int | None:
    """Multiply-accumulates of a forward and a backward pass: the gradients of input and weight cost one forward each.

    The groups divide both as they divide the forward pass. A frozen weight has no gradient.
    """
    forward = cost(layer)
    if forward is None:
        return None
    return forward.macs * (3 if layer.attrs.get("trainable", True) else 2)


def _known(sizes: Any) -> TypeGuard[Sequence[int]]:
    return isinstance(sizes, (tuple, list)) and all(type(size) is int for size in sizes)
