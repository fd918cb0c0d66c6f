"""Depthwise kernels of one and two axes: how many outputs a thread makes, and what a block stages."""

from __future__ import annotations

from gconv_lint.model.shapes import ConvShape
from gconv_lint.probe.kernels.spec import (
    BYTES,
    PLAIN_SHARED,
    WIDEST,
    KernelSpec,
    axes,
    blocks,
    constants,
    covered,
    is_long,
    power_of_two,
)

BLOCK = 128
#: The most taps of a kernel, which are unrolled, and the largest step between them: gaps are staged too.
MOST_TAPS, MOST_DILATION = 49, 4
#: Vectors of channels side by side in a block, channels last.
SLAB = 32
#: Outputs in registers that a thread of the kernel for channels last has, in all.
SUMS = {"fp32": 16, "fp16": 32, "bf16": 32}
#: Rows of outputs of a thread, and of a block at most, and planes of a block, channels first.
ROWS, BAND, PLANES = 4, 16, 16


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


def _channels_last(shape: ConvShape, dtype: str) -> KernelSpec:
    vector = _vector(shape, dtype)
    rows, columns = _outputs(shape, SUMS[dtype] // vector)
    slab = min(SLAB, _rounded(shape.out_channels // vector))
    macros = _common(shape, dtype, "nhwc") | {"VECTOR": vector, "ROWS": rows, "COLUMNS": columns, "SLAB": slab}
    _, high, wide = axes(shape.out_size, 1)
    places = shape.batch * -(-high // rows) * -(-wide // columns)
    grid = (*blocks(places, BLOCK // slab), -(-shape.out_channels // (vector * slab)))
    _, tall, broad = axes(shape.kernel, 1)
    shared = tall * broad * slab * vector * BYTES[dtype]
    return KernelSpec("depthwise_nhwc.cu", "depthwise_nhwc", macros, grid, (BLOCK,), shared)


def _vector(shape: ConvShape, dtype: str) -> int:
    """Outputs that are written at once: whole channels of the input, or all of one channel."""
    vector = power_of_two(WIDEST // BYTES[dtype], shape.out_channels)
    while vector % shape.out_group_width and shape.out_group_width % vector:
        vector //= 2
    return vector


def _outputs(shape: ConvShape, vectors: int) -> tuple[int, int]:
    """Rows and columns of outputs of a thread; fewer where steps between outputs make them share little."""
    _, high, wide = axes(shape.out_size, 1)
    vectors = min(vectors, 16) if max(shape.stride) == 1 else 4
    columns = min(2 if vectors < 8 else 4, _rounded(wide))
    return min(max(1, vectors // columns), _rounded(high)), columns


def _rounded(number: int) -> int:
    """The next power of two."""
    return 1 << (number - 1).bit_length()


def _channels_first(shape: ConvShape, dtype: str) -> KernelSpec | None:
    (_, high, wide), (_, _, padding) = axes(shape.out_size, 1), axes(shape.padding, 0)
    (_, step, _), (_, _, in_wide) = axes(shape.stride, 1), axes(shape.in_size, 1)
    _, reach, needed = axes(covered(shape), 1)
    vector = power_of_two(WIDEST // BYTES[dtype], in_wide)
    margin = -(-padding // vector) * vector
    pitch = -(-max(margin + in_wide, margin - padding + needed) // vector) * vector
    rows = min(ROWS, high)
    for band in range(min(BAND, -(-high // rows) * rows) // rows * rows, 0, -rows):
        staged = ((band - 1) * step + reach - (high - 1) * step) * pitch * BYTES[dtype]
        if staged <= PLAIN_SHARED // 2:
            break
    else:
        return None
    planes = max(
        1, min(PLANES, shape.batch * shape.in_channels, 8 * BLOCK // (band * wide), PLAIN_SHARED // 2 // staged)
    )
    macros = _common(shape, dtype, "nchw") | {"VECTOR": vector, "MARGIN": margin, "PITCH": pitch}
    macros |= {"ROWS": rows, "BAND": band, "PLANES": planes}
    grid = (-(-shape.batch * shape.in_channels // planes) * -(-high // band),)
    return KernelSpec("depthwise_nchw.cu", "depthwise_nchw", macros, grid, (BLOCK,), planes * staged)
