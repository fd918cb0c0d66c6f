"""Convolutions that the kernels are tested with: every kernel and each of its ways, and a few for each run."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

from gconv_lint.model.shapes import ConvShape

TYPES = ("fp32", "fp16", "bf16")
TENSOR_TYPES = ("fp16", "bf16", "tf32")
LAYOUTS = ("nchw", "nhwc")


class Case(NamedTuple):
    """A convolution, and the kernel that serves it."""

    kernel: str
    shape: ConvShape
    dtype: str
    layout: str

    def __str__(self) -> str:
        steps = "".join(f" d{each}" for each in set(self.shape.dilation) if each > 1)
        return f"{self.kernel} {self.shape}{steps} {self.dtype} {self.layout}"


def shape_of(
    batch: int,
    inputs: int,
    outputs: int,
    groups: int,
    size: tuple[int, ...],
    kernel: int,
    stride: int = 1,
    dilation: int = 1,
) -> ConvShape:
    """A convolution with half a kernel of padding, the same along every axis."""
    pad = dilation * (kernel - 1) // 2
    made = tuple((each + 2 * pad - dilation * (kernel - 1) - 1) // stride + 1 for each in size)
    along = [(each,) * len(size) for each in (kernel, stride, pad, dilation)]
    return ConvShape(batch, inputs, outputs, groups, size, made, *along)


def transposed(
    batch: int, inputs: int, outputs: int, groups: int, size: tuple[int, ...], kernel: int, stride: int = 2
) -> ConvShape:
    """A transposed convolution that makes axes ``stride`` times as long."""
    made = tuple(stride * each for each in size)
    along = [(each,) * len(size) for each in (kernel, stride, (kernel - 1) // 2, 1)]
    return ConvShape(batch, inputs, outputs, groups, size, made, *along, transposed=True)


def _depthwise() -> Iterator[Case]:
    for taps, stride, dilation, multiplier in product((3, 5, 7), (1, 2), (1, 2), (1, 2)):
        shape = shape_of(2, 12, 12 * multiplier, 12, (13, 14), taps, stride, dilation)
        for dtype, layout in product(TYPES, LAYOUTS):
            yield Case(f"depthwise_{layout}", shape, dtype, layout)
    others = [
        shape_of(1, 16, 48, 16, (17, 23), 3),
        shape_of(1, 7, 7, 7, (7, 7), 3),
        shape_of(2, 64, 64, 64, (33, 32), 3),
        shape_of(1, 24, 24, 24, (9, 31), 3, 3),
        shape_of(1, 8, 8, 8, (21, 20), 3, 1, 4),
        shape_of(2, 16, 16, 16, (77,), 7),
        ConvShape(1, 16, 16, 16, (9, 21), (9, 11), (1, 7), (1, 2), (0, 3), (1, 1)),
    ]
    for shape, dtype, layout in product(others, (*TYPES, "tf32"), LAYOUTS):
        yield Case(f"depthwise_{layout}", shape, dtype, layout)


def _grouped() -> Iterator[Case]:
    for taps, width, stride in product((1, 3), (2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64), (1, 2)):
        groups = max(2, 64 // width // 8 * 8)
        shape = shape_of(2, groups * width, groups * width, groups, (9, 10), taps, stride)
        for dtype, layout in product(TENSOR_TYPES, LAYOUTS):
            wide = dtype == "tf32" and taps == 3 and width > 32
            yield Case("direct" if wide else "grouped", shape, dtype, layout)
    others = [
        shape_of(1, 32, 32, 4, (13, 21), 3, 1, 2),
        shape_of(1, 16, 48, 4, (8, 9), 3),
        shape_of(1, 64, 32, 4, (8, 9), 1),
        shape_of(2, 32, 32, 4, (50,), 5),
        shape_of(1, 32, 32, 8, (11, 10), 5),
        ConvShape(1, 16, 16, 2, (6, 7), (6, 4), (1, 7), (1, 2), (0, 3), (1, 1)),
    ]
    for shape, dtype, layout in product(others, TENSOR_TYPES, LAYOUTS):
        yield Case("grouped", shape, dtype, layout)


def _direct() -> Iterator[Case]:
    shapes = [
        shape_of(2, 15, 21, 3, (9, 8), 3),
        shape_of(1, 15, 21, 3, (9, 8), 1, 2),
        shape_of(1, 6, 12, 2, (5, 6, 4), 3, 2),
        shape_of(1, 6, 6, 6, (60,), 51),
        shape_of(1, 6, 6, 3, (40,), 5, 1, 3),
        ConvShape(1, 8, 8, 2, (6, 7), (6, 4), (1, 7), (1, 2), (0, 3), (1, 1)),
        # As torch pads for padding="same" and an even kernel: one more behind than in front.
        ConvShape(1, 4, 4, 2, (6, 7), (6, 7), (4, 4), (1, 1), (1, 1), (1, 1)),
    ]
    for shape, dtype, layout in product(shapes, ("fp32",), LAYOUTS):
        yield Case("direct", shape, dtype, layout)
    for shape in shapes[2:3]:
        yield from (Case("direct", shape, dtype, "nchw") for dtype in ("fp16", "bf16"))
    turned = [
        transposed(1, 6, 6, 6, (5, 6), 3),
        transposed(2, 12, 6, 3, (5, 4), 4),
        transposed(1, 4, 8, 2, (9,), 5, 3),
        transposed(1, 4, 4, 2, (3, 4, 3), 2),
        transposed(1, 8, 8, 4, (6, 5), 3)._replace(dilation=(2, 2), padding=(2, 2)),
    ]
    for shape, dtype, layout in product(turned, ("fp32", "fp16", "bf16", "tf32"), LAYOUTS):
        yield Case("direct", shape, dtype, layout)


#: Every way of every kernel.
EVERY = [*_depthwise(), *_grouped(), *_direct()]

#: One of each way, for every run of the tests.
DEFAULT = [
    Case("direct", shape_of(2, 15, 21, 3, (9, 8), 3), "fp32", "nchw"),
    Case("direct", ConvShape(1, 4, 4, 2, (6, 7), (6, 7), (4, 4), (1, 1), (1, 1), (1, 1)), "fp32", "nhwc"),
    Case("direct", shape_of(1, 6, 12, 2, (5, 6, 4), 3, 2), "bf16", "nchw"),
    Case("direct", transposed(2, 12, 6, 3, (5, 4), 4), "fp16", "nhwc"),
    Case("direct", transposed(1, 6, 6, 6, (5, 6), 3), "fp32", "nchw"),
    Case("depthwise_nchw", shape_of(2, 24, 24, 24, (20, 9), 3), "fp16", "nchw"),
    Case("depthwise_nchw", shape_of(2, 12, 12, 12, (10, 16), 3), "bf16", "nchw"),
    Case("depthwise_nchw", shape_of(1, 6, 12, 6, (13, 8), 5, 2, 2), "fp32", "nchw"),
    Case("depthwise_nhwc", shape_of(2, 24, 24, 24, (9, 10), 3), "bf16", "nhwc"),
    Case("depthwise_nhwc", shape_of(1, 6, 18, 6, (9, 7), 5, 2, 2), "fp32", "nhwc"),
    Case("depthwise_nhwc", shape_of(1, 16, 32, 16, (9, 9), 7), "fp16", "nhwc"),
    Case("grouped", shape_of(1, 32, 32, 16, (7, 7), 3), "fp16", "nhwc"),
    Case("grouped", shape_of(2, 64, 64, 8, (9, 18), 3), "bf16", "nhwc"),
    Case("grouped", shape_of(1, 32, 32, 2, (9, 10), 3), "tf32", "nhwc"),
    Case("grouped", shape_of(1, 12, 24, 6, (6, 7), 1), "tf32", "nchw"),
    Case("grouped", shape_of(1, 48, 24, 2, (7, 7), 3, 2), "fp16", "nchw"),
    Case("grouped", shape_of(2, 128, 64, 4, (6, 7), 1), "fp16", "nhwc"),
    Case("grouped", shape_of(2, 24, 24, 4, (6, 7), 1), "bf16", "nchw"),
]
