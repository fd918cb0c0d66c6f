"""Attributes and methods of tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from gconv_lint.frontends.whole import torch_shapes, torch_sizes
from gconv_lint.frontends.whole.tensors import Tensor, contiguous
from gconv_lint.frontends.whole.torch_functions import guarded, operation
from gconv_lint.frontends.whole.values import MISSING, Bound, Native, Unknown, Value

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter

_TYPES = ("float32", "float64", "float16", "bfloat16", "int64", "int32", "bool", "uint8", "int8", "int16")
_CASTS = {"float": "float32", "double": "float64", "half": "float16", "long": "int64", "int": "int32", "bool": "bool"}


def attribute(interp: Interpreter, owner: Tensor, name: str) -> Value:
    """``owner.name``, ``MISSING`` where there is none."""
    plain = _ATTRIBUTES.get(name)
    if plain is not None:
        return plain(owner)
    if name == "data":
        return interp.tape.alias(owner)
    if name in ("T", "mT"):
        return torch_shapes.transpose(interp, owner, -1, -2) if len(owner.shape) > 1 else owner
    method = _METHODS.get(name)
    found = Native(name, guarded(name, method)) if method is not None else operation(name)
    if found is not None:
        return Bound(found, owner)
    if name.startswith("_") or not name.islower():
        return MISSING
    return interp.unknown(f"`Tensor.{name}` is not understood")


def set_attribute(interp: Interpreter, owner: Tensor, name: str, value: Value) -> None:
    """``owner.name = value``."""
    if name == "requires_grad":
        owner.requires_grad = value is True
    elif name == "data" and isinstance(value, Tensor):
        interp.tape.become(owner, value)
    elif name in ("data", "shape"):
        interp.gap(f"`Tensor.{name}` is set")


_ATTRIBUTES: dict[str, Callable[[Tensor], Value]] = {
    "shape": lambda t: t.shape,
    "ndim": lambda t: len(t.shape),
    "dtype": lambda t: t.dtype,
    "device": lambda t: "cpu",
    "requires_grad": lambda t: t.requires_grad,
    "grad": lambda t: None,
    "is_cuda": lambda t: False,
    "is_quantized": lambda t: False,
    "layout": lambda t: "strided",
    "__class__": lambda t: Unknown("the class of a tensor"),
}


def _size(interp: Interpreter, input: Tensor, dim: Value = None) -> Value:
    return input.shape if dim is None else input.shape[torch_sizes.axis_of(interp, dim, len(input.shape))]


def _item(interp: Interpreter, input: Tensor) -> Value:
    if input.values is not None and len(input.values) == 1:
        return input.values[0]
    return interp.unknown("a number is asked of a tensor")


def _list(interp: Interpreter, input: Tensor) -> Value:
    if input.values is None:
        return interp.unknown("the values of a tensor are asked for")
    rows: list[Value] = list(input.values)
    for size in reversed(input.shape[1:]):
        rows = [rows[i : i + size] for i in range(0, len(rows), size)]
    return rows if input.shape else rows[0]


def _to(interp: Interpreter, input: Tensor, *args: Value, **options: Value) -> Value:
    given = (*args, *options.values())
    wanted = next((a for a in given if isinstance(a, str) and a in _TYPES), None)
    wanted = next((a.dtype for a in given if isinstance(a, Tensor)), wanted)
    return input if wanted is None else torch_shapes.cast(interp, input, wanted)


def _type(interp: Interpreter, input: Tensor, dtype: Value = None, **options: Value) -> Value:
    return input.dtype if dtype is None else _to(interp, input, dtype)


def _cast(dtype: str) -> Callable[..., Value]:
    return lambda interp, input, **options: torch_shapes.cast(interp, input, dtype)


def _same(interp: Interpreter, input: Tensor, *args: Value, **options: Value) -> Value:
    return input


def _requires_grad(interp: Interpreter, input: Tensor, requires_grad: Value = True) -> Value:
    input.requires_grad = requires_grad is True
    return input


def _unfold(interp: Interpreter, input: Tensor, dimension: Value, size: Value, step: Value) -> Value:
    axis = torch_sizes.axis_of(interp, dimension, len(input.shape))
    count = (input.shape[axis] - size) // step + 1
    made = Tensor((*input.shape[:axis], count, *input.shape[axis + 1 :], size), input.dtype)
    return interp.tape.emit("unfold", (input, axis, size, step), made)


def _random(interp: Interpreter, input: Tensor, *args: Value, **options: Value) -> Value:
    return interp.tape.write("zero_", input, (input,))


def _astype(interp: Interpreter, input: Tensor, dtype: Value) -> Value:
    """That of arrays, which are kept as tensors."""
    name = dtype.name if isinstance(dtype, Native) else str(dtype)
    return torch_shapes.cast(interp, input, {"int": "int64", "float": "float64"}.get(name, name))


def _resize(interp: Interpreter, input: Tensor, *sizes: Value, **options: Value) -> Value:
    """``tensor.resize_(sizes)``, which other views of its memory do not see; where its data goes is not followed."""
    if interp.tape.running:
        interp.gap("`Tensor.resize_` is not followed")
    made = Tensor(torch_sizes.sizes_of(interp, sizes), input.dtype)
    interp.tape.become(input, interp.tape.emit("resize_", (input,), made))
    return input


def _set(interp: Interpreter, input: Tensor, *args: Value) -> Value:
    """``tensor.set_()`` lets its memory go."""
    if args:
        return interp.unknown("`Tensor.set_` is not understood")
    input.shape, input.strides, input.values, input.memory = (0,), (1,), None, None
    return interp.tape.write("set_", input, (input,))


def _triangle(keeps: Callable[[int, int, int], bool]) -> Callable[..., Value]:
    def run(interp: Interpreter, input: Tensor, diagonal: Value = 0) -> Value:
        made = Tensor(input.shape, input.dtype)
        if input.values is not None and len(input.shape) == 2:
            width = input.shape[1]
            made.values = [v if keeps(i // width, i % width, diagonal) else 0 for i, v in enumerate(input.values)]
        return interp.tape.emit("triu", (input,), made)

    return run


def _nonzero(interp: Interpreter, input: Tensor, **options: Value) -> Value:
    if input.values is None:
        return interp.unknown("how many values are not zero is not known")
    found = [i for i, value in enumerate(input.values) if value]
    steps = contiguous(input.shape)
    values = [i // step % size for i in found for step, size in zip(steps, input.shape, strict=True)]
    return interp.tape.emit("nonzero", (input,), Tensor((len(found), len(input.shape)), "int64", values))


_METHODS: dict[str, Callable[..., Value]] = {
    "size": _size,
    "stride": lambda interp, input, dim=None: input.strides if dim is None else input.strides[dim],
    "dim": lambda interp, input: len(input.shape),
    "ndimension": lambda interp, input: len(input.shape),
    "numel": lambda interp, input: input.count,
    "nelement": lambda interp, input: input.count,
    "item": _item,
    "tolist": _list,
    "to": _to,
    "type": _type,
    "type_as": lambda interp, input, other: torch_shapes.cast(interp, input, other.dtype),
    **{name: _cast(dtype) for name, dtype in _CASTS.items()},
    **dict.fromkeys(("cuda", "cpu", "share_memory_", "pin_memory", "retain_grad", "numpy"), _same),
    "requires_grad_": _requires_grad,
    "is_floating_point": lambda interp, input: input.is_floating,
    "is_contiguous": lambda interp, input, **options: input.is_contiguous,
    "get_device": lambda interp, input: -1,
    "unfold": _unfold,
    "set_": _set,
    "resize_": _resize,
    "resize_as_": lambda interp, input, other, **options: _resize(interp, input, *other.shape),
    "detach_": _same,
    "triu": _triangle(lambda row, column, diagonal: column - row >= diagonal),
    "tril": _triangle(lambda row, column, diagonal: column - row <= diagonal),
    "nonzero": _nonzero,
    "astype": _astype,
    **dict.fromkeys(("normal_", "uniform_", "bernoulli_", "trunc_normal_", "random_", "exponential_"), _random),
    "__len__": lambda interp, input: input.shape[0],
}
