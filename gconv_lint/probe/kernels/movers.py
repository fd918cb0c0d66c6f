"""Kernels that only move memory: the copy that other kernels are measured by, channel shuffle, change of layout."""

from __future__ import annotations

from gconv_lint.probe.kernels.spec import WIDEST, KernelSpec, blocks

BLOCK = 256
#: Reads of 16 bytes that a thread of the copy has in flight.
LOADS = 4


def copy(size: int) -> KernelSpec:
    """A copy of ``size`` bytes, a multiple of 16."""
    if size < WIDEST or size % WIDEST:
        raise ValueError(f"a copy is of a multiple of {WIDEST} bytes, not of {size}")
    macros: dict[str, int | str] = {"CHUNKS": f"{size // WIDEST}LL", "LOADS": LOADS, "BLOCK": BLOCK}
    return KernelSpec("copy.cu", "copy", macros, blocks(size // WIDEST, BLOCK * LOADS), (BLOCK,))
