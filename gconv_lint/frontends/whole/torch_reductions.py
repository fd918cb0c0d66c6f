"""Functions of torch that sum up along axes, order, or normalise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.whole import torch_parts, torch_shapes, torch_sizes
from gconv_lint.frontends.whole.tensors import Tensor
from gconv_lint.frontends.whole.torch_arithmetic import elementwise
from gconv_lint.frontends.whole.torch_numbers import Near, held
from gconv_lint.frontends.whole.torch_sizes import axis_of
from gconv_lint.frontends.whole.values import Value

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter


def axes_of(interp: Interpreter, dim: Value, rank: int) -> list[int]:
    """The axes of ``dim=1`` or ``dim=(1, 2)``, all where it is ``None``."""
    if dim is None or dim == () or dim == []:
        return list(range(rank))
    given = dim if isinstance(dim, (tuple, list)) else (dim,)
    return [axis_of(interp, d, rank) for d in given]


def left_over(shape: Sequence[int], axes: Sequence[int], keepdim: Value) -> tuple[int, ...]:
    """The shape when axes are gone, or left with size 1."""
    return tuple(1 if i in axes else s for i, s in enumerate(shape) if keepdim or i not in axes)


def reduction(name: str) -> Callable[..., Value]:
    """A function that sums up along axes."""

    def run(interp: Interpreter, input: Tensor, dim: Value = None, keepdim: Value = False, **options: Value) -> Value:
        dim, keepdim = options.pop("axis", dim), options.pop("keepdims", keepdim)
        axes = axes_of(interp, dim, len(input.shape))
        made = Tensor(left_over(input.shape, axes, keepdim), options.get("dtype") or _reduced(name, input.dtype))
        if name == "sum" and input.values is not None and dim is None and "dtype" not in options:
            made.values = _summed(made.dtype, input.values)
        arguments = (input,) if dim is None else (input, axes, keepdim)
        return interp.tape.emit(name, arguments, made)

    return run


def _reduced(name: str, dtype: str) -> str:
    """The type of what is summed up."""
    if name in ("any", "all"):
        return "bool"
    return "int64" if name in ("sum", "prod") and not dtype.startswith(("float", "bfloat", "complex")) else dtype


def _summed(dtype: str, values: Sequence[Any]) -> list[Any] | None:
    """The sum, where no order of adding up the values loses anything."""
    if any(type(value) is Near for value in values) or not sum(map(abs, values)) < _WHOLE:
        return None
    return [held(dtype, sum(values))] if all(value == int(value) for value in values) else None


#: Whole numbers below this one are numbers of 24 bits.
_WHOLE = 2**24


def _extreme(name: str) -> Callable[..., Value]:
    """``max`` and ``min``: of all, along an axis with positions, or of two tensors."""

    def run(interp: Interpreter, input: Tensor, dim: Value = None, keepdim: Value = False, **options: Value) -> Value:
        dim, keepdim = options.pop("other", options.pop("axis", dim)), options.pop("keepdims", keepdim)
        if isinstance(dim, Tensor):
            return elementwise(interp, "maximum" if name == "max" else "minimum", input, dim)
        if dim is None:
            made = Tensor((), input.dtype)
            if input.values and not any(type(value) is Near for value in input.values):
                made.values = [max(input.values) if name == "max" else min(input.values)]
            return interp.tape.emit(name, (input,), made)
        axis = axis_of(interp, dim, len(input.shape))
        shape = left_over(input.shape, [axis], keepdim)
        values, indices = Tensor(shape, input.dtype), Tensor(shape, "int64")
        interp.tape.emit(name, (input, axis, keepdim), values, indices)
        return (values, indices)

    return run


def _ranked(name: str) -> Callable[..., Value]:
    def run(interp: Interpreter, input: Tensor, dim: Value = None, keepdim: Value = False) -> Value:
        axes = axes_of(interp, dim, len(input.shape))
        made = Tensor(left_over(input.shape, axes, keepdim), "int64")
        return interp.tape.emit(name, (input, dim, keepdim), made)

    return run


def topk(interp: Interpreter, input: Tensor, k: Value, dim: Value = -1, **options: Value) -> Value:
    axis = axis_of(interp, dim, len(input.shape))
    shape = (*input.shape[:axis], torch_sizes.integer(interp, k), *input.shape[axis + 1 :])
    pair = (Tensor(shape, input.dtype), Tensor(shape, "int64"))
    interp.tape.emit("topk", (input, k, axis), *pair)
    return pair


def sort(interp: Interpreter, input: Tensor, dim: Value = -1, descending: Value = False, **options: Value) -> Value:
    pair = (Tensor(input.shape, input.dtype), Tensor(input.shape, "int64"))
    plain = dim == -1 and descending is False  # torch hands on what differs from the defaults
    interp.tape.emit("sort", (input,) if plain else (input, dim, descending), *pair)
    return pair


def argsort(
    interp: Interpreter, input: Tensor, dim: Value = -1, descending: Value = False, stable: Value = False
) -> Value:
    return sort(interp, input, dim, descending)[1]


def diff(interp: Interpreter, input: Tensor, n: Value = 1, dim: Value = -1) -> Value:
    axis = axis_of(interp, dim, len(input.shape))
    for _ in range(torch_sizes.integer(interp, n)):
        width = max(0, input.shape[axis] - 1)
        first, second = (torch_parts.narrow(interp, input, axis, start, width) for start in (0, min(1, width)))
        input = elementwise(interp, "sub", second, first)
    return input


def unique(interp: Interpreter, input: Tensor, **options: Value) -> Value:
    """The values that a tensor has, in order, which are to be known exactly."""
    values = input.values
    if values is None or any(type(value) is Near for value in values) or options.get("dim") is not None:
        return interp.unknown("how many different values a tensor has is not known")
    rows = sorted(set(values))
    made = [interp.tape.emit("_unique2", (input,), Tensor((len(rows),), input.dtype, rows))]
    if options.get("return_inverse"):
        made.append(Tensor(input.shape, "int64", [rows.index(value) for value in values]))
    if options.get("return_counts"):
        made.append(Tensor((len(rows),), "int64", [values.count(row) for row in rows]))
    return made[0] if len(made) == 1 else tuple(made)


def masked_select(interp: Interpreter, input: Tensor, mask: Tensor) -> Value:
    return interp.unknown("how many positions a mask has is not known")


def softmax(name: str) -> Callable[..., Value]:
    """``softmax`` and ``log_softmax``."""

    def run(interp: Interpreter, input: Tensor, dim: Value = None, **options: Value) -> Value:
        axis = dim if dim is not None else (0 if len(input.shape) in (0, 1, 3) else 1)
        axis = axis_of(interp, axis, len(input.shape))
        return interp.tape.emit(name, (input, axis, False), Tensor(input.shape, input.dtype))

    return run


def cumulative(name: str) -> Callable[..., Value]:
    """``cumsum`` and ``cumprod``."""
    return lambda interp, input, dim, **options: interp.tape.emit(
        name, (input, axis_of(interp, dim, len(input.shape))), Tensor(input.shape, input.dtype)
    )


def normalize(interp: Interpreter, input: Tensor, p: Value = 2.0, dim: Value = 1, eps: Value = 1e-12) -> Value:
    axis = axis_of(interp, dim, len(input.shape))
    shape = left_over(input.shape, [axis], True)
    size = interp.tape.emit("linalg_vector_norm", (input, p, [axis], True), Tensor(shape, input.dtype))
    size = interp.tape.emit("clamp_min", (size, eps), Tensor(shape, input.dtype))
    return elementwise(interp, "div", input, torch_shapes.expand(interp, size, *input.shape))


def norm(
    interp: Interpreter, input: Tensor, p: Value = 2, dim: Value = None, keepdim: Value = False, **o: Value
) -> Value:
    axes = axes_of(interp, dim, len(input.shape))
    made = Tensor(left_over(input.shape, axes, keepdim), input.dtype)
    return interp.tape.emit("linalg_vector_norm", (input, p, axes, keepdim), made)


def rms_norm(
    interp: Interpreter, input: Tensor, normalized_shape: Value, weight: Value = None, eps: Value = None
) -> Value:
    """As torch writes it out; axes of ``normalized_shape`` are the last ones."""
    shape = torch_sizes.sizes_of(interp, [normalized_shape])
    if input.shape[len(input.shape) - len(shape) :] != shape:
        said = f"Given normalized_shape={list(shape)}, expected input with shape [*, {list(shape)}]"
        raise interp.error("RuntimeError", f"{said}, but got input of size {list(input.shape)}")
    emit, axes = interp.tape.emit, list(range(len(input.shape) - len(shape), len(input.shape)))
    few = (*input.shape[: axes[0]], *([1] * len(shape)))
    square = emit("pow", (input, 2), Tensor(input.shape, input.dtype))
    mean = emit("mean", (square, axes, True), Tensor(few, input.dtype))
    mean = interp.tape.write("add_", mean, (mean, eps))
    scale = emit("rsqrt", (mean,), Tensor(few, input.dtype))
    made = emit("mul", (input, scale), Tensor(input.shape, input.dtype))
    return emit("mul", (made, weight), Tensor(input.shape, input.dtype)) if isinstance(weight, Tensor) else made


FUNCTIONS: dict[str, Callable[..., Value]] = {
    **{name: reduction(name) for name in ("mean", "sum", "amax", "amin", "prod", "logsumexp", "any", "all")},
    **{name: reduction(name) for name in ("var", "std")},
    **{name: _extreme(name) for name in ("max", "min")},
    **{name: _ranked(name) for name in ("argmax", "argmin")},
    **{f.__name__: f for f in (topk, sort, argsort, diff, unique, masked_select, norm, normalize, rms_norm)},
    "softmax": softmax("_softmax"),
    "log_softmax": softmax("_log_softmax"),
    "cumsum": cumulative("cumsum"),
    "cumprod": cumulative("cumprod"),
}
