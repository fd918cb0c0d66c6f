"""Functions of torch that compute number by number, or multiply matrices."""

from __future__ import annotations

import operator
from collections.abc import Callable
from math import prod
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.whole import torch_shapes
from gconv_lint.frontends.whole.tensors import MAX_VALUES, Tensor
from gconv_lint.frontends.whole.torch_indexing import broadcast
from gconv_lint.frontends.whole.torch_numbers import applied, computed, decided, held, spread
from gconv_lint.frontends.whole.torch_sizes import axis_of
from gconv_lint.frontends.whole.values import Value

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter

_NAMES = {"add": "add", "sub": "sub", "mul": "mul", "truediv": "div", "floordiv": "floor_divide", "mod": "remainder"}
_NAMES |= {"pow": "pow", "and": "bitwise_and", "or": "bitwise_or", "xor": "bitwise_xor", "matmul": "matmul"}
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
    return "int64" if made == "bool" and any(type(x) is int for x in (a, b)) else made


def elementwise(
    interp: Interpreter, name: str, a: Value, b: Value, dtype: str | None = None, exact: bool = True
) -> Tensor:
    """``a <name> b`` by ATen's name, one of which is a tensor; without ``exact`` its values are not known."""
    shape = broadcast(interp, *(x.shape if isinstance(x, Tensor) else () for x in (a, b)))
    kind = dtype or _dtype(a, b, name)
    made = Tensor(shape, kind, _values(name, kind, a, b, shape) if exact else None)
    if not isinstance(a, Tensor):
        if name == "sub":
            return interp.tape.emit("rsub", (b, a), made)
        if name in ("add", "mul"):
            return interp.tape.emit(name, (b, a), made)
        if name == "div":
            inverse = interp.tape.emit("reciprocal", (b,), Tensor(shape, made.dtype))
            return interp.tape.emit("mul", (inverse, a), made)
    return interp.tape.emit(name, (a, b), made)


def _values(name: str, dtype: str, a: Value, b: Value, shape: tuple[int, ...]) -> list[Any] | None:
    if name == "div" and not isinstance(a, Tensor):  # torch divides one by the tensor first
        inverse = _values(name, dtype, Tensor((), dtype, [1]), b, shape)
        return inverse and _all_known([computed("mul", dtype, x, a) for x in inverse])
    rows = _spread(a, b, shape)
    return None if rows is None else _all_known([computed(name, dtype, x, y) for x, y in zip(*rows, strict=True)])


def _spread(a: Value, b: Value, shape: tuple[int, ...]) -> tuple[list[Any], list[Any]] | None:
    """The values of both where they are known, for each position of the shape that they are broadcast to."""
    given = [(x.values, x.shape) if isinstance(x, Tensor) else ([x], ()) for x in (a, b)]
    if prod(shape) > MAX_VALUES or any(values is None for values, _ in given):
        return None
    left, right = (spread(values or [], own, shape) for values, own in given)
    return left, right


def _all_known(values: list[Any]) -> list[Any] | None:
    return None if any(value is None for value in values) else values


def binary(interp: Interpreter, name: str, a: Value, b: Value) -> Value:
    """The operators of Python."""
    for value in (a, b):
        if not isinstance(value, (Tensor, int, float)):
            raise interp.error("TypeError", f"unsupported operand type(s) for {name}: 'Tensor' and another")
    if name not in _NAMES:
        return interp.unknown(f"`{name}` of tensors is not understood")
    return matmul(interp, a, b) if name == "matmul" else elementwise(interp, _NAMES[name], a, b)


def in_place(interp: Interpreter, name: str, a: Tensor, b: Value) -> Value:
    """``a += b`` and its like."""
    if name not in _NAMES:
        a.values = None
        return interp.unknown(f"`{name}` of tensors is not understood")
    word = _NAMES[name]
    if broadcast(interp, a.shape, b.shape if isinstance(b, Tensor) else ()) != a.shape:
        raise interp.error("RuntimeError", f"output with shape {list(a.shape)} doesn't match the broadcast shape")
    return interp.tape.write(f"{word}_", a, (a, b))


def unary(interp: Interpreter, name: str, a: Tensor) -> Value:
    """``-a`` and ``~a``."""
    made = Tensor(a.shape, a.dtype, _applied(name, a))
    return interp.tape.emit({"neg": "neg", "invert": "bitwise_not", "pos": "clone"}[name], (a,), made)


def compared(interp: Interpreter, name: str, a: Value, b: Value) -> Value:
    """``a < b`` and its like, for each position."""
    for value in (a, b):
        if not isinstance(value, (Tensor, int, float)):
            return name == "ne" if name in ("eq", "ne") else interp.unknown("tensors are compared with something else")
    made = elementwise(interp, name, a, b, "bool") if isinstance(a, Tensor) else compared_back(interp, name, a, b)
    rows, kind, compute = _spread(a, b, made.shape), _dtype(a, b), getattr(operator, name)
    if rows is not None:
        pairs = [(held(kind, x), held(kind, y)) for x, y in zip(*rows, strict=True)]
        known = not any(x is None or y is None for x, y in pairs)
        made.values = _all_known([decided(compute, x, y) for x, y in pairs]) if known else None
    return made


def compared_back(interp: Interpreter, name: str, a: Value, b: Tensor) -> Tensor:
    """``1 < b``."""
    mirrored = {"lt": "gt", "le": "ge", "gt": "lt", "ge": "le"}.get(name, name)
    return elementwise(interp, mirrored, b, a, "bool")


def _applied(name: str, a: Tensor) -> list[Any] | None:
    if a.values is None:
        return None
    kind = a.dtype if a.is_floating or name in ("neg", "abs") else "float32"
    return _all_known([applied(name, kind, value) for value in a.values])


def pointwise(name: str) -> Callable[..., Value]:
    """A function of one tensor, number by number; further arguments are no tensors."""

    def run(interp: Interpreter, input: Tensor, *args: Value, **options: Value) -> Value:
        inplace = options.pop("inplace", False)
        rest = (*args, *options.values())
        if inplace is True:
            return interp.tape.write(f"{name}_", input, (input, *rest))
        values = _applied(name, input) if not rest and input.is_floating else None
        return interp.tape.emit(name, (input, *rest), Tensor(input.shape, input.dtype, values))

    return run


def _written(name: str) -> Callable[..., Value]:
    def run(interp: Interpreter, input: Tensor, *args: Value, **options: Value) -> Value:
        return interp.tape.write(f"{name}_", input, (input, *args, *options.values()))

    return run


def _binary(name: str) -> Callable[..., Value]:
    def run(interp: Interpreter, input: Value, other: Value, **options: Value) -> Value:
        whole = options.get("rounding_mode") is not None and _dtype(input, other)
        return elementwise(interp, name, input, other, whole or None, not options)

    return run


def _binary_in_place(name: str) -> Callable[..., Value]:
    def run(interp: Interpreter, input: Tensor, other: Value, **options: Value) -> Value:
        if broadcast(interp, input.shape, other.shape if isinstance(other, Tensor) else ()) != input.shape:
            raise interp.error("RuntimeError", "output with this shape doesn't match the broadcast shape")
        return interp.tape.write(f"{name}_", input, (input, other))

    return run


def _comparison(name: str) -> Callable[..., Value]:
    return lambda interp, input, other: compared(interp, name, input, other)


def gather(interp: Interpreter, input: Tensor, dim: Value, index: Tensor, **options: Value) -> Value:
    return interp.tape.emit("gather", (input, dim, index), Tensor(index.shape, input.dtype))


def index_select(interp: Interpreter, input: Tensor, dim: Value, index: Tensor) -> Value:
    axis = axis_of(interp, dim, len(input.shape))
    shape = (*input.shape[:axis], index.count, *input.shape[axis + 1 :])
    return interp.tape.emit("index_select", (input, axis, index), Tensor(shape, input.dtype))


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


def _with_product(name: str) -> Callable[..., Value]:
    """``addcmul`` and ``addcdiv``."""

    def run(interp: Interpreter, input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: Value = 1) -> Value:
        shape = broadcast(interp, input.shape, broadcast(interp, tensor1.shape, tensor2.shape))
        return interp.tape.emit(name, (input, tensor1, tensor2, value), Tensor(shape, input.dtype))

    return run


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
    **{
        f.__name__: f for f in (gather, index_select, where, masked_fill, clamp, clamp_, linear, matmul, bmm, embedding)
    },
    "clip": clamp,
    **{name: _with_product(name) for name in ("addcmul", "addcdiv")},
    "mm": matmul,
    "multiply": _binary("mul"),
    "divide": _binary("div"),
    "subtract": _binary("sub"),
    "true_divide": _binary("div"),
    "clamp_min": pointwise("clamp_min"),
    "clamp_max": pointwise("clamp_max"),
}
