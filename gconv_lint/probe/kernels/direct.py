"""The kernel that does any convolution: a thread sums up a few channels of a group at one position."""

from __future__ import annotations

from gconv_lint.model.shapes import ConvShape
from gconv_lint.probe.kernels.spec import KernelSpec, blocks, constants, is_long, largest_divisor

BLOCK = 128
#: Channels of a group that a thread sums up, so that it reads an input once for all of them.
TILE = 8


def direct(shape: ConvShape, dtype: str, layout: str) -> KernelSpec:
    """The kernel for a convolution of up to three axes; for tf32 it multiplies in float."""
    tile = largest_divisor(shape.out_group_width, TILE)
    macros = constants(shape, dtype, layout) | {"TILE": tile, "BLOCK": BLOCK, "TRANSPOSED": int(shape.transposed)}
    macros["OFFSET"] = "long long" if is_long(shape) else "int"
    return KernelSpec("direct.cu", "direct", macros, blocks(shape.outputs // tile, BLOCK), (BLOCK,))
