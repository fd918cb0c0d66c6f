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
    """What one output sums up."""
    image, channel, *place = position
    group, within = divmod(channel, shape.out_group_width)
    first = group * shape.group_width
    for taps in product(*map(range, shape.kernel)):
        axes = zip(place, taps, shape.stride, shape.padding, shape.dilation, shape.in_size, strict=True)
        at = [_source(shape.transposed, *each) for each in axes]
        for inside in range(shape.group_width) if None not in at else ():
            used = (first + inside, within) if shape.transposed else (channel, inside)
            read = (image, first + inside, *at)
            yield float(x[read]) * float(weight[used + taps])


def _source(transposed: bool, out: int, tap: int, by: int, pad: int, step: int, size: int) -> int | None:
    """Along one axis, the position that a tap reads for an output; ``None`` where there is none."""
    at, rest = divmod(out + pad - tap * step, by) if transposed else (out * by - pad + tap * step, 0)
    return at if rest == 0 and 0 <= at < size else None
