"""The pools of torch."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import TYPE_CHECKING

from gconv_lint.frontends.whole import torch_shapes, torch_sizes
from gconv_lint.frontends.whole.tensors import Tensor
from gconv_lint.frontends.whole.torch_sizes import spread
from gconv_lint.frontends.whole.values import Value

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter


def pooled(interp: Interpreter, size: int, kernel: int, stride: int, padding: int, dilation: int, ceil: bool) -> int:
    """The size along an axis after a pool."""
    rest = size + 2 * padding - dilation * (kernel - 1) - 1
    count = (-(-rest // stride) if ceil else rest // stride) + 1
    if ceil and (count - 1) * stride >= size + padding:
        count -= 1
    if count < 1:
        raise interp.error("RuntimeError", f"a pool of {kernel} over {size} positions has an output that is too small")
    return count


def _windows(interp: Interpreter, size: Value, stride: Value, rank: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The windows of a pool and the steps between them, which are as long where none are given."""
    return spread(interp, size, rank), spread(interp, size if stride in (None, (), []) else stride, rank)


def max_pool(rank: int, indices: bool = False) -> Callable[..., Value]:
    """``max_pool1d`` to ``max_pool3d``."""
    name = f"max_pool{max(rank, 2)}d_with_indices"

    def run(
        interp: Interpreter,
        input: Tensor,
        kernel_size: Value,
        stride: Value = None,
        padding: Value = 0,
        dilation: Value = 1,
        ceil_mode: Value = False,
        return_indices: Value = False,
    ) -> Value:
        kernel, steps = _windows(interp, kernel_size, stride, rank)
        pads, wide = spread(interp, padding, rank), spread(interp, dilation, rank)
        front, space = input.shape[:-rank], input.shape[-rank:]
        sizes = [pooled(interp, *row, bool(ceil_mode)) for row in zip(space, kernel, steps, pads, wide, strict=True)]
        if rank == 1:
            input = torch_shapes.unsqueeze(interp, input, -2)
            sizes = [1, *sizes]
        made, where = Tensor((*front, *sizes), input.dtype), Tensor((*front, *sizes), "int64")
        interp.tape.emit(name, (input, kernel, steps, pads, wide, ceil_mode), made, where)
        if rank == 1:
            made = torch_shapes.squeeze(interp, made, -2)
        return (made, where) if return_indices or indices else made

    return run


def avg_pool(rank: int) -> Callable[..., Value]:
    """``avg_pool1d`` to ``avg_pool3d``."""

    def run(
        interp: Interpreter,
        input: Tensor,
        kernel_size: Value,
        stride: Value = None,
        padding: Value = 0,
        ceil_mode: Value = False,
        count_include_pad: Value = True,
        divisor_override: Value = None,
    ) -> Value:
        kernel, steps = _windows(interp, kernel_size, stride, rank)
        pads = spread(interp, padding, rank)
        front, space = input.shape[:-rank], input.shape[-rank:]
        sizes = [pooled(interp, s, k, t, p, 1, bool(ceil_mode)) for s, k, t, p in zip(space, kernel, steps, pads)]
        made = Tensor((*front, *sizes), input.dtype)
        return interp.tape.emit(f"avg_pool{rank}d", (input, kernel, steps, pads, ceil_mode), made)

    return run


def adaptive_pool(kind: str, rank: int) -> Callable[..., Value]:
    """``adaptive_avg_pool2d`` and its like; one position is a mean."""

    def run(interp: Interpreter, input: Tensor, output_size: Value, return_indices: Value = False) -> Value:
        given = output_size if isinstance(output_size, (tuple, list)) else (output_size,) * rank
        space = input.shape[-rank:]
        sizes = tuple(s if g is None else torch_sizes.integer(interp, g) for g, s in zip(given, space, strict=True))
        if rank == 1:
            wide = torch_shapes.unsqueeze(interp, input, -2)
            made = adaptive_pool(kind, 2)(interp, wide, (1, *sizes))
            return torch_shapes.squeeze(interp, made, -2)
        made = Tensor((*input.shape[:-rank], *sizes), input.dtype)
        if kind == "avg" and prod(sizes) == 1:
            axes = [-1, -2] if rank == 2 else [-1, -2, -3]
            return interp.tape.emit("mean", (input, axes, True), made)
        if kind == "avg":
            return interp.tape.emit(f"_adaptive_avg_pool{rank}d", (input, sizes), made)
        where = Tensor(made.shape, "int64")
        interp.tape.emit(f"adaptive_max_pool{rank}d", (input, sizes), made, where)
        return (made, where) if return_indices else made

    return run


def max_unpool2d(
    interp: Interpreter,
    input: Tensor,
    indices: Tensor,
    kernel_size: Value,
    stride: Value = None,
    padding: Value = 0,
    output_size: Value = None,
) -> Value:
    kernel = spread(interp, kernel_size, 2)
    steps, pads = spread(interp, stride or kernel_size, 2), spread(interp, padding, 2)
    rows = zip(input.shape[-2:], kernel, steps, pads, strict=True)
    sizes = [(size - 1) * step - 2 * pad + k for size, k, step, pad in rows]
    if output_size is not None:
        sizes = list(torch_sizes.sizes_of(interp, [output_size]))[-2:]
    made = Tensor((*input.shape[:-2], *sizes), input.dtype)
    return interp.tape.emit("max_unpool2d", (input, indices, sizes), made)
