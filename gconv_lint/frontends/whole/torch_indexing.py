"""Subscripts of tensors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.whole import torch_parts, torch_shapes, torch_sizes
from gconv_lint.frontends.whole.tensors import Tensor
from gconv_lint.frontends.whole.values import Unknown, Value

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter


def unbound(interp: Interpreter, tensor: Tensor, axis: int) -> tuple[Tensor, ...]:
    """The parts of a tensor along an axis."""
    parts: tuple[Tensor, ...] = torch_parts.unbind(interp, tensor, axis)
    return parts


def get(interp: Interpreter, tensor: Tensor, key: Value) -> Value:
    """``tensor[key]``."""
    keys = list(key) if isinstance(key, tuple) else [key]
    unknown = next((k for k in keys if isinstance(k, Unknown)), None)
    if unknown is not None:
        return unknown
    used = sum(1 for k in keys if k is not None and k is not ... and not _is_mask(k))
    if ... in [k for k in keys if not isinstance(k, Tensor)]:
        at = next(i for i, k in enumerate(keys) if k is ...)
        keys[at : at + 1] = [slice(None)] * (len(tensor.shape) - used)
    return _stepwise(interp, tensor, keys)


def _is_mask(key: Value) -> bool:
    return isinstance(key, Tensor) and key.dtype == "bool"


def _stepwise(interp: Interpreter, tensor: Tensor, keys: list[Value]) -> Value:
    axis, indices, whole = 0, [], tensor
    for key in keys:
        if key is None:
            tensor, axis = torch_shapes.unsqueeze(interp, tensor, axis), axis + 1
        elif isinstance(key, bool):
            return interp.unknown("a tensor is indexed with a truth value")
        elif isinstance(key, int):
            tensor = torch_parts.select(interp, tensor, axis, key)
        elif isinstance(key, slice):
            tensor, axis = _sliced(interp, tensor, axis, key), axis + 1
        elif isinstance(key, (Tensor, list)):
            indices.append((axis, key))
            axis += 1
        else:
            raise interp.error("TypeError", "only integers, slices, ellipsis, None and tensors are valid indices")
    if indices:
        return _looked_up(interp, tensor, indices)
    return tensor if tensor is not whole else interp.tape.emit("alias", (whole,), interp.tape.alias(whole))


def _sliced(interp: Interpreter, tensor: Tensor, axis: int, key: slice) -> Tensor:
    if axis >= len(tensor.shape):
        raise interp.error("IndexError", f"too many indices for tensor of dimension {len(tensor.shape)}")
    bounds = [None if b is None else torch_sizes.integer(interp, b) for b in (key.start, key.stop, key.step)]
    if bounds == [None, None, None]:
        return tensor
    if bounds[2] is not None and bounds[2] < 1:
        raise interp.error("ValueError", "step must be greater than zero")
    rows = range(tensor.shape[axis])[slice(*bounds)]
    if rows == range(tensor.shape[axis]):
        return tensor
    made = torch_parts.cut(interp, tensor, axis, rows.start, max(rows.start, rows.stop), rows.step)
    return interp.tape.emit("slice", (tensor, axis, rows.start, max(rows.start, rows.stop), rows.step), made)


def _looked_up(interp: Interpreter, tensor: Tensor, indices: list[tuple[int, Any]]) -> Value:
    """``tensor[index]`` with tensors or lists of positions."""
    found = [(axis, _as_tensor(interp, key)) for axis, key in indices]
    if any(index.dtype == "bool" for _, index in found):
        return interp.unknown("how many positions a mask has is not known")
    shape: tuple[int, ...] = ()
    for _, index in found:
        shape = broadcast(interp, shape, index.shape)
    axes = [axis for axis, _ in found]
    rest = [s for i, s in enumerate(tensor.shape) if i not in axes]
    at = axes[0] if axes == list(range(axes[0], axes[0] + len(axes))) else 0
    made = Tensor((*rest[:at], *shape, *rest[at:]), tensor.dtype)
    positions: list[Any] = [None] * (max(axes) + 1)
    for axis, index in found:
        positions[axis] = index
    if len(found) == 1 and tensor.values is not None and found[0][1].values is not None:
        size = tensor.shape[axes[0]]
        made.values = torch_parts.taken(tensor, axes[0], [i % size for i in found[0][1].values])
    return interp.tape.emit("index", (tensor, positions), made)


def _as_tensor(interp: Interpreter, key: Any) -> Tensor:
    if isinstance(key, Tensor):
        return key
    return Tensor((len(key),), "int64", [torch_sizes.integer(interp, k) for k in key])


def broadcast(interp: Interpreter, a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...]:
    """The shape that two shapes broadcast to. Raises ``Raised`` where they do not."""
    if a == b:
        return a
    width = max(len(a), len(b))
    a, b = (1,) * (width - len(a)) + a, (1,) * (width - len(b)) + b
    made = []
    for axis, (x, y) in enumerate(zip(a, b, strict=True)):
        if x != y and 1 not in (x, y):
            said = f"The size of tensor a ({x}) must match the size of tensor b ({y}) at non-singleton dimension {axis}"
            raise interp.error("RuntimeError", said)
        made.append(y if x == 1 else x)
    return tuple(made)


def set_item(interp: Interpreter, tensor: Tensor, key: Value, value: Value) -> None:
    """``tensor[key] = value``."""
    part = get(interp, tensor, key)
    if isinstance(part, Unknown) or isinstance(value, Unknown):
        tensor.values = None
        interp.gap("positions of a tensor are set that are not known")
        return
    if any(isinstance(k, (Tensor, list)) for k in (key if isinstance(key, tuple) else (key,))):
        given = value if isinstance(value, Tensor) else Tensor((), tensor.dtype)
        interp.tape.write("index_put_", tensor, (tensor, given))
        return
    if isinstance(value, Tensor):
        broadcast(interp, part.shape, value.shape)
        interp.tape.write("copy_", part, (part, value))
    else:
        interp.tape.write("fill_", part, (part, Tensor((), tensor.dtype)))
    tensor.values = None
