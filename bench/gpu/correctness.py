"""Runs our own kernels on small convolutions of every kind: a bench compares each result before it times anything."""

from __future__ import annotations

from collections.abc import Iterator

from bench.gpu.timing import Clock
from gconv_lint.model.shapes import ConvShape
from gconv_lint.probe.bench import Bench
from gconv_lint.probe.sweep import WIDTHS, square

WAYS = [(dtype, layout) for dtype in ("fp32", "fp16", "bf16") for layout in ("nchw", "nhwc")]


def shapes() -> Iterator[ConvShape]:
    """Depthwise and grouped ones, with strides, dilations, multipliers, odd counts, and other numbers of axes."""
    for kernel in (3, 5, 7):
        for stride in (1, 2):
            yield square(2, 48, 48, 19, kernel, stride)
    yield square(2, 32, 32, 17, 3)._replace(out_channels=64)
    yield square(1, 32, 32, 17, 3)._replace(padding=(2, 2), dilation=(2, 2))
    for width in WIDTHS:
        for kernel in (1, 3):
            yield square(2, 3 * width, 3, 14, kernel)
    yield square(2, 64, 8, 15, 3, stride=2)
    yield square(1, 15, 3, 9, 3)._replace(out_channels=21)
    yield ConvShape(2, 16, 16, 4, (9, 21), (9, 11), (1, 7), (1, 2), (0, 3), (1, 1))
    yield ConvShape(2, 24, 24, 24, (100,), (100,), (31,), (1,), (15,), (1,))
    yield ConvShape(1, 8, 8, 4, (5, 6, 7), (5, 6, 7), (3, 3, 3), (1, 1, 1), (1, 1, 1), (1, 1, 1))


def run(bench: Bench, clock: Clock) -> int:
    """How many convolutions were run; what is wrong is a fault of the bench."""
    done = 0
    for shape in shapes():
        for dtype, layout in WAYS:
            if clock.over:
                return done
            with bench.contenders({shape.groups: shape}, shape.groups, dtype, layout) as contenders:
                done += any(name.startswith("kernel") for name in contenders)
    return done
