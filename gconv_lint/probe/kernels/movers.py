"""Kernels that only move memory: the copy that other kernels are measured by, channel shuffle, change of layout."""

from __future__ import annotations

from gconv_lint.probe.kernels.spec import BYTES, WIDEST, KernelSpec, blocks, power_of_two

BLOCK = 256
#: Reads of 16 bytes that a thread of the copy has in flight.
LOADS = 4
#: Rows and columns of a tile that is turned; bytes of positions that a block shuffles, where one is not longer.
TILE, SHUFFLED = 64, 16 << 10


def copy(size: int) -> KernelSpec:
    """A copy of ``size`` bytes, a multiple of 16."""
    if size < WIDEST or size % WIDEST:
        raise ValueError(f"a copy is of a multiple of {WIDEST} bytes, not of {size}")
    macros: dict[str, int | str] = {"CHUNKS": f"{size // WIDEST}LL", "LOADS": LOADS, "BLOCK": BLOCK}
    return KernelSpec("copy.cu", "copy", macros, blocks(size // WIDEST, BLOCK * LOADS), (BLOCK,))


def shuffle(batch: int, channels: int, size: int, groups: int, dtype: str, layout: str) -> KernelSpec:
    """Channel shuffle of (``batch``, ``channels``, ``size``) numbers: reshape to groups, transpose, flatten."""
    macros: dict[str, int | str] = {"NUMBER": dtype, "CHANNELS_LAST": int(layout == "nhwc"), "BLOCK": BLOCK}
    macros |= {"BATCH": batch, "CHANNELS": channels, "SIZE": size, "GROUPS": groups}
    vector = power_of_two(WIDEST // BYTES[dtype], channels if layout == "nhwc" else size)
    if layout == "nchw":
        grid = blocks(batch * channels * size // vector, BLOCK)
        return KernelSpec("shuffle.cu", "shuffle", macros | {"VECTOR": vector}, grid, (BLOCK,))
    rows = max(1, SHUFFLED // (channels * BYTES[dtype]))
    shared = rows * channels * BYTES[dtype]
    macros |= {"VECTOR": vector, "ROWS": rows}
    return KernelSpec("shuffle.cu", "shuffle", macros, blocks(batch * size, rows), (BLOCK,), shared)


def transpose(batch: int, rows: int, columns: int, dtype: str) -> KernelSpec:
    """``batch`` matrices turned: NCHW to NHWC where rows are channels and columns positions, and the other way."""
    width = BYTES[dtype]
    # What makes a column of the tile take one bank after another: words of 4 bytes in odd number.
    odd = 4 // width
    macros: dict[str, int | str] = {"NUMBER": dtype, "BATCH": batch, "ROWS": rows, "COLUMNS": columns, "ODD": odd}
    reads, writes = (power_of_two(WIDEST // width, each) for each in (columns, rows))
    macros |= {"TILE": TILE, "BLOCK": BLOCK, "READ": reads, "WRITE": writes}
    grid = (batch * -(-rows // TILE) * -(-columns // TILE),)
    return KernelSpec("transpose.cu", "transpose", macros, grid, (BLOCK,), TILE * (TILE + odd) * width)
