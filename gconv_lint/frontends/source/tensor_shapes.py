"""The shapes that torch's functions make."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.source.heap import Heap
from gconv_lint.frontends.source.tensor_values import Shape
from gconv_lint.frontends.source.values import ListValue, Value
from gconv_lint.model.dims import Sym
from gconv_lint.model.layers import ConvAttrs, conv_length

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator


def conv_size(heap: Heap, conv: ConvAttrs, axis: int, size: Value) -> Value:
    """One output size of a convolution."""
    parts = [
        p[axis] if isinstance(p, tuple) and len(p) == conv.rank else p
        for p in (conv.kernel_size, conv.stride, conv.padding, conv.dilation)
    ]
    kernel, stride, padding, dilation = parts
    if not all(isinstance(v, int) for v in (size, *parts)) or stride <= 0:
        return size if kernel == 1 and stride == 1 and padding == 0 else heap.fresh("size")
    return conv_length(size, kernel, stride, padding, dilation)


def constructed(args: list[Value], kwargs: dict[Any, Value], how: str, make: Callable[..., Any]) -> Any:
    """The tensor that a torch function makes from a shape, another tensor or data."""
    source = args[0] if args else kwargs.get("size", kwargs.get("data"))
    if how in ("wrap", "like"):
        return make(getattr(source, "shape", None), None)
    if how == "data" or source is None or (how == "sizes" and len(args) == 1 and not isinstance(source, int)):
        return make(None, None)
    sizes: Any = args if how in ("shape", "sizes") and not isinstance(source, (tuple, ListValue)) else source
    items = sizes.items if isinstance(sizes, ListValue) and sizes.exact else sizes
    known = isinstance(items, (list, tuple)) and all(isinstance(s, (int, Sym)) for s in items)
    return make(tuple(items) if known else None, None)


def functional_attrs(
    ev: Evaluator,
    bound: dict[str, Value],
    input_shape: Any,
    weight: tuple[Value, ...] | None,
    transposed: bool,
    rank: int,
) -> ConvAttrs:
    """The attributes of ``F.conv*``: input channels from the input alone, the rest from weight and arguments."""
    groups = bound.get("groups", 1)
    known = input_shape is not None and len(input_shape) == rank + 2
    channels = input_shape[1] if known else ev.heap.fresh("in_channels")
    out: Value = ev.heap.fresh("out_channels")
    if weight is not None and len(weight) >= 2:
        out = ev.operate("*", weight[1], groups) if transposed else weight[0]
    return ConvAttrs(
        rank=rank,
        in_channels=channels,
        out_channels=out,
        kernel_size=weight[2:] if weight is not None else ev.heap.fresh("kernel_size"),
        stride=bound.get("stride", 1),
        padding=bound.get("padding", 0),
        dilation=bound.get("dilation", 1),
        groups=groups,
        bias=bound.get("bias") is not None,
        transposed=transposed,
        weight_shape=weight,
    )


def pools_to_one(args: list[Value], kwargs: dict[Any, Value]) -> bool:
    """Whether an adaptive pool leaves one value a channel."""
    size = args[0] if args else kwargs.get("output_size")
    return size == 1 or (isinstance(size, tuple) and all(s == 1 for s in size))


def piece_sizes(
    name: str, wanted: Value, channels: Value, iterate: Callable[[Value], list[Value] | None]
) -> list[int] | None:
    """The channel counts that ``chunk`` or ``split`` cuts a tensor into."""
    if not isinstance(channels, int) or channels <= 0:
        return None
    if isinstance(wanted, int) and wanted > 0:
        step = -(-channels // wanted) if name == "chunk" else wanted
        return [min(step, channels - start) for start in range(0, channels, step)] if channels // step < 256 else None
    items = None if wanted is None or isinstance(wanted, int) else iterate(wanted)
    return (
        list(items) if items is not None and all(isinstance(i, int) for i in items) and sum(items) == channels else None
    )


def viewed(ev: Evaluator, shape: Shape, name: str, args: list[Value]) -> Shape:
    """The shape that ``view``, ``reshape``, ``permute`` or ``transpose`` gives, wherever the channels lie."""
    given = args[0].items if len(args) == 1 and isinstance(args[0], ListValue) and args[0].exact else args
    wanted = list(given[0]) if len(given) == 1 and isinstance(given[0], tuple) else list(given)
    if name in ("view", "reshape"):
        return _filled(ev.heap, shape, wanted)
    rank = len(shape) if shape is not None else 0
    if shape is None or not all(type(a) is int and -rank <= a < rank for a in wanted):
        return None
    order = list(range(rank))
    if name == "transpose" and len(wanted) == 2:
        order[wanted[0]], order[wanted[1]] = order[wanted[1]], order[wanted[0]]
    elif name == "permute" and sorted(a % rank for a in wanted) == order:
        order = [a % rank for a in wanted]
    else:
        return None
    return tuple(shape[axis] for axis in order)


def _filled(heap: Heap, shape: Shape, wanted: list[Value]) -> Shape:
    """The sizes that a view asks for, with what ``-1`` stands for where that is known."""
    if not wanted or not all(type(size) is int or isinstance(size, Sym) for size in wanted):
        return None
    known = [size for size in wanted if size != -1]
    whole = shape is not None and all(type(size) is int for size in (*shape, *known)) and prod(known) > 0
    rest = prod(shape) // prod(known) if whole and shape is not None else None
    return tuple((heap.fresh("size") if rest is None else rest) if size == -1 else size for size in wanted)


def reduced_axes(shape: Shape, args: Sequence[Value], kwargs: Mapping[Any, Value]) -> tuple[int, ...] | None:
    """The axes behind batch and channels that a reduction is given; ``None`` where there are others, or none."""
    given = args[0] if args else kwargs.get("dim", kwargs.get("axis"))
    parts = given.items if isinstance(given, ListValue) and given.exact else given
    wanted = parts if isinstance(parts, (tuple, list)) else [parts]
    if shape is None or not wanted or not all(type(axis) is int for axis in wanted):
        return None
    axes = tuple(axis % len(shape) for axis in wanted if -len(shape) <= axis < len(shape))
    return axes if len(axes) == len(wanted) and min(axes) >= 2 else None


def reduced(shape: Shape, axes: Sequence[int], keep: Value) -> Shape:
    """The shape behind a reduction; ``keep`` is its ``keepdim``."""
    if shape is None or not isinstance(keep, bool):
        return None
    if keep:
        return tuple(1 if axis in axes else size for axis, size in enumerate(shape))
    return tuple(size for axis, size in enumerate(shape) if axis not in axes)
