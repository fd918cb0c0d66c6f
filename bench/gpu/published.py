"""Shapes that others measured and published, or reported as slow: what they say, to hold beside this GPU."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from gconv_lint.model.shapes import ConvShape
from gconv_lint.probe.sweep import square

#: ShuffleNet v2, table 2 (arXiv 1807.11164): ten 1x1 convolutions on 56x56, one image, fp32, batches a second on a
#: GTX 1080 Ti: groups -> (channels, and speeds at 1, 2 and 4 times the channels).
SHUFFLENET_V2 = {
    1: (128, (2451, 1289, 437)),
    2: (180, (1725, 873, 341)),
    4: (256, (1026, 644, 338)),
    8: (360, (634, 445, 230)),
}
WIDTHS = (1, 2, 4)
#: RepLKNet, table 1 (arXiv 2203.06717): 24 depthwise convolutions of (64, 384, 32, 32), fp32, on a 2080 Ti: kernel
#: size -> milliseconds of PyTorch and of the authors' kernels.
REPLKNET = {3: (21.9, 21.9), 5: (34.1, 28.7), 7: (54.8, 34.6), 13: (141.2, 52.5), 31: (734.8, 96.7)}


class Report(NamedTuple):
    """A shape that a thread reports as slow, with the type and layout that it is slow in."""

    where: str
    shape: ConvShape
    dtype: str
    layout: str


def shufflenet_v2(groups: int, width: int) -> ConvShape:
    """One of the ten convolutions."""
    return square(1, SHUFFLENET_V2[groups][0] * width, groups, 56, 1)


def replknet(kernel: int) -> ConvShape:
    """One of the 24 convolutions."""
    return square(64, 384, 384, 32, kernel)


def _along(batch: int, channels: int, length: int, kernel: int) -> ConvShape:
    """A depthwise convolution along one axis that keeps its length."""
    axes = ((length,), (length,), (kernel,), (1,), (kernel // 2,), (1,))
    return ConvShape(batch, channels, channels, channels, *axes)


def reports() -> Iterator[Report]:
    """The weak spots that are run."""
    for layout in ("nchw", "nhwc"):
        yield Report("pytorch#34977", square(100, 2048, 32, 14, 3, stride=2), "fp16", layout)
        yield Report("pytorch#70954, width 16", square(64, 256, 16, 28, 3), "fp16", layout)
        yield Report("pytorch#189207, depthwise", square(128, 144, 144, 56, 3), "bf16", layout)
    yield Report("pytorch#175280", _along(3072, 128, 202, 3), "fp16", "nchw")
    yield Report("pytorch#170138", _along(32, 512, 1024, 31), "fp16", "nchw")
    yield Report("pytorch#170138, in bf16", _along(32, 512, 1024, 31), "bf16", "nchw")
