"""Functions of torch that compute number by number, sum up along axes, or multiply matrices."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from math import prod
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.whole import torch_shapes, torch_sizes
from gconv_lint.frontends.whole.tensors import Tensor
from gconv_lint.frontends.whole.torch_indexing import broadcast
from gconv_lint.frontends.whole.torch_sizes import axis_of, narrow, power
from gconv_lint.frontends.whole.values import Value

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter

_NAMES = {"add": "add", "sub": "sub", "mul": "mul", "truediv": "div", "floordiv": "floor_divide", "mod": "remainder"}
_NAMES |= {"pow": "pow", "and": "bitwise_and", "or": "bitwise_or", "xor": "bitwise_xor", "matmul": "matmul"}
_COMPUTED: dict[str, Callable[[Any, Any], Any]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "floor_divide": operator.floordiv,
    "remainder": operator.mod,
    "pow": power,
}
_RANKS = ("bool", "uint8", "int8", "int16", "int32", "int64", "float16", "bfloat16", "float32", "float64")


def _dtype(a: Value, b: Value, name: str = "") -> str:
    """The type of a result, which numbers do not change unless they have a fraction."""
    kinds = [x.dtype for x in (a, b) if isinstance(x, Tensor)]
    solid = [x.dtype for x in (a, b) if isinstance(x, Tensor) and x.shape] or kinds
    made = max(solid, key=lambda k: _RANKS.index(k) if k in _RANKS else 99)
    if not made.startswith(("float", "bfloat", "complex")) and (
        name == "div" or any(isinstance(x, float) for x in (a, b)) or any(k.startswith("float") for k in kinds)
    ):
        return "float32"
    return made


def elementwise(interp: Interpreter, name: str, a: Value, b: Value, dtype: str | None = None) -> Tensor:
    """``a <name> b`` by ATen's name, one of which is a tensor."""
    shape = broadcast(interp, *(x.shape if isinstance(x, Tensor) else () for x in (a, b)))
    made = Tensor(shape, dtype or _dtype(a, b, name), _values(name, a, b))
    if not isinstance(a, Tensor):
        if name == "sub":
            return interp.tape.emit("rsub", (b, a), made)
        if name in ("add", "mul"):
            return interp.tape.emit(name, (b, a), made)
        if name == "div":
            inverse = interp.tape.emit("reciprocal", (b,), Tensor(shape, made.dtype))
            return interp.tape.emit("mul", (inverse, a), made)
    return interp.tape.emit(name, (a, b), made)


def _values(name: str, a: Value, b: Value) -> list[Any] | None:
    compute = _COMPUTED.get(name)
    left, right = (x.values if isinstance(x, Tensor) else [x] for x in (a, b))
    if compute is None or left is None or right is None:
        return None
    count = max(len(left), len(right))
    if len(left) not in (1, count) or len(right) not in (1, count):
        return None
    left, right = (row * count if len(row) == 1 else row for row in (left, right))
    try:
        return [compute(narrow(x), narrow(y)) for x, y in zip(left, right, strict=True)]
    except (ArithmeticError, TypeError, ValueError):
        return None


def binary(interp: Interpreter, name: str, a: Value, b: Value) -> Value:
    """The operators of Python."""
    for value in (a, b):
        if not isinstance(value, (Tensor, int, float)):
            raise interp.error("TypeError", f"unsupported operand type(s) for {name}: 'Tensor' and another")
    return matmul(interp, a, b) if name == "matmul" else elementwise(interp, _NAMES[name], a, b)


def in_place(interp: Interpreter, name: str, a: Tensor, b: Value) -> Value:
    """``a += b`` and its like."""
    word = _NAMES[name]
    if broadcast(interp, a.shape, b.shape if isinstance(b, Tensor) else ()) != a.shape:
        raise interp.error("RuntimeError", f"output with shape {list(a.shape)} doesn't match the broadcast shape")
    return interp.tape.write(f"{word}_", a, (a, b))


def unary(interp: Interpreter, name: str, a: Tensor) -> Value:
    """``-a`` and ``~a``."""
    made = Tensor(a.shape, a.dtype, [-v for v in a.values] if a.values is not None and name == "neg" else None)
    return interp.tape.emit({"neg": "neg", "invert": "bitwise_not", "pos": "clone"}[name], (a,), made)


def compared(interp: Interpreter, name: str, a: Value, b: Value) -> Value:
    """``a < b`` and its like, for each position."""
    for value in (a, b):
        if not isinstance(value, (Tensor, int, float)):
            return name == "ne" if name in ("eq", "ne") else interp.unknown("tensors are compared with something else")
    made = elementwise(interp, name, a, b, "bool") if isinstance(a, Tensor) else compared_back(interp, name, a, b)
    rows = [x.values if isinstance(x, Tensor) else [x] for x in (a, b)]
    if rows[0] is not None and rows[1] is not None and len(rows[0]) == len(rows[1]) == 1:
        made.values = [getattr(operator, name)(rows[0][0], rows[1][0])]
    return made


def compared_back(interp: Interpreter, name: str, a: Value, b: Tensor) -> Tensor:
    """``1 < b``."""
    mirrored = {"lt": "gt", "le": "ge", "gt": "lt", "ge": "le"}.get(name, name)
    return elementwise(interp, mirrored, b, a, "bool")


def pointwise(name: str) -> Callable[..., Value]:
    """A function of one tensor, number by number; further arguments are no tensors."""

    def run(interp: Interpreter, input: Tensor, *args: Value, **options: Value) -> Value:
        inplace = options.pop("inplace", False)
        rest = (*args, *options.values())
        if inplace is True:
            return interp.tape.write(f"{name}_", input, (input, *rest))
        return interp.tape.emit(name, (input, *rest), Tensor(input.shape, input.dtype))

    return run


def _written(name: str) -> Callable[..., Value]:
    def run(interp: Interpreter, input: Tensor, *args: Value, **options: Value) -> Value:
        return interp.tape.write(f"{name}_", input, (input, *args, *options.values()))

    return run


def _binary(name: str) -> Callable[..., Value]:
    def run(interp: Interpreter, input: Value, other: Value, **options: Value) -> Value:
        return elementwise(interp, name, input, other)

    return run


def _binary_in_place(name: str) -> Callable[..., Value]:
    def run(interp: Interpreter, input: Tensor, other: Value, **options: Value) -> Value:
        if broadcast(interp, input.shape, other.shape if isinstance(other, Tensor) else ()) != input.shape:
            raise interp.error("RuntimeError", "output with this shape doesn't match the broadcast shape")
        return interp.tape.write(f"{name}_", input, (input, other))

    return run


def _comparison(name: str) -> Callable[..., Value]:
    return lambda interp, input, other: compared(interp, name, input, other)


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
        made = Tensor(left_over(input.shape, axes, keepdim), options.get("dtype") or input.dtype)
        if name == "sum" and input.values is not None and dim is None:
            made.values = [sum(input.values)]
        arguments = (input,) if dim is None else (input, axes, keepdim)
        return interp.tape.emit(name, arguments, made)

    return run


def _extreme(name: str) -> Callable[..., Value]:
    """``max`` and ``min``: of all, along an axis with positions, or of two tensors."""

    def run(interp: Interpreter, input: Tensor, dim: Value = None, keepdim: Value = False, **options: Value) -> Value:
        dim, keepdim = options.pop("other", options.pop("axis", dim)), options.pop("keepdims", keepdim)
        if isinstance(dim, Tensor):
            return elementwise(interp, "maximum" if name == "max" else "minimum", input, dim)
        if dim is None:
            made = Tensor((), input.dtype)
            if input.values:
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
    interp.tape.emit("sort", (input, dim, descending), *pair)
    return pair


def gather(interp: Interpreter, input: Tensor, dim: Value, index: Tensor, **options: Value) -> Value:
    return interp.tape.emit("gather", (input, dim, index), Tensor(index.shape, input.dtype))


def index_select(interp: Interpreter, input: Tensor, dim: Value, index: Tensor) -> Value:
    axis = axis_of(interp, dim, len(input.shape))
    shape = (*input.shape[:axis], index.count, *input.shape[axis + 1 :])
    return interp.tape.emit("index_select", (input, axis, index), Tensor(shape, input.dtype))


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


def where(interp: Interpreter, condition: Tensor, input: Value = None, other: Value = None) -> Value:
    if input is None:
        return interp.unknown("how many positions a condition has is not known")
    shape = condition.shape
    for value in (input, other):
        shape = broadcast(interp, shape, value.shape if isinstance(value, Tensor) else ())
    given = [v if isinstance(v, Tensor) else Tensor((), "float32") for v in (input, other)]
    return interp.tape.emit("where", (condition, *given), Tensor(shape, _dtype(given[0], given[1])))


def masked_fill(interp: Interpreter, input: Tensor, mask: Tensor, value: Value) -> Value:
    shape = broadcast(interp, input.shape, mask.shape)
    return interp.tape.emit("masked_fill", (input, mask, value), Tensor(shape, input.dtype))


def clamp(interp: Interpreter, input: Tensor, min: Value = None, max: Value = None) -> Value:
    return interp.tape.emit("clamp", (input, min, max), Tensor(input.shape, input.dtype))


def clamp_(interp: Interpreter, input: Tensor, min: Value = None, max: Value = None) -> Value:
    return interp.tape.write("clamp_", input, (input, min, max))


def linear(interp: Interpreter, input: Tensor, weight: Tensor, bias: Value = None) -> Value:
    if len(weight.shape) != 2 or input.shape[-1] != weight.shape[1]:
        rows, given = prod(input.shape[:-1]), weight.shape[::-1]
        said = f"mat1 and mat2 shapes cannot be multiplied ({rows}x{input.shape[-1]} and {given[0]}x{given[-1]})"
        raise interp.error("RuntimeError", said)
    turned = torch_shapes.t(interp, weight)
    if len(input.shape) == 2:
        return _addmm(interp, input, turned, bias)
    if len(input.shape) == 1:
        row = _addmm(interp, torch_shapes.unsqueeze(interp, input, 0), turned, bias)
        return torch_shapes.squeeze(interp, row, 0)
    flat = torch_shapes.reshape(interp, input, -1, input.shape[-1])
    shape = (*input.shape[:-1], weight.shape[0])
    if isinstance(bias, Tensor) and len(input.shape) == 3 and input.is_contiguous:
        return torch_shapes.reshaped(interp, _addmm(interp, flat, turned, bias), shape)
    made = torch_shapes.reshaped(interp, _addmm(interp, flat, turned, None), shape, "_unsafe_view")
    return elementwise(interp, "add", made, bias) if isinstance(bias, Tensor) else made


def _addmm(interp: Interpreter, a: Tensor, b: Tensor, bias: Value) -> Tensor:
    made = Tensor((a.shape[0], b.shape[1]), a.dtype)
    if isinstance(bias, Tensor):
        return interp.tape.emit("addmm", (bias, a, b), made)
    return interp.tape.emit("mm", (a, b), made)


def matmul(interp: Interpreter, input: Tensor, other: Tensor, **options: Value) -> Value:
    a, b = input, other
    if len(a.shape) < 2 or len(b.shape) < 2:
        return _vector_product(interp, a, b)
    if a.shape[-1] != b.shape[-2]:
        said = f"mat1 and mat2 shapes cannot be multiplied ({list(a.shape)} and {list(b.shape)})"
        raise interp.error("RuntimeError", said)
    if len(a.shape) == 2 and len(b.shape) == 2:
        return _addmm(interp, a, b, None)
    if len(b.shape) == 2:
        flat = torch_shapes.reshape(interp, a, -1, a.shape[-1])
        made = _addmm(interp, flat, b, None)
        return torch_shapes.reshaped(interp, made, (*a.shape[:-1], b.shape[1]), "_unsafe_view")
    batch = broadcast(interp, a.shape[:-2], b.shape[:-2])
    flat_a, flat_b = (_batched(interp, x, batch) for x in (a, b))
    made = interp.tape.emit("bmm", (flat_a, flat_b), Tensor((prod(batch), a.shape[-2], b.shape[-1]), a.dtype))
    return torch_shapes.reshaped(interp, made, (*batch, a.shape[-2], b.shape[-1]), "_unsafe_view")


def _batched(interp: Interpreter, x: Tensor, batch: tuple[int, ...]) -> Tensor:
    wide = torch_shapes.expand(interp, x, *batch, *x.shape[-2:])
    made: Tensor = torch_shapes.reshape(interp, wide, prod(batch), *x.shape[-2:])
    return made


def _vector_product(interp: Interpreter, a: Tensor, b: Tensor) -> Value:
    left = torch_shapes.unsqueeze(interp, a, 0) if len(a.shape) == 1 else a
    right = torch_shapes.unsqueeze(interp, b, 1) if len(b.shape) == 1 else b
    made = matmul(interp, left, right)
    if len(b.shape) == 1:
        made = torch_shapes.squeeze(interp, made, -1)
    return torch_shapes.squeeze(interp, made, -1 if len(b.shape) > 1 else 0) if len(a.shape) == 1 else made


def bmm(interp: Interpreter, input: Tensor, mat2: Tensor) -> Value:
    if len(input.shape) != 3 or len(mat2.shape) != 3 or input.shape[2] != mat2.shape[1]:
        raise interp.error("RuntimeError", "batch1 and batch2 shapes do not fit")
    return interp.tape.emit("bmm", (input, mat2), Tensor((*input.shape[:2], mat2.shape[2]), input.dtype))


def embedding(interp: Interpreter, input: Tensor, weight: Tensor, *args: Value, **options: Value) -> Value:
    return interp.tape.emit("embedding", (weight, input), Tensor((*input.shape, *weight.shape[1:]), weight.dtype))


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


_POINTWISE = (
    *("sigmoid", "tanh", "abs", "exp", "log", "log2", "log1p", "sqrt", "rsqrt", "neg", "sin", "cos", "erf"),
    *("reciprocal", "sign", "round", "floor", "ceil", "trunc", "expm1", "square", "logical_not", "isnan", "isinf"),
    *("erfinv", "erfc", "tan", "atan", "asin", "acos", "sinh", "cosh", "frac", "exp2", "log10", "lgamma", "isfinite"),
)
_BINARY = ("add", "sub", "mul", "div", "maximum", "minimum", "pow", "remainder", "fmod", "atan2", "logical_and")

FUNCTIONS: dict[str, Callable[..., Value]] = {
    **{name: pointwise(name) for name in (*_POINTWISE, "nan_to_num")},
    **{f"{name}_": _written(name) for name in (*_POINTWISE, "zero", "fill", "copy", "clamp_min", "clamp_max")},
    **{name: _binary(name) for name in (*_BINARY, "logical_or", "bitwise_and", "bitwise_or", "floor_divide")},
    **{f"{name}_": _binary_in_place(name) for name in ("add", "sub", "mul", "div", "pow")},
    **{name: _comparison(name) for name in ("eq", "ne", "lt", "le", "gt", "ge")},
    **{name: reduction(name) for name in ("mean", "sum", "amax", "amin", "prod", "logsumexp", "any", "all")},
    **{name: reduction(name) for name in ("var", "std")},
    **{name: _extreme(name) for name in ("max", "min")},
    **{name: _ranked(name) for name in ("argmax", "argmin")},
    **{
        f.__name__: f
        for f in (topk, sort, gather, index_select, where, masked_fill, clamp, clamp_, linear, matmul, bmm)
    },
    **{f.__name__: f for f in (embedding, normalize, norm)},
    "softmax": softmax("_softmax"),
    "log_softmax": softmax("_log_softmax"),
    "cumsum": cumulative("cumsum"),
    "cumprod": cumulative("cumprod"),
    "clip": clamp,
    "mm": matmul,
    "multiply": _binary("mul"),
    "divide": _binary("div"),
    "subtract": _binary("sub"),
    "true_divide": _binary("div"),
    "clamp_min": pointwise("clamp_min"),
    "clamp_max": pointwise("clamp_max"),
}
