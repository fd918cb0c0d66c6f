"""Functions of torch that take tensors apart and put them together."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.whole.tensors import MAX_VALUES, Tensor
from gconv_lint.frontends.whole.torch_sizes import axis_of, integer
from gconv_lint.frontends.whole.values import Value

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter


def cut(interp: Interpreter, tensor: Tensor, axis: int, start: int, stop: int, step: int = 1) -> Tensor:
    """``tensor[.., start:stop:step, ..]`` along an axis."""
    count = len(range(start, stop, step))
    shape = (*tensor.shape[:axis], count, *tensor.shape[axis + 1 :])
    strides = (*tensor.strides[:axis], tensor.strides[axis] * step, *tensor.strides[axis + 1 :])
    made = interp.tape.view(tensor, shape, strides, tensor.offset + tensor.strides[axis] * start)
    if tensor.values is not None:
        made.values = taken(tensor, axis, range(start, stop, step))
    return made


def taken(tensor: Tensor, axis: int, positions: Sequence[int]) -> list[Any]:
    """The values at some positions of an axis."""
    assert tensor.values is not None
    inner, size = prod(tensor.shape[axis + 1 :]), tensor.shape[axis]
    outer = prod(tensor.shape[:axis])
    return [tensor.values[(o * size + p) * inner + i] for o in range(outer) for p in positions for i in range(inner)]


def split(
    interp: Interpreter, tensor: Tensor, split_size_or_sections: Value = None, dim: Value = 0, split_size: Value = None
) -> Value:
    given = split_size if split_size_or_sections is None else split_size_or_sections
    axis = axis_of(interp, dim, len(tensor.shape))
    size = tensor.shape[axis]
    if isinstance(given, (tuple, list)):
        widths = [integer(interp, w) for w in given]
        if sum(widths) != size:
            said = f"split_with_sizes expects split_sizes to sum exactly to {size}, but got {widths}"
            raise interp.error("RuntimeError", said)
    else:
        step = integer(interp, given)
        if step < 1:
            raise interp.error("RuntimeError", f"split expects split_size be positive, but got {step}")
        interp.spend(size // step)
        widths = [min(step, size - start) for start in range(0, size, step)]
    parts, start = [], 0
    for width in widths:
        parts.append(cut(interp, tensor, axis, start, start + width))
        start += width
    name = "split_with_sizes" if isinstance(given, (tuple, list)) else "split"
    interp.tape.emit(name, (tensor, widths if name == "split_with_sizes" else integer(interp, given), axis), *parts)
    return tuple(parts)


def chunk(interp: Interpreter, input: Tensor, chunks: Value, dim: Value = 0) -> Value:
    axis, count = axis_of(interp, dim, len(input.shape)), integer(interp, chunks)
    if count < 1:
        raise interp.error("RuntimeError", f"chunk expects `chunks` to be greater than 0, got: {count}")
    return split(interp, input, max(1, -(-input.shape[axis] // count)), axis)


def tensor_split(
    interp: Interpreter, input: Tensor, indices_or_sections: Value = None, dim: Value = 0, **named: Value
) -> Value:
    axis = axis_of(interp, dim, len(input.shape))
    size, given = input.shape[axis], indices_or_sections
    given = named.get("indices", named.get("sections", given))
    if isinstance(given, (tuple, list)):
        ends = [min(size, max(0, i + size if i < 0 else i)) for i in (integer(interp, v) for v in given)]
    else:
        count = integer(interp, given)
        if count < 1:
            raise interp.error("RuntimeError", f"number of sections must be larger than 0, got {count}")
        interp.spend(count)
        ends = [(i + 1) * (size // count) + min(i + 1, size % count) for i in range(count - 1)]
    bounds = zip([0, *ends], [*ends, size], strict=True)
    return tuple(narrow(interp, input, axis, min(start, end), max(0, end - start)) for start, end in bounds)


def select(interp: Interpreter, input: Tensor, dim: Value, index: Value) -> Value:
    axis = axis_of(interp, dim, len(input.shape))
    size, position = input.shape[axis], integer(interp, index)
    if not -size <= position < size:
        said = f"index {position} is out of bounds for dimension {axis} with size {size}"
        raise interp.error("IndexError", said)
    position %= size
    shape = (*input.shape[:axis], *input.shape[axis + 1 :])
    strides = (*input.strides[:axis], *input.strides[axis + 1 :])
    made = interp.tape.view(input, shape, strides, input.offset + input.strides[axis] * position)
    if input.values is not None:
        made.values = taken(input, axis, [position])
    return interp.tape.emit("select", (input, axis, position), made)


def narrow(interp: Interpreter, input: Tensor, dim: Value, start: Value, length: Value) -> Value:
    axis, first, count = axis_of(interp, dim, len(input.shape)), integer(interp, start), integer(interp, length)
    first %= input.shape[axis] or 1
    if first + count > input.shape[axis]:
        said = f"start ({first}) + length ({count}) exceeds dimension size ({input.shape[axis]})."
        raise interp.error("RuntimeError", said)
    made = cut(interp, input, axis, first, first + count)
    return interp.tape.emit("slice", (input, axis, first, first + count), made)


def unbind(interp: Interpreter, input: Tensor, dim: Value = 0) -> Value:
    axis = axis_of(interp, dim, len(input.shape))
    shape = (*input.shape[:axis], *input.shape[axis + 1 :])
    strides = (*input.strides[:axis], *input.strides[axis + 1 :])
    interp.spend(input.shape[axis])
    parts = []
    for position in range(input.shape[axis]):
        part = interp.tape.view(input, shape, strides, input.offset + input.strides[axis] * position)
        part.values = taken(input, axis, [position]) if input.values is not None else None
        parts.append(part)
    if parts:
        interp.tape.emit("unbind", (input, axis), *parts)
    return tuple(parts)


def cat(interp: Interpreter, tensors: Value, dim: Value = 0, **named: Value) -> Value:
    parts = interp.items(tensors)
    if not parts or not all(isinstance(p, Tensor) for p in parts):
        raise interp.error("RuntimeError", "torch.cat(): expected a non-empty list of Tensors")
    kept = [p for p in parts if p.shape != (0,)] or parts
    axis = axis_of(interp, named.get("axis", dim), len(kept[0].shape))
    first = kept[0].shape
    for part in kept:
        other = part.shape
        if len(other) != len(first) or any(a != b for i, (a, b) in enumerate(zip(first, other)) if i != axis):
            said = f"Sizes of tensors must match except in dimension {axis}. Expected {list(first)}, got {list(other)}"
            raise interp.error("RuntimeError", said)
    shape = (*first[:axis], sum(p.shape[axis] for p in kept), *first[axis + 1 :])
    made = Tensor(shape, kept[0].dtype, _joined(kept, axis))
    return interp.tape.emit("cat", (parts, axis), made)


def _joined(parts: Sequence[Tensor], axis: int) -> list[Any] | None:
    if any(p.values is None for p in parts) or sum(p.count for p in parts) > MAX_VALUES:
        return None
    outer = prod(parts[0].shape[:axis])
    rows = [(p.values or [], len(p.values or []) // max(1, outer)) for p in parts]
    return [value for o in range(outer) for values, width in rows for value in values[o * width : (o + 1) * width]]


def stack(interp: Interpreter, tensors: Value, dim: Value = 0, **named: Value) -> Value:
    dim = named.get("axis", dim)
    parts = interp.items(tensors)
    if not parts or any(not isinstance(p, Tensor) or p.shape != parts[0].shape for p in parts):
        raise interp.error("RuntimeError", "stack expects each tensor to be equal size")
    axis = axis_of(interp, dim, len(parts[0].shape) + 1)
    shape = (*parts[0].shape[:axis], len(parts), *parts[0].shape[axis:])
    values = None
    if axis == 0 and prod(shape) <= MAX_VALUES and all(p.values is not None for p in parts):
        values = [v for p in parts for v in p.values]
    return interp.tape.emit("stack", (parts, axis), Tensor(shape, parts[0].dtype, values))
