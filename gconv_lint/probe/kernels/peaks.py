"""Kernels that only multiply and add: the most arithmetic a second that any kernel does."""

from __future__ import annotations

from typing import NamedTuple

from gconv_lint.probe.kernels.spec import KernelSpec

BLOCK, CHAINS = 256, 8
#: Multiply-adds of one instruction of a warp on tensor cores.
TILE_MACS = 16 * 8 * 16


class Peak(NamedTuple):
    """A kernel, its FLOPs in one launch, and the 4-byte numbers that its input and its output have."""

    spec: KernelSpec
    flops: int
    inputs: int
    outputs: int


def fma(blocks: int, rounds: int) -> Peak:
    """Multiply-adds of floats; the input is of floats."""
    macros: dict[str, int | str] = {"BLOCK": BLOCK, "CHAINS": CHAINS, "ROUNDS": rounds}
    spec = KernelSpec("peak_fma.cu", "peak_fma", macros, (blocks,), (BLOCK,))
    threads = blocks * BLOCK
    return Peak(spec, 2 * threads * CHAINS * rounds, threads, threads)


def mma(dtype: str, blocks: int, rounds: int) -> Peak:
    """Multiplications on tensor cores in fp16 or bf16, with sums in float; the input is of pairs of those numbers."""
    macros: dict[str, int | str] = {"NUMBER": dtype, "BLOCK": BLOCK, "CHAINS": CHAINS, "ROUNDS": rounds}
    spec = KernelSpec("peak_mma.cu", "peak_mma", macros, (blocks,), (BLOCK,), 0, True)
    threads = blocks * BLOCK
    return Peak(spec, 2 * threads // 32 * TILE_MACS * CHAINS * rounds, 4 * threads, threads)
