"""Depthwise kernels of one and two axes: how many outputs a thread makes, and what a block stages."""

from __future__ import annotations

from math import prod
from typing import NamedTuple

from gconv_lint.model.shapes import ConvShape
from gconv_lint.probe.kernels.spec import (
    BYTES,
    PLAIN_SHARED,
    WIDEST,
    KernelSpec,
    axes,
    blocks,
    bounds,
    constants,
    covered,
    is_long,
    power_of_two,
)

BLOCK = 128
#: The most taps of a kernel, which are unrolled, and the largest step between them: gaps are staged too.
MOST_TAPS, MOST_DILATION = 49, 4
#: Blocks that are wanted before threads get more work.
ENOUGH_BLOCKS = 1024
#: Channels last: vectors of channels side by side in a block, the narrowest vector in bytes that is read where a wider
#: one would take too many registers, sums in registers, rows and columns of a thread, and its multiply-adds.
SLAB, NARROWEST, MOST_SUMS, TALLEST, WIDE, MOST_MACS = 32, 8, 64, 8, 2, 4096
#: Channels first: rows of outputs of a thread, and of a block at most, planes of a block, and columns of a thread.
ROWS, BAND, PLANES, COLUMNS = 4, 16, 16, 4


def depthwise(shape: ConvShape, dtype: str, layout: str) -> KernelSpec | None:
    """The kernel for a depthwise convolution that has one; ``None`` otherwise."""
    taps = axes(shape.kernel, 1)
    fits = taps[1] * taps[2] <= MOST_TAPS and max(shape.dilation) <= MOST_DILATION
    if not shape.depthwise or len(shape.kernel) > 2 or not fits:
        return None
    return _channels_last(shape, dtype) if layout == "nhwc" else _channels_first(shape, dtype)


def _common(shape: ConvShape, dtype: str, layout: str) -> dict[str, int | str]:
    found = constants(shape, dtype, layout) | {"BLOCK": BLOCK}
    return found | {"OFFSET": "long long" if is_long(shape) else "int"}


class _Thread(NamedTuple):
    """What a thread makes, channels last: channels at once, rows and columns."""

    vector: int
    rows: int
    columns: int


def _channels_last(shape: ConvShape, dtype: str) -> KernelSpec:
    thread = _thread(shape, dtype)
    slab = min(SLAB, _rounded(shape.out_channels // thread.vector))
    macros = _common(shape, dtype, "nhwc") | {"VECTOR": thread.vector, "SLAB": slab}
    macros |= {"ROWS": thread.rows, "COLUMNS": thread.columns, "BOUNDS": bounds(thread.rows <= 2)}
    _, tall, broad = axes(shape.kernel, 1)
    shared = tall * broad * slab * thread.vector * BYTES[dtype]
    return KernelSpec("depthwise_nhwc.cu", "depthwise_nhwc", macros, _grid(shape, thread, slab), (BLOCK,), shared)


def _grid(shape: ConvShape, thread: _Thread, slab: int) -> tuple[int, ...]:
    _, high, wide = axes(shape.out_size, 1)
    places = shape.batch * -(-high // thread.rows) * -(-wide // thread.columns)
    return *blocks(places, BLOCK // slab), -(-shape.out_channels // (thread.vector * slab))


def _thread(shape: ConvShape, dtype: str) -> _Thread:
    """Rows as many as registers and code allow and enough blocks are left, for rows are read beyond them."""
    _, high, wide = axes(shape.out_size, 1)
    vector, columns = _vector(shape, dtype), min(WIDE, _rounded(wide))
    while _held(shape) * columns * vector > MOST_SUMS and vector * BYTES[dtype] > NARROWEST:
        vector //= 2
    thread = _Thread(vector, min(TALLEST, _rounded(high)), columns)
    while thread.rows > 1 and (_too_much(shape, thread) or prod(_grid(shape, thread, SLAB)) < ENOUGH_BLOCKS):
        thread = thread._replace(rows=thread.rows // 2)
    return thread


def _held(shape: ConvShape) -> int:
    """Rows of outputs that one row of the input is added to, those between them included."""
    taps, dilation, stride = (axes(each, 1)[1] for each in (shape.kernel, shape.dilation, shape.stride))
    return -(-((taps - 1) * dilation + 1) // stride)


def _too_much(shape: ConvShape, thread: _Thread) -> bool:
    made = thread.columns * thread.vector
    sums = min(thread.rows, _held(shape)) * made
    return sums > MOST_SUMS or thread.rows * made * prod(shape.kernel) > MOST_MACS


def _vector(shape: ConvShape, dtype: str) -> int:
    """Outputs that are written at once: whole channels of the input, or all of one channel."""
    vector = power_of_two(WIDEST // BYTES[dtype], shape.out_channels)
    while vector % shape.out_group_width and shape.out_group_width % vector:
        vector //= 2
    return vector


def _rounded(number: int) -> int:
    """The next power of two."""
    return 1 << (number - 1).bit_length()


class _Staged(NamedTuple):
    """What a block stages, channels first: the numbers of a read of memory, zeros before a row, and a row's numbers."""

    vector: int
    margin: int
    pitch: int


def _channels_first(shape: ConvShape, dtype: str) -> KernelSpec | None:
    (_, high, wide), (_, step, across) = axes(shape.out_size, 1), axes(shape.stride, 1)
    columns = max(1, COLUMNS // across) if across in (1, 2, 4) else 1
    held = power_of_two(WIDEST // BYTES[dtype], columns * across)
    staged = _staged(shape, dtype, columns, held)
    rows = min(ROWS, high)
    _, reach, _ = axes(covered(shape), 1)
    for band in range(min(BAND, -(-high // rows) * rows) // rows * rows, 0, -rows):
        plane = ((band - 1) * step + reach - (high - 1) * step) * staged.pitch * BYTES[dtype]
        if plane <= PLAIN_SHARED // 2:
            break
    else:
        return None
    images = shape.batch * shape.in_channels
    planes = max(1, min(PLANES, images, 32 * BLOCK // (band * wide), PLAIN_SHARED // 2 // plane))
    macros = _common(shape, dtype, "nchw") | {"VECTOR": staged.vector, "MARGIN": staged.margin, "PITCH": staged.pitch}
    macros |= {"ROWS": rows, "COLUMNS": columns, "HELD": held, "BAND": band, "PLANES": planes}
    grid = (-(-images // planes) * -(-high // band),)
    return KernelSpec("depthwise_nchw.cu", "depthwise_nchw", macros, grid, (BLOCK,), planes * plane)


def _staged(shape: ConvShape, dtype: str, columns: int, held: int) -> _Staged:
    """Rows begin and end so that every read of ``vector`` or ``held`` numbers is whole."""
    (_, _, padding), (_, _, in_wide) = axes(shape.padding, 0), axes(shape.in_size, 1)
    (_, _, wide), (_, _, across), (_, _, needed) = (
        axes(shape.out_size, 1),
        axes(shape.stride, 1),
        axes(covered(shape), 1),
    )
    vector = power_of_two(WIDEST // BYTES[dtype], in_wide)
    margin = -(-padding // vector) * vector
    needed += (-(-wide // columns) * columns - wide) * across
    unit = max(vector, held)
    end = -(-(margin - padding + needed) // held) * held
    return _Staged(vector, margin, -(-max(margin + in_wide, end) // unit) * unit)
