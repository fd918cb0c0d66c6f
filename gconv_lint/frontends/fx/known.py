"""What frequent operations make of tensors without values, which torch works out in Python at the cost of all else.

Each function gives the result of an operation whose tensors are contiguous and hold floating point numbers of one type,
and ``None`` where torch is to say what comes out, or what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch

from gconv_lint.model.layers import conv_length

_Known = Callable[..., Any]


def known(name: str, arguments: Sequence[Any], options: Mapping[str, Any]) -> Any:
    """The result of an operation, ``None`` where torch is to make it."""
    function = _FUNCTIONS.get(name)
    if function is None or (options and name not in _WITH_OPTIONS):
        return None
    first = arguments[0] if arguments else None
    if isinstance(first, torch.Tensor) and not _is_plain(first):
        return None
    return function(*arguments)


def _is_plain(tensor: torch.Tensor) -> bool:
    return tensor.is_meta and tensor.is_floating_point() and tensor.is_contiguous()


def _alike(data: torch.Tensor, *others: Any) -> bool:
    return all(isinstance(t, torch.Tensor) and _is_plain(t) and t.dtype is data.dtype for t in others)


def _same(data: Any, *_: Any) -> Any:
    made = data.new_empty(data.shape)  # in a twentieth of the time of `empty_like`, which torch works out in Python
    return made if made.stride() == data.stride() else torch.empty_like(data)


def _itself(data: Any, *_: Any) -> Any:
    return data


def _with(data: Any, other: Any, *_: Any) -> Any:
    return _same(data) if _fits_into(data, other) else None


def _with_in_place(data: Any, other: Any, *_: Any) -> Any:
    return data if _fits_into(data, other) else None


def _fits_into(data: Any, other: Any) -> bool:
    """Whether a number, or a tensor that is stretched to the shape of another one, leaves its shape and its type."""
    if type(other) in (int, float):
        return isinstance(data, torch.Tensor)
    if not isinstance(data, torch.Tensor) or not _alike(data, other) or data.dim() != other.dim():
        return False
    return other.shape == data.shape or all(b in (a, 1) for a, b in zip(data.shape, other.shape, strict=True))


def _product(left: Any, right: Any) -> Any:
    alike = right.is_meta and right.dtype is left.dtype and right.dim() == left.dim()
    if not alike or left.shape[-1] != right.shape[-2] or left.shape[:-2] != right.shape[:-2]:
        return None
    return left.new_empty((*left.shape[:-1], right.shape[-1]))


def _product_and_sum(bias: Any, left: Any, right: Any) -> Any:
    made = _product(left, right) if _alike(bias, left) else None
    return made if made is not None and bias.shape == made.shape[1:] else None


def _over_axes(data: Any, axes: Any = None, keep: bool = False) -> Any:
    if not isinstance(axes, (tuple, list)) or not axes:
        return None
    rank = data.dim()
    gone = {axis % rank for axis in axes if -rank <= axis < rank}
    if len(gone) < len(axes):
        return None
    sizes = [1 if i in gone else size for i, size in enumerate(data.shape) if keep or i not in gone]
    return data.new_empty(sizes)


def _joined(parts: Any, axis: int = 0) -> Any:
    first = parts[0] if parts else None
    if not isinstance(first, torch.Tensor) or not _is_plain(first) or not _alike(first, *parts[1:]):
        return None
    rank = first.dim()
    if not -rank <= axis < rank or any(part.dim() != rank for part in parts):
        return None
    sizes = list(first.shape)
    rest = [[size for i, size in enumerate(part.shape) if i != axis % rank] for part in parts]
    if any(each != rest[0] for each in rest):
        return None
    sizes[axis % rank] = sum(part.shape[axis] for part in parts)
    return first.new_empty(sizes)


def _convolution(data: Any, weight: Any, bias: Any, *numbers: Any) -> Any:
    stride, padding, dilation, transposed, *_ = numbers
    space = weight.dim() - 2
    if transposed or data.dim() != weight.dim() or not _alike(data, weight) or not 1 <= space <= 3:
        return None
    each = (list(given) * (space if len(given) == 1 else 1) for given in (stride, padding, dilation))
    sizes = [conv_length(*numbers) for numbers in zip(data.shape[2:], weight.shape[2:], *each, strict=True)]
    if min(sizes) < 1 or (bias is not None and bias.shape != weight.shape[:1]):
        return None
    return data.new_empty((data.shape[0], weight.shape[0], *sizes))


def _batch_norm(data: Any, *others: Any) -> Any:
    _, _, mean, _, training, *_ = others
    if training or mean is None or mean.shape != data.shape[1:2]:
        return None
    nothing = data.new_empty(0)
    return _same(data), nothing, nothing


_ACTIVATIONS = (
    *("relu", "hardtanh", "hardswish", "hardsigmoid", "sigmoid", "tanh", "silu", "gelu", "mish", "elu", "leaky_relu"),
)
_SUMS = ("add", "sub", "mul", "div")

#: Operations whose options change no shape.
_WITH_OPTIONS = frozenset(("gelu", "add", "sub", "add_", "sub_"))
_FUNCTIONS: dict[str, _Known] = {
    **dict.fromkeys((*_ACTIVATIONS, "_prelu_kernel"), _same),
    **dict.fromkeys((f"{name}_" for name in _ACTIVATIONS), _itself),
    **dict.fromkeys(_SUMS, _with),
    **dict.fromkeys((f"{name}_" for name in _SUMS), _with_in_place),
    **dict.fromkeys(("mm", "bmm"), _product),
    "addmm": _product_and_sum,
    "mean": _over_axes,
    "cat": _joined,
    "convolution": _convolution,
    "native_batch_norm": _batch_norm,
}
