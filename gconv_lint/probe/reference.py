"""Whether a kernel computes a convolution: some of its outputs beside sums in double precision."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from math import fsum, isfinite, prod
from random import Random
from typing import Any

from gconv_lint.model.shapes import ConvShape

#: Outputs that are looked at, and how far off each may be, as a part of the sum of its products' sizes.
POSITIONS = 96
TOLERANCE = {"fp32": 2.0**-20, "tf32": 2.0**-9, "fp16": 2.0**-9, "bf16": 2.0**-6}


def faults(shape: ConvShape, dtype: str, x: Any, weight: Any, made: Any, seed: int = 0) -> list[tuple[int, ...]]:
    """The positions (image, channel, *axes) at which ``made`` is wrong; corners and random ones are looked at.

    The tensors are those of a torch convolution in the order of its axes, as arrays that take a tuple of indices.
    """
    wrong = []
    for position in _positions(shape, Random(seed)):
        products = list(_products(shape, x, weight, position))
        found, allowed = float(made[position]), TOLERANCE[dtype] * fsum(map(abs, products))
        if not isfinite(found) or abs(found - fsum(products)) > allowed:
            wrong.append(position)
    return wrong


def _positions(shape: ConvShape, random: Random) -> Iterator[tuple[int, ...]]:
    sizes = (shape.batch, shape.out_channels, *shape.out_size)
    yield tuple(0 for _ in sizes)
    yield tuple(size - 1 for size in sizes)
    for _ in range(min(POSITIONS, prod(sizes))):
        yield tuple(map(random.randrange, sizes))


def _products(shape: ConvShape, x: Any, weight: Any, position: tuple[int, ...]) -> Iterator[float]:
    """What one output of a convolution that is not transposed sums up."""
    image, channel, *place = position
    first = channel // shape.out_group_width * shape.group_width
    for taps in product(*map(range, shape.kernel)):
        axes = zip(place, taps, shape.stride, shape.padding, shape.dilation, strict=True)
        at = tuple(out * by - pad + tap * step for out, tap, by, pad, step in axes)
        if all(0 <= index < size for index, size in zip(at, shape.in_size, strict=True)):
            for inside in range(shape.group_width):
                read, used = (image, first + inside, *at), (channel, inside, *taps)
                yield float(x[read]) * float(weight[used])
