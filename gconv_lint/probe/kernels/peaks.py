"""Kernels that only multiply and add: the most arithmetic a second that any kernel does."""

from __future__ import annotations

from typing import NamedTuple

from gconv_lint.probe.kernels.spec import BYTES, NUMBERS, KernelSpec

BLOCK, CHAINS = 256, 8
#: Rows and columns of one instruction of a warp on tensor cores, and its bytes in the depth.
TILE, DEPTH = 16 * 8, 32


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
    """Multiplications on tensor cores in fp16, bf16 or tf32, with sums in float; the input is of pairs of numbers of 16
    bits, or of floats.
    """
    macros: dict[str, int | str] = {"NUMBER": NUMBERS[dtype], "BLOCK": BLOCK, "CHAINS": CHAINS, "ROUNDS": rounds}
    spec = KernelSpec("peak_mma.cu", "peak_mma", macros, (blocks,), (BLOCK,), 0, True)
    threads = blocks * BLOCK
    return Peak(spec, 2 * threads // 32 * TILE * DEPTH // BYTES[dtype] * CHAINS * rounds, 4 * threads, threads)
