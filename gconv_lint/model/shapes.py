"""A convolution with all its sizes: what can be timed, and what its time can be estimated from."""

from __future__ import annotations

from itertools import starmap
from math import prod
from typing import NamedTuple

from gconv_lint.model.layers import conv_length


class ConvShape(NamedTuple):
    """One convolution on one input; sizes of axes are (length,), (height, width) or (depth, height, width).

    ``padding`` is what is added in front of each axis; what is added behind follows from ``out_size``.
    """

    batch: int
    in_channels: int
    out_channels: int
    groups: int
    in_size: tuple[int, ...]
    out_size: tuple[int, ...]
    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[int, ...]
    dilation: tuple[int, ...]
    transposed: bool = False

    @property
    def group_width(self) -> int:
        """Channels that each output reads."""
        return self.in_channels // self.groups

    @property
    def out_group_width(self) -> int:
        """Outputs that share the same channels."""
        return self.out_channels // self.groups

    @property
    def depthwise(self) -> bool:
        """Whether every output reads one channel."""
        return self.groups > 1 and self.group_width == 1

    @property
    def pointwise(self) -> bool:
        """Whether every output reads one position."""
        return all(size == 1 for size in self.kernel)

    @property
    def symmetric(self) -> bool:
        """Whether as much is added behind each axis as in front of it."""
        axes = zip(self.in_size, self.kernel, self.stride, self.padding, self.dilation, strict=True)
        return self.transposed or self.out_size == tuple(starmap(conv_length, axes))

    @property
    def weight_size(self) -> tuple[int, ...]:
        """(out_channels, in_channels / groups, *kernel), transposed (in_channels, out_channels / groups, *kernel)."""
        if self.transposed:
            return self.in_channels, self.out_group_width, *self.kernel
        return self.out_channels, self.group_width, *self.kernel

    @property
    def weights(self) -> int:
        """Numbers of the weight tensor."""
        return prod(self.weight_size)

    @property
    def macs(self) -> int:
        """Multiply-accumulates as usually counted: padding is multiplied too."""
        positions = prod(self.in_size if self.transposed else self.out_size)
        return self.batch * positions * self.weights

    @property
    def inputs(self) -> int:
        """Numbers of the input tensor."""
        return self.batch * self.in_channels * prod(self.in_size)

    @property
    def outputs(self) -> int:
        """Numbers of the output tensor."""
        return self.batch * self.out_channels * prod(self.out_size)

    def with_groups(self, groups: int) -> ConvShape | None:
        """The same with other groups; ``None`` where they do not divide the channels."""
        if groups < 1 or self.in_channels % groups or self.out_channels % groups:
            return None
        return self._replace(groups=groups)

    def __str__(self) -> str:
        size, kernel = ("x".join(map(str, sizes)) for sizes in (self.in_size, self.kernel))
        kind = "transposed " if self.transposed else ""
        channels = f"{self.in_channels}->{self.out_channels}"
        stride = f" stride {max(self.stride)}" if max(self.stride) > 1 else ""
        return f"{kind}{self.batch}x{channels} {size}, {kernel}{stride}, groups={self.groups}"
