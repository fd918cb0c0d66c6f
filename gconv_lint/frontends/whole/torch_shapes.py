"""Functions of torch that move the data of a tensor about: views, permutations, slices, repeats."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.whole.tensors import Tensor, contiguous
from gconv_lint.frontends.whole.torch_numbers import held
from gconv_lint.frontends.whole.torch_parts import cat, chunk, narrow, select, split, stack, tensor_split, unbind
from gconv_lint.frontends.whole.torch_sizes import axis_of, integer, sizes_of
from gconv_lint.frontends.whole.values import Value

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter


def _resolved(interp: Interpreter, tensor: Tensor, sizes: tuple[int, ...]) -> tuple[int, ...]:
    count = tensor.count
    if -1 in sizes:
        rest = prod(s for s in sizes if s != -1)
        if rest == 0 or count % rest or sizes.count(-1) > 1:
            raise _misfit(interp, tensor, sizes)
        sizes = tuple(count // rest if s == -1 else s for s in sizes)
    if prod(sizes) != count:
        raise _misfit(interp, tensor, sizes)
    return sizes


def _misfit(interp: Interpreter, tensor: Tensor, sizes: tuple[int, ...]) -> Exception:
    return interp.error("RuntimeError", f"shape '{list(sizes)}' is invalid for input of size {tensor.count}")


def _viewed(tensor: Tensor, sizes: tuple[int, ...]) -> tuple[int, ...] | None:
    """The strides of a view of these sizes, ``None`` where memory does not allow it."""
    if tensor.is_contiguous or not tensor.count:
        return contiguous(sizes)
    strides: list[int] = []
    position = len(sizes) - 1
    chunk, base = 1, tensor.strides[-1]
    for axis in range(len(tensor.shape) - 1, -1, -1):
        chunk *= tensor.shape[axis]
        before = tensor.strides[axis - 1] if axis else 0
        if axis and (tensor.shape[axis - 1] == 1 or before == chunk * base):
            continue
        covered = 1
        while position >= 0 and (covered < chunk or sizes[position] == 1):
            strides.append(covered * base)
            covered *= sizes[position]
            position -= 1
        if covered != chunk:
            return None
        if axis:
            chunk, base = 1, before
    return tuple(reversed(strides)) if position == -1 else None


def reshaped(interp: Interpreter, tensor: Tensor, sizes: tuple[int, ...], name: str = "view") -> Tensor:
    """A view of these sizes, or a copy where memory does not allow one."""
    strides = _viewed(tensor, sizes)
    if strides is None:
        tensor, name = copied(interp, tensor), "_unsafe_view"
        strides = contiguous(sizes)
    made = interp.tape.view(tensor, sizes, strides)
    made.values = tensor.values
    return interp.tape.emit(name, (tensor, sizes), made)


def copied(interp: Interpreter, tensor: Tensor) -> Tensor:
    """A copy that lies in memory in the order of its axes."""
    return interp.tape.emit("clone", (tensor,), Tensor(tensor.shape, tensor.dtype, tensor.values))


def view(interp: Interpreter, input: Tensor, *size: Value) -> Value:
    if len(size) == 1 and isinstance(size[0], str):
        return cast(interp, input, size[0])
    sizes = _resolved(interp, input, sizes_of(interp, size))
    if _viewed(input, sizes) is None:
        interp.tape.refuse("view", (input, list(sizes)))
        said = "view size is not compatible with input tensor's size and stride (at least one dimension spans across "
        raise interp.error("RuntimeError", f"{said}two contiguous subspaces). Use .reshape(...) instead.")
    return reshaped(interp, input, sizes)


def reshape(interp: Interpreter, input: Tensor, *shape: Value, **named: Value) -> Value:
    given = shape or tuple(named.values())
    return reshaped(interp, input, _resolved(interp, input, sizes_of(interp, given)))


def flatten(interp: Interpreter, input: Tensor, start_dim: int = 0, end_dim: int = -1) -> Value:
    rank = len(input.shape)
    start, end = axis_of(interp, start_dim, rank), axis_of(interp, end_dim, rank)
    if start == end and rank:
        return input
    shape = (*input.shape[:start], prod(input.shape[start : end + 1]), *input.shape[end + 1 :])
    return reshaped(interp, input, shape)


def unflatten(
    interp: Interpreter, input: Tensor, dim: Value, sizes: Value = None, unflattened_size: Value = None
) -> Value:
    sizes = unflattened_size if sizes is None else sizes
    axis = axis_of(interp, dim, len(input.shape))
    inner = sizes_of(interp, [sizes])
    if -1 in inner:
        inner = tuple(input.shape[axis] // -prod(inner) if s == -1 else s for s in inner)
    return reshaped(interp, input, (*input.shape[:axis], *inner, *input.shape[axis + 1 :]))


def permute(interp: Interpreter, input: Tensor, *dims: Value, **named: Value) -> Value:
    rank = len(input.shape)
    order = [axis_of(interp, d, rank) for d in sizes_of(interp, dims or tuple(named.values()))]
    if sorted(order) != list(range(rank)):
        raise interp.error(
            "RuntimeError", "permute(sparse_coo): number of dimensions in the tensor input does not match"
        )
    made = interp.tape.view(input, tuple(input.shape[i] for i in order), tuple(input.strides[i] for i in order))
    made.values = _permuted(input, order)
    return interp.tape.emit("permute", (input, order), made)


def _permuted(tensor: Tensor, order: Sequence[int]) -> list[Any] | None:
    if tensor.values is None:
        return None
    steps = contiguous(tensor.shape)
    found: list[int] = [0]
    for axis in order:
        found = [base + steps[axis] * i for base in found for i in range(tensor.shape[axis])]
    return [tensor.values[i] for i in found]


def transpose(interp: Interpreter, input: Tensor, dim0: Value, dim1: Value) -> Value:
    rank = len(input.shape)
    a, b = axis_of(interp, dim0, rank), axis_of(interp, dim1, rank)
    order = list(range(rank))
    order[a], order[b] = b, a
    made = interp.tape.view(input, tuple(input.shape[i] for i in order), tuple(input.strides[i] for i in order))
    made.values = _permuted(input, order)
    return interp.tape.emit("transpose", (input, a, b), made)


def t(interp: Interpreter, input: Tensor) -> Value:
    return transpose(interp, input, 0, 1) if len(input.shape) > 1 else input


def movedim(interp: Interpreter, input: Tensor, source: Value, destination: Value) -> Value:
    rank = len(input.shape)
    from_ = [axis_of(interp, a, rank) for a in (source if isinstance(source, (tuple, list)) else (source,))]
    to = [axis_of(interp, a, rank) for a in (destination if isinstance(destination, (tuple, list)) else (destination,))]
    rest = iter(i for i in range(rank) if i not in from_)
    order = [from_[to.index(i)] if i in to else next(rest) for i in range(rank)]
    return permute(interp, input, *order)


def squeeze(interp: Interpreter, input: Tensor, dim: Value = None) -> Value:
    rank = len(input.shape)
    given = dim if isinstance(dim, (tuple, list)) else (dim,)
    gone = range(rank) if dim is None else [axis_of(interp, d, rank) for d in given]
    kept = [i for i in range(rank) if i not in gone or input.shape[i] != 1]
    made = interp.tape.view(input, tuple(input.shape[i] for i in kept), tuple(input.strides[i] for i in kept))
    made.values = input.values
    return interp.tape.emit("squeeze", (input, dim), made)


def unsqueeze(interp: Interpreter, input: Tensor, dim: Value) -> Value:
    axis = axis_of(interp, dim, len(input.shape) + 1)
    step = input.strides[axis] * input.shape[axis] if axis < len(input.shape) else 1
    strides = (*input.strides[:axis], step, *input.strides[axis:])
    made = interp.tape.view(input, (*input.shape[:axis], 1, *input.shape[axis:]), strides)
    made.values = input.values
    return interp.tape.emit("unsqueeze", (input, axis), made)


def expand(interp: Interpreter, input: Tensor, *size: Value) -> Value:
    wanted = sizes_of(interp, size)
    new = len(wanted) - len(input.shape)
    shape, strides = [], []
    for i, wide in enumerate(wanted):
        own = input.shape[i - new] if i >= new else 1
        wide = own if wide == -1 else wide
        if own not in (1, wide):
            said = f"The expanded size of the tensor ({wide}) must match the existing size ({own})"
            raise interp.error("RuntimeError", said)
        shape.append(wide)
        strides.append(input.strides[i - new] if i >= new and own == wide else 0)
    made = interp.tape.view(input, tuple(shape), tuple(strides))
    return interp.tape.emit("expand", (input, shape), made)


def expand_as(interp: Interpreter, input: Tensor, other: Tensor) -> Value:
    return expand(interp, input, *other.shape)


def view_as(interp: Interpreter, input: Tensor, other: Tensor) -> Value:
    return view(interp, input, *other.shape)


def repeat(interp: Interpreter, input: Tensor, *repeats: Value) -> Value:
    times = list(sizes_of(interp, repeats))
    own = (*(1,) * (len(times) - len(input.shape)), *input.shape)
    made = Tensor(tuple(a * b for a, b in zip(own, times, strict=True)), input.dtype)
    if len(own) != len(input.shape):
        input = reshaped(interp, input, own)
    return interp.tape.emit("repeat", (input, times), made)


def repeat_interleave(interp: Interpreter, input: Tensor, repeats: Value, dim: Value = None, **options: Value) -> Value:
    axis, times = axis_of(interp, dim or 0, len(input.shape)), integer(interp, repeats)
    wide = unsqueeze(interp, input, axis + 1)
    spread = expand(interp, wide, *(times if i == axis + 1 else -1 for i in range(len(wide.shape))))
    return flatten(interp, copied(interp, spread), axis, axis + 1)


def contiguous_(interp: Interpreter, input: Tensor, **options: Value) -> Value:
    return input if input.is_contiguous else copied(interp, input)


def clone(interp: Interpreter, input: Tensor, **options: Value) -> Value:
    return copied(interp, input)


def detach(interp: Interpreter, input: Tensor) -> Value:
    made = interp.tape.view(input, input.shape, input.strides)
    made.values, made.requires_grad = input.values, False
    return interp.tape.emit("detach", (input,), made)


def flip(interp: Interpreter, input: Tensor, *dims: Value, **named: Value) -> Value:
    axes = [axis_of(interp, d, len(input.shape)) for d in sizes_of(interp, dims or tuple(named.values()))]
    return interp.tape.emit("flip", (input, axes), Tensor(input.shape, input.dtype))


def roll(interp: Interpreter, input: Tensor, shifts: Value, dims: Value = ()) -> Value:
    given = shifts if isinstance(shifts, (tuple, list)) else (shifts,)
    axes = dims if isinstance(dims, (tuple, list)) else (dims,)
    axes = [axis_of(interp, d, len(input.shape)) for d in axes]
    return interp.tape.emit("roll", (input, list(given), axes), Tensor(input.shape, input.dtype))


def pixel_shuffle(interp: Interpreter, input: Tensor, upscale_factor: Value) -> Value:
    factor = integer(interp, upscale_factor)
    *front, channels, height, width = input.shape
    if channels % factor**2:
        said = f"pixel_shuffle expects its input's 'channel' dimension to be divisible by {factor**2}, not {channels}"
        raise interp.error("RuntimeError", said)
    made = Tensor((*front, channels // factor**2, height * factor, width * factor), input.dtype)
    return interp.tape.emit("pixel_shuffle", (input, factor), made)


def pixel_unshuffle(interp: Interpreter, input: Tensor, downscale_factor: Value) -> Value:
    factor = integer(interp, downscale_factor)
    *front, channels, height, width = input.shape
    if height % factor or width % factor:
        raise interp.error("RuntimeError", "pixel_unshuffle expects height and width to be divisible")
    made = Tensor((*front, channels * factor**2, height // factor, width // factor), input.dtype)
    return interp.tape.emit("pixel_unshuffle", (input, factor), made)


def channel_shuffle(interp: Interpreter, input: Tensor, groups: Value) -> Value:
    count = integer(interp, groups)
    if count < 1 or input.shape[1] % count:
        interp.tape.refuse("channel_shuffle", (input, count))
        said = f"Number of channels must be divisible by groups. Got {input.shape[1]} channels and {count} groups."
        raise interp.error("RuntimeError", said)
    return interp.tape.emit("channel_shuffle", (input, count), Tensor(input.shape, input.dtype))


def cast(interp: Interpreter, input: Tensor, dtype: str) -> Value:
    """The tensor as another type; itself where it has it."""
    if dtype == input.dtype:
        return input
    values = input.values
    if values is not None:
        values = [held(dtype, v) for v in values]
        values = None if None in values else values
    return interp.tape.emit("_to_copy", (input,), Tensor(input.shape, dtype, values))


def tile(interp: Interpreter, input: Tensor, *dims: Value, **named: Value) -> Value:
    times = sizes_of(interp, dims or [named["dims"]])
    return repeat(interp, input, *([1] * (len(input.shape) - len(times))), *times)


FUNCTIONS: dict[str, Callable[..., Value]] = {
    **{f.__name__: f for f in (view, reshape, flatten, unflatten, permute, transpose, t, movedim, squeeze, unsqueeze)},
    **{f.__name__: f for f in (expand, expand_as, view_as, repeat, repeat_interleave, clone, detach, split, chunk)},
    **{f.__name__: f for f in (select, narrow, unbind, cat, stack, flip, roll, pixel_shuffle, pixel_unshuffle)},
    "channel_shuffle": channel_shuffle,
    "reshape_as": lambda interp, input, other: reshape(interp, input, *other.shape),
    "contiguous": contiguous_,
    "swapaxes": transpose,
    "swapdims": transpose,
    "moveaxis": movedim,
    "concat": cat,
    "concatenate": cat,
    "tile": tile,
    "tensor_split": tensor_split,
    "ravel": lambda interp, input: flatten(interp, input),
    "split_with_sizes": split,
    "native_channel_shuffle": channel_shuffle,
    "broadcast_to": lambda interp, input, size: expand(interp, input, size),
}
