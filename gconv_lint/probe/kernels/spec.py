"""What a kernel is: a source, an entry, compile-time constants and a launch; and the constants of convolutions."""

from __future__ import annotations

from collections.abc import Mapping
from math import gcd, prod
from typing import NamedTuple

from gconv_lint.model.shapes import ConvShape

#: Bytes of a number, and what the kernels call its type: numbers of tf32 lie in memory as floats.
BYTES = {"fp32": 4, "tf32": 4, "fp16": 2, "bf16": 2}
NUMBERS = {"fp32": "fp32", "tf32": "fp32", "fp16": "fp16", "bf16": "bf16"}
LAYOUTS = ("nchw", "nhwc")

#: The widest access to memory, in bytes.
WIDEST = 16
#: Shared memory that a block gets without asking the driver, in bytes.
PLAIN_SHARED = 48 << 10


class KernelSpec(NamedTuple):
    """A kernel for one shape.

    ``source`` is a file of this folder, to be compiled as C++17 with this folder to include from and ``macros`` as
    definitions; ``name`` is its entry, which has no mangled name. It is launched on ``grid`` blocks of ``block``
    threads with ``shared_bytes`` of dynamic shared memory. A convolution takes pointers to input, weight and output,
    in ``nchw`` (N, C, *axes) and (K, C / groups, *kernel), in ``nhwc`` (N, *axes, C) and (K, *kernel, C / groups), a
    transposed one has C and K / groups in place of K and C / groups;
    every other kernel takes pointers to its input, where it has one, and to its output. Pointers are aligned to 16
    bytes. ``tensor_cores`` is set where the kernel multiplies with them.
    """

    source: str
    name: str
    macros: Mapping[str, int | str]
    grid: tuple[int, ...]
    block: tuple[int, ...]
    shared_bytes: int = 0
    tensor_cores: bool = False

    def __str__(self) -> str:
        return " ".join([self.name, *(f"{name}={value}" for name, value in self.macros.items())])


def axes(values: tuple[int, ...], missing: int) -> tuple[int, int, int]:
    """One value for each of depth, height and width; ``missing`` for those that a convolution does not have."""
    found = (missing,) * (3 - len(values)) + values
    return found[0], found[1], found[2]


def constants(shape: ConvShape, dtype: str, layout: str) -> dict[str, int | str]:
    """The compile-time constants that all convolutions share."""
    found: dict[str, int | str] = {"NUMBER": NUMBERS[dtype], "CHANNELS_LAST": int(layout == "nhwc")}
    found |= {"BATCH": shape.batch, "GROUPS": shape.groups}
    found |= {"IN_CHANNELS": shape.in_channels, "OUT_CHANNELS": shape.out_channels}
    sized = {"IN": (shape.in_size, 1), "OUT": (shape.out_size, 1), "KERNEL": (shape.kernel, 1)}
    sized |= {"STRIDE": (shape.stride, 1), "PAD": (shape.padding, 0), "DILATION": (shape.dilation, 1)}
    for name, (values, missing) in sized.items():
        for axis, value in zip("DHW", axes(values, missing), strict=True):
            found[f"{name}_{axis}"] = value
    return found


def power_of_two(limit: int, *counts: int) -> int:
    """The largest power of two up to ``limit``, itself one, that divides every count."""
    return gcd(limit, *counts)


def blocks(threads: int, block: int) -> tuple[int, ...]:
    """The grid that has at least that many threads."""
    return (-(-threads // block),)


def bounds(few: bool) -> str:
    """Threads of a block, and blocks at once: left to itself the compiler may spill a register to have more of them,
    which helps nobody where there are ``few``.
    """
    return "BLOCK,1" if few else "BLOCK"


def largest_divisor(number: int, limit: int) -> int:
    """The largest divisor up to ``limit``."""
    return max(each for each in range(1, max(1, min(number, limit)) + 1) if number % each == 0)


def covered(shape: ConvShape) -> tuple[int, ...]:
    """Along each axis, from the first position that an output reads to the last, padding included."""
    read = zip(shape.out_size, shape.stride, shape.kernel, shape.dilation, strict=True)
    return tuple((made - 1) * by + (taps - 1) * step + 1 for made, by, taps, step in read)


def is_long(shape: ConvShape) -> bool:
    """Whether offsets take 64 bits."""
    ends = zip(shape.in_size if shape.transposed else covered(shape), shape.in_size, strict=True)
    read = shape.batch * shape.in_channels * prod(max(each) for each in ends)
    return max(read, shape.outputs) >= 2**31
