"""Convolutions of a layer graph, or of source, with all their sizes, where these are known."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import starmap
from typing import Any, NamedTuple

from gconv_lint.model.layers import ConvAttrs, Layer, conv_length
from gconv_lint.model.shapes import ConvShape

#: The largest number of channels, images or positions along an axis that counts as known.
MOST = 2**31 - 1


def shape_of(layer: Layer, batch: int | None = None, size: Sequence[int] | None = None) -> ConvShape | None:
    """The shape of a convolution; ``None`` where a size is not known or torch would refuse it.

    ``batch`` stands in place of the one that the layer ran with. ``size`` is what a layer whose input is not known is
    taken to read: two numbers, of which an axis of one is the first.
    """
    conv = layer.conv
    return None if conv is None else _shape(conv, batch, _ran(layer, conv), size)


def assumed_shape(conv: ConvAttrs, batch: int, size: Sequence[int] | None) -> ConvShape | None:
    """The same of a convolution whose input is taken to have ``size``."""
    return _shape(conv, batch, None, size)


#: Batch and lengths of the axes, of the input and of the output.
_Sizes = tuple[tuple[int, ...], tuple[int, ...]]


def _shape(conv: ConvAttrs, batch: int | None, ran: _Sizes | None, size: Sequence[int] | None) -> ConvShape | None:
    axes = _of_axes(conv) if _counts(conv) else None
    found = None if axes is None else ran or _assumed(conv, axes, size)
    if axes is None or found is None or min((*found[0], *found[1])) < 1:
        return None
    (images, *given), (_, *made) = found
    counts = (batch or images, conv.in_channels, conv.out_channels, conv.groups)
    return ConvShape(*counts, tuple(given), tuple(made), *axes, transposed=conv.transposed)


class _Axes(NamedTuple):
    """What a convolution does along each axis."""

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[int, ...]
    dilation: tuple[int, ...]


def _of_axes(conv: ConvAttrs) -> _Axes | None:
    kernel, stride, dilation = (_axes(each, conv.rank) for each in (conv.kernel_size, conv.stride, conv.dilation))
    if kernel is None or stride is None or dilation is None or min((*kernel, *stride, *dilation)) < 1:
        return None
    padding = _padding(conv.padding, kernel, dilation)
    return None if padding is None else _Axes(kernel, stride, padding, dilation)


def _ran(layer: Layer, conv: ConvAttrs) -> _Sizes | None:
    """Batch and axes of input and output as a run showed them."""
    given, made = (_sizes(shape, conv.rank) for shape in (layer.in_shape, layer.out_shape))
    return None if given is None or made is None else (given, made)


def _assumed(conv: ConvAttrs, axes: _Axes, size: Sequence[int] | None) -> _Sizes | None:
    """Batch and axes of input and output where the input is taken to have ``size``."""
    if size is None or conv.rank > 2 or conv.transposed:
        return None
    given = tuple(size[: conv.rank])
    made = given if conv.padding == "same" else _made(given, axes)
    return (1, *given), (1, *made)


def _counts(conv: ConvAttrs) -> bool:
    numbers = (conv.in_channels, conv.out_channels, conv.groups)
    if not all(type(number) is int and 0 < number <= MOST for number in numbers) or not 1 <= conv.rank <= 3:
        return False
    inside, outside, groups = numbers
    return bool(inside % groups == 0 and outside % groups == 0)


def _axes(value: Any, rank: int) -> tuple[int, ...] | None:
    """One number for each axis."""
    sizes = (value,) * rank if type(value) is int else value
    if not isinstance(sizes, (tuple, list)) or not all(type(size) is int and abs(size) <= MOST for size in sizes):
        return None
    sizes = tuple(sizes) * (rank if len(sizes) == 1 else 1)
    return sizes if len(sizes) == rank else None


def _padding(value: Any, kernel: Sequence[int], dilation: Sequence[int]) -> tuple[int, ...] | None:
    """What is added in front of each axis; of an odd number the smaller half, as torch does."""
    if value == "valid":
        return (0,) * len(kernel)
    if value == "same":
        return tuple(step * (size - 1) // 2 for size, step in zip(kernel, dilation, strict=True))
    return _axes(value, len(kernel))


def _sizes(shape: Any, rank: int) -> tuple[int, ...] | None:
    """Batch and lengths of the axes of a tensor; one that has no batch counts as one."""
    if not isinstance(shape, (tuple, list)) or not all(type(size) is int for size in shape):
        return None
    if len(shape) == rank + 2:
        return (shape[0], *shape[2:])
    return (1, *shape[1:]) if len(shape) == rank + 1 else None


def _made(given: Sequence[int], axes: _Axes) -> tuple[int, ...]:
    return tuple(starmap(conv_length, zip(given, *axes, strict=True)))
