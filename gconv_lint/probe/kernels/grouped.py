"""Grouped convolutions on tensor cores: which groups are merged, and what a block and a warp take."""

from __future__ import annotations

from math import gcd, lcm, prod
from typing import NamedTuple

from gconv_lint.model.shapes import ConvShape
from gconv_lint.probe.kernels.spec import (
    BYTES,
    PLAIN_SHARED,
    WIDEST,
    KernelSpec,
    axes,
    bounds,
    constants,
    is_long,
    largest_divisor,
)

DTYPES = ("fp16", "bf16", "tf32")
#: Outputs of a tile of the tensor cores, threads of a warp.
EIGHT, WARP = 8, 32
#: Registers of a thread that hold weights, at most.
WEIGHT_REGISTERS = 96
#: Bytes of channels that a block stages, where groups are narrower; positions of its tile.
STAGED_BYTES, POSITIONS = 128, 128
#: Warps of a block at most, and at least where positions can be shared out.
MOST_WARPS, FEWEST_WARPS = 8, 4
#: Tiles that a block takes one after another, at most, and blocks that are wanted first.
MOST_REPEATS, ENOUGH_BLOCKS = 8, 2048


class Tiling(NamedTuple):
    """How a block splits channels: merged groups, 16 bytes of each, their number, tiles of 8 outputs a warp, and splits
    of outputs.
    """

    merged: int
    units: int
    slab: int
    columns: int
    steps: int
    splits: int


def grouped(shape: ConvShape, dtype: str, layout: str) -> KernelSpec | None:
    """The kernel for a convolution of one or two axes whose groups fit tensor cores; ``None`` otherwise."""
    if dtype not in DTYPES or len(shape.kernel) > 2:
        return None
    unit = WIDEST // BYTES[dtype]
    merged = _merged(shape, unit)
    if shape.groups % merged:
        return None
    flat = _flattened(shape, layout)
    tiling = _tiling(flat, merged, unit)
    tile = tiling and _tile(flat, tiling)
    return _spec(flat, dtype, layout, tiling, tile) if tiling and tile else None


def _merged(shape: ConvShape, unit: int) -> int:
    """How many groups make widths that are multiples of 16 bytes, in, and of a tile, out."""
    widths = (unit, shape.group_width), (EIGHT, shape.out_group_width)
    return lcm(*(whole // gcd(whole, width) for whole, width in widths))


def _flattened(shape: ConvShape, layout: str) -> ConvShape:
    """A convolution that reads one position has its axes in one, channels last its images too."""
    plain = shape.pointwise and max(shape.stride) == 1 and not any(shape.padding) and shape.in_size == shape.out_size
    if not plain:
        return shape
    images = shape.batch if layout == "nhwc" else 1
    one, size = (1,), (prod(shape.in_size) * images,)
    kept = shape._replace(batch=shape.batch // images, in_size=size, out_size=size, kernel=one)
    return kept._replace(stride=one, padding=(0,), dilation=one)


def _tiling(shape: ConvShape, merged: int, unit: int) -> Tiling | None:
    units, out_tiles = shape.group_width * merged // unit, shape.out_group_width * merged // EIGHT
    depth = prod(shape.kernel) * units
    columns = next((each for each in (4, 2, 1) if not out_tiles % each and each * depth <= WEIGHT_REGISTERS), None)
    if columns is None:
        return None
    steps = out_tiles // columns
    slab = largest_divisor(shape.groups // merged, min(STAGED_BYTES // WIDEST // units, MOST_WARPS // steps))
    return Tiling(merged, units, slab, columns, steps, steps // largest_divisor(steps, MOST_WARPS))


def _tile(shape: ConvShape, tiling: Tiling) -> tuple[int, int] | None:
    """Rows and columns of a tile of outputs, as many as fit into shared memory."""
    _, high, wide = axes(shape.out_size, 1)
    for limit in (POSITIONS, POSITIONS // 2, POSITIONS // 4, POSITIONS // 8):
        longest = 16 if high > 1 else limit
        across = -(-wide // -(-wide // longest))
        down = max(1, min(high, limit // across))
        down = -(-high // -(-high // down))
        if _shared(shape, tiling, down, across) <= PLAIN_SHARED:
            return down, across
    return None


def _shared(shape: ConvShape, tiling: Tiling, down: int, across: int) -> int:
    """Bytes that a block stages: rows are an odd number of 16 bytes apart."""
    steps, taps, dilation = axes(shape.stride, 1), axes(shape.kernel, 1), axes(shape.dilation, 1)
    staged = prod(
        (made - 1) * by + (count - 1) * step + 1
        for made, by, count, step in zip((down, across), steps[1:], taps[1:], dilation[1:], strict=True)
    )
    units = tiling.slab * tiling.units
    return staged * (units + 1 - units % 2) * 16


def _spec(shape: ConvShape, dtype: str, layout: str, tiling: Tiling, tile: tuple[int, int]) -> KernelSpec:
    roles = tiling.slab * tiling.steps // tiling.splits
    block = WARP * roles * max(1, FEWEST_WARPS // roles)
    _, high, wide = axes(shape.out_size, 1)
    tiles = shape.batch * -(-high // tile[0]) * -(-wide // tile[1])
    slabs = shape.groups // tiling.merged // tiling.slab * tiling.splits
    repeats = max(1, min(MOST_REPEATS, tiles * slabs // ENOUGH_BLOCKS))
    macros = constants(shape, dtype, layout) | {"MERGED": tiling.merged, "SLAB": tiling.slab, "BLOCK": block}
    macros["BOUNDS"] = bounds(tiles * slabs < ENOUGH_BLOCKS)
    macros |= {"COLUMNS": tiling.columns, "MOST_STEPS": tiling.steps // tiling.splits}
    macros |= {"BLOCK_H": tile[0], "BLOCK_W": tile[1], "OFFSET": "long long" if is_long(shape) else "int"}
    shared = _shared(shape, tiling, *tile)
    return KernelSpec("grouped.cu", "grouped", macros, (-(-tiles // repeats), slabs), (block,), shared, True)
