"""Functions of torch over space: convolutions, pools, norms, resizing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import starmap
from math import floor, prod
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.whole import torch_shapes, torch_sizes
from gconv_lint.frontends.whole.tensors import Tensor
from gconv_lint.frontends.whole.torch_arithmetic import elementwise, pointwise
from gconv_lint.frontends.whole.torch_pools import adaptive_pool, avg_pool, max_pool, max_unpool2d
from gconv_lint.frontends.whole.torch_sizes import spread
from gconv_lint.frontends.whole.values import Value
from gconv_lint.model.layers import conv_length, transposed_length

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter


def convolution(rank: int) -> Callable[..., Value]:
    """``conv1d`` to ``conv3d``."""

    def run(
        interp: Interpreter,
        input: Tensor,
        weight: Tensor,
        bias: Value = None,
        stride: Value = 1,
        padding: Value = 0,
        dilation: Value = 1,
        groups: Value = 1,
    ) -> Value:
        steps, wide = spread(interp, stride, rank), spread(interp, dilation, rank)
        kernel = weight.shape[2:]
        if padding == "valid":
            padding = 0
        if padding == "same":
            input, padding = _same(interp, input, kernel, wide)
        pads = spread(interp, padding, rank)
        arguments = (input, weight, bias, steps, pads, wide, False, (0,) * rank, groups)
        lonely = len(input.shape) == rank + 1
        if lonely:
            input = torch_shapes.unsqueeze(interp, input, 0)
            arguments = (input, *arguments[1:])
        _fit(interp, arguments, input, weight, weight.shape[1] * groups, rank)
        space = list(map(conv_length, input.shape[2:], kernel, steps, pads, wide))
        _positive(interp, input, space, kernel)
        made = Tensor((input.shape[0], weight.shape[0], *space), input.dtype)
        made = interp.tape.emit("convolution", arguments, made)
        return torch_shapes.squeeze(interp, made, 0) if lonely else made

    return run


def _same(interp: Interpreter, input: Tensor, kernel: Sequence[int], dilation: Sequence[int]) -> tuple[Tensor, Any]:
    """``padding="same"``: what is odd is padded in front of the convolution."""
    total = [d * (k - 1) for k, d in zip(kernel, dilation, strict=True)]
    if any(t % 2 for t in total):
        amounts = [a for t in reversed(total) for a in (0, t % 2)]
        input = pad(interp, input, amounts)
    return input, tuple(t // 2 for t in total)


def _fit(interp: Interpreter, arguments: Any, input: Tensor, weight: Tensor, expected: int, rank: int) -> None:
    groups = arguments[8]
    if len(input.shape) != rank + 2:
        said = f"Expected {rank + 1}D (unbatched) or {rank + 2}D (batched) input to conv{rank}d, but got {input.shape}"
        raise interp.error("RuntimeError", said)
    first = weight.shape[0]
    if input.shape[1] != expected or groups < 1 or first % groups:
        interp.tape.refuse("convolution", arguments)
        size, shape = list(weight.shape), list(input.shape)
        said = f"Given groups={groups}, weight of size {size}, expected input{shape} to have {expected} channels"
        raise interp.error("RuntimeError", said)


def _positive(interp: Interpreter, input: Tensor, space: Sequence[int], kernel: Sequence[int]) -> None:
    if any(size < 1 for size in space):
        said = f"Calculated output size {list(space)} of an input {list(input.shape)} and a kernel {list(kernel)}"
        raise interp.error("RuntimeError", f"{said} is too small")


def transposed_convolution(rank: int) -> Callable[..., Value]:
    """``conv_transpose1d`` to ``conv_transpose3d``."""

    def run(
        interp: Interpreter,
        input: Tensor,
        weight: Tensor,
        bias: Value = None,
        stride: Value = 1,
        padding: Value = 0,
        output_padding: Value = 0,
        groups: Value = 1,
        dilation: Value = 1,
    ) -> Value:
        steps, pads = spread(interp, stride, rank), spread(interp, padding, rank)
        more, wide = spread(interp, output_padding, rank), spread(interp, dilation, rank)
        arguments = (input, weight, bias, steps, pads, wide, True, more, groups)
        _fit(interp, arguments, input, weight, weight.shape[0], rank)
        lengths = map(transposed_length, input.shape[2:], weight.shape[2:], steps, pads, wide)
        space = [length + extra for length, extra in zip(lengths, more)]
        _positive(interp, input, space, weight.shape[2:])
        made = Tensor((input.shape[0], weight.shape[1] * groups, *space), input.dtype)
        return interp.tape.emit("convolution", arguments, made)

    return run


_REFLECTED = {"reflect": "reflection_pad", "replicate": "replication_pad"}


def pad(interp: Interpreter, input: Tensor, pad: Value, mode: Value = "constant", value: Value = None) -> Value:
    amounts = [torch_sizes.integer(interp, a) for a in interp.items(pad)]
    shape = list(input.shape)
    for i in range(0, len(amounts), 2):
        shape[len(shape) - 1 - i // 2] += amounts[i] + amounts[i + 1]
    if any(size < 0 for size in shape):
        raise interp.error("RuntimeError", f"padding {amounts} of {list(input.shape)} leaves a negative size")
    made = Tensor(tuple(shape), input.dtype)
    if mode == "constant":
        return interp.tape.emit("constant_pad_nd", (input, amounts, value or 0), made)
    if mode in _REFLECTED:
        return interp.tape.emit(f"{_REFLECTED[mode]}{len(amounts) // 2}d", (input, amounts), made)
    return interp.tape.emit(f"{mode}_pad", (input, amounts), made)


def interpolate(
    interp: Interpreter,
    input: Tensor,
    size: Value = None,
    scale_factor: Value = None,
    mode: Value = "nearest",
    align_corners: Value = None,
    recompute_scale_factor: Value = None,
    antialias: Value = False,
) -> Value:
    rank = len(input.shape) - 2
    if size is not None:
        sizes = spread(interp, size, rank)
    else:
        given = scale_factor if isinstance(scale_factor, (tuple, list)) else (scale_factor,) * rank
        sizes = tuple(floor(s * float(f)) for s, f in zip(input.shape[2:], given, strict=True))
    if mode == "area":
        return adaptive_pool("avg", rank)(interp, input, sizes)
    word = {"nearest": "nearest", "nearest-exact": "nearest_exact"}.get(mode, mode)
    name = f"upsample_{word}{rank}d"
    if mode == "nearest-exact":
        name = f"_{name}"
    if antialias:
        name = f"_{name}_aa"
    made = Tensor((*input.shape[:2], *sizes), input.dtype)
    return interp.tape.emit(name, (input, sizes, align_corners), made)


def batch_norm(
    interp: Interpreter,
    input: Tensor,
    running_mean: Value = None,
    running_var: Value = None,
    weight: Value = None,
    bias: Value = None,
    training: Value = False,
    momentum: Value = 0.1,
    eps: Value = 1e-5,
) -> Value:
    if isinstance(running_mean, Tensor) and running_mean.shape[0] != input.shape[1]:
        said = f"running_mean should contain {input.shape[1]} elements not {running_mean.shape[0]}"
        raise interp.error("RuntimeError", said)
    arguments = (input, weight, bias, running_mean, running_var, training, momentum, eps)
    return interp.tape.emit("native_batch_norm", arguments, Tensor(input.shape, input.dtype))


def instance_norm(
    interp: Interpreter,
    input: Tensor,
    running_mean: Value = None,
    running_var: Value = None,
    weight: Value = None,
    bias: Value = None,
    use_input_stats: Value = True,
    momentum: Value = 0.1,
    eps: Value = 1e-5,
) -> Value:
    if not use_input_stats:
        return batch_norm(interp, input, running_mean, running_var, weight, bias)
    batch, channels = input.shape[:2]
    flat = torch_shapes.reshape(interp, input, 1, batch * channels, *input.shape[2:])
    scale, shift = (torch_shapes.repeat(interp, w, batch) if isinstance(w, Tensor) else None for w in (weight, bias))
    made = batch_norm(interp, flat, None, None, scale, shift, True)
    return torch_shapes.view(interp, made, *input.shape)


def layer_norm(
    interp: Interpreter,
    input: Tensor,
    normalized_shape: Value,
    weight: Value = None,
    bias: Value = None,
    eps: Value = 0,
) -> Value:
    shape = torch_sizes.sizes_of(interp, [normalized_shape])
    if input.shape[len(input.shape) - len(shape) :] != shape:
        said = f"Given normalized_shape={list(shape)}, expected input with shape [*, {list(shape)}]"
        raise interp.error("RuntimeError", f"{said}, but got input of size {list(input.shape)}")
    made = Tensor(input.shape, input.dtype)
    return interp.tape.emit("native_layer_norm", (input, list(shape), weight, bias, eps), made)


def group_norm(
    interp: Interpreter, input: Tensor, num_groups: Value, weight: Value = None, bias: Value = None, eps: Value = 0
) -> Value:
    batch, channels, *space = input.shape
    if channels % num_groups:
        said = (
            f"Expected number of channels in input to be divisible by num_groups, but got {channels} and {num_groups}"
        )
        raise interp.error("RuntimeError", said)
    arguments = (input, weight, bias, batch, channels, prod(space), num_groups, eps)
    return interp.tape.emit("native_group_norm", arguments, Tensor(input.shape, input.dtype))


def local_response_norm(
    interp: Interpreter, input: Tensor, size: Value, alpha: Value = 1e-4, beta: Value = 0.75, k: Value = 1.0
) -> Value:
    div = elementwise(interp, "mul", input, input)
    if len(input.shape) == 3:
        wide = pad(interp, torch_shapes.unsqueeze(interp, div, 1), (0, 0, size // 2, (size - 1) // 2))
        div = torch_shapes.squeeze(interp, avg_pool(2)(interp, wide, (size, 1), 1), 1)
    else:
        a, b, c = input.shape[:3]
        wide = torch_shapes.view(interp, div, a, 1, b, c, -1)
        wide = pad(interp, wide, (0, 0, 0, 0, size // 2, (size - 1) // 2))
        wide = torch_shapes.squeeze(interp, avg_pool(3)(interp, wide, (size, 1, 1), 1), 1)
        div = torch_shapes.view(interp, wide, *input.shape)
    for name, number in (("mul", alpha), ("add", k), ("pow", beta)):
        div = elementwise(interp, name, div, number)
    return elementwise(interp, "div", input, div)


def unfold(
    interp: Interpreter, input: Tensor, kernel_size: Value, dilation: Value = 1, padding: Value = 0, stride: Value = 1
) -> Value:
    kernel, wide, pads, steps = (spread(interp, v, 2) for v in (kernel_size, dilation, padding, stride))
    counts = starmap(conv_length, zip(input.shape[-2:], kernel, steps, pads, wide, strict=True))
    made = Tensor((input.shape[0], input.shape[1] * prod(kernel), prod(counts)), input.dtype)
    return interp.tape.emit("im2col", (input, kernel, wide, pads, steps), made)


def fold(
    interp: Interpreter,
    input: Tensor,
    output_size: Value,
    kernel_size: Value,
    dilation: Value = 1,
    padding: Value = 0,
    stride: Value = 1,
) -> Value:
    sizes, kernel = spread(interp, output_size, 2), spread(interp, kernel_size, 2)
    made = Tensor((input.shape[0], input.shape[1] // prod(kernel), *sizes), input.dtype)
    return interp.tape.emit("col2im", (input, sizes, kernel), made)


def grid_sample(interp: Interpreter, input: Tensor, grid: Tensor, *args: Value, **options: Value) -> Value:
    made = Tensor((*input.shape[:2], *grid.shape[1:-1]), input.dtype)
    return interp.tape.emit("grid_sampler_2d" if len(input.shape) == 4 else "grid_sampler_3d", (input, grid), made)


def dropout(interp: Interpreter, input: Tensor, *args: Value, **options: Value) -> Value:
    """Nothing: models are run in evaluation mode."""
    return input


def prelu(interp: Interpreter, input: Tensor, weight: Tensor) -> Value:
    rank = len(input.shape)
    if rank > 1:
        weight = torch_shapes.view(interp, weight, *(-1 if i == 1 else 1 for i in range(rank)))
    return interp.tape.emit("_prelu_kernel", (input, weight), Tensor(input.shape, input.dtype))


def glu(interp: Interpreter, input: Tensor, dim: Value = -1) -> Value:
    axis = torch_sizes.axis_of(interp, dim, len(input.shape))
    shape = tuple(s // 2 if i == axis else s for i, s in enumerate(input.shape))
    return interp.tape.emit("glu", (input, axis), Tensor(shape, input.dtype))


def one_hot(interp: Interpreter, input: Tensor, num_classes: Value = -1) -> Value:
    if num_classes == -1:
        return interp.unknown("how many classes there are depends on the values of a tensor")
    classes = interp.tape.emit("arange", (), Tensor((num_classes,), "int64", list(range(num_classes))))
    found = elementwise(interp, "eq", torch_shapes.unsqueeze(interp, input, -1), classes, "bool")
    return torch_shapes.cast(interp, found, "int64")


def relu6(interp: Interpreter, input: Tensor, inplace: Value = False) -> Value:
    if inplace is True:
        return interp.tape.write("hardtanh_", input, (input, 0.0, 6.0))
    return interp.tape.emit("hardtanh", (input, 0.0, 6.0), Tensor(input.shape, input.dtype))


_ACTIVATIONS = (
    *("relu", "hardtanh", "silu", "gelu", "hardswish", "hardsigmoid", "leaky_relu", "elu", "celu", "selu", "mish"),
    *("softplus", "logsigmoid", "threshold", "hardshrink", "softshrink", "tanhshrink", "softsign", "rrelu"),
)

FUNCTIONS: dict[str, Callable[..., Value]] = {
    **{f"conv{rank}d": convolution(rank) for rank in (1, 2, 3)},
    **{f"conv_transpose{rank}d": transposed_convolution(rank) for rank in (1, 2, 3)},
    **{f"max_pool{rank}d": max_pool(rank) for rank in (1, 2, 3)},
    **{f"avg_pool{rank}d": avg_pool(rank) for rank in (1, 2, 3)},
    **{f"adaptive_{kind}_pool{rank}d": adaptive_pool(kind, rank) for kind in ("avg", "max") for rank in (1, 2, 3)},
    **{name: pointwise(name) for name in _ACTIVATIONS},
    **{f.__name__: f for f in (max_unpool2d, pad, interpolate, batch_norm, instance_norm, layer_norm, group_norm)},
    **{f.__name__: f for f in (local_response_norm, unfold, fold, grid_sample, prelu, glu, one_hot, relu6)},
    **{f"dropout{suffix}": dropout for suffix in ("", "1d", "2d", "3d", "_")},
    "alpha_dropout": dropout,
    "feature_dropout": dropout,
    "upsample": interpolate,
    "relu_": lambda interp, input: interp.tape.write("relu_", input, (input,)),
}
