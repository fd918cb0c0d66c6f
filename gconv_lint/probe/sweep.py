"""The shapes that a calibration and a check of a GPU go through."""

from __future__ import annotations

from collections.abc import Iterator

from gconv_lint.model.layers import conv_length
from gconv_lint.model.shapes import ConvShape

#: Channels of a group, with those that cuDNN has no kernels of its own for.
WIDTHS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 128)
KERNELS = (1, 3)
BATCH, CHANNELS, SIZE = 64, 256, 56


def square(batch: int, channels: int, groups: int, size: int, kernel: int, stride: int = 1) -> ConvShape:
    """A convolution of two equal axes that keeps its channels and, at stride 1, its size."""
    made = conv_length(size, kernel, stride, kernel // 2, 1)
    axes = ((kernel,) * 2, (stride,) * 2, (kernel // 2,) * 2, (1, 1))
    return ConvShape(batch, channels, channels, groups, (size, size), (made, made), *axes)


def shapes() -> Iterator[ConvShape]:
    """Every width with every kernel, and a dense layer; channels are the multiple of the width next to 256."""
    for kernel in KERNELS:
        for width in WIDTHS:
            groups = max(2, round(CHANNELS / width))
            yield square(BATCH, groups * width, groups, SIZE, kernel)
        yield square(BATCH, CHANNELS, 1, SIZE, kernel)
