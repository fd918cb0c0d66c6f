"""Functions of torch that make tensors."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import ceil, prod
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.whole import torch_shapes, torch_sizes
from gconv_lint.frontends.whole.tensors import MAX_VALUES, Tensor
from gconv_lint.frontends.whole.torch_indexing import broadcast
from gconv_lint.frontends.whole.torch_numbers import held, near
from gconv_lint.frontends.whole.values import Value

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter


def _filled(number: Any) -> Callable[..., Value]:
    def run(interp: Interpreter, *size: Value, dtype: Value = None, **options: Value) -> Value:
        shape = torch_sizes.sizes_of(interp, size or (options["size"],))
        return _of_number(interp, shape, number, dtype or "float32")

    return run


def _of_number(interp: Interpreter, shape: tuple[int, ...], number: Any, dtype: str) -> Tensor:
    return interp.tape.emit("zeros", (list(shape),), Tensor(shape, dtype, _repeated(number, prod(shape), dtype)))


def _repeated(number: Any, count: int, dtype: str) -> list[Any] | None:
    """The values of a tensor that holds one number everywhere."""
    kept = None if number is None or count > MAX_VALUES else held(dtype, number)
    return None if kept is None else [kept] * count


def full(interp: Interpreter, size: Value, fill_value: Value, dtype: Value = None, **options: Value) -> Value:
    kinds = {bool: "bool", int: "int64"}
    kind = dtype or kinds.get(type(fill_value), "float32")
    number = fill_value if isinstance(fill_value, (int, float)) else None
    return _of_number(interp, torch_sizes.sizes_of(interp, [size]), number, kind)


def _like(number: Any) -> Callable[..., Value]:
    def run(interp: Interpreter, input: Tensor, *args: Value, dtype: Value = None, **options: Value) -> Value:
        kind = dtype or input.dtype
        made = Tensor(input.shape, kind, _repeated(number, input.count, kind))
        return interp.tape.emit("zeros_like", (input,), made)

    return run


def _new(number: Any) -> Callable[..., Value]:
    def run(interp: Interpreter, input: Tensor, *size: Value, dtype: Value = None, **options: Value) -> Value:
        return _of_number(interp, torch_sizes.sizes_of(interp, size), number, dtype or input.dtype)

    return run


def tensor(interp: Interpreter, data: Value, dtype: Value = None, **options: Value) -> Value:
    if isinstance(data, Tensor):
        return data
    shape: list[int] = []
    flat = _flat(interp, data, shape, 0)
    if flat is None:
        return interp.unknown("a tensor is made of values that are not known")
    kind = "bool" if flat and isinstance(flat[0], bool) else "int64"
    if not flat or any(isinstance(v, float) for v in flat):
        kind = "float32"
    return Tensor(tuple(shape), dtype or kind, _all_held(dtype or kind, flat))


def _all_held(dtype: str, numbers: Iterable[Any]) -> list[Any] | None:
    values = [held(dtype, number) for number in numbers]
    return None if None in values else values


def _flat(interp: Interpreter, data: Value, shape: list[int], depth: int) -> list[Any] | None:
    if isinstance(data, Tensor):
        if depth == len(shape):
            shape.extend(data.shape)
        return data.values
    if not isinstance(data, (list, tuple, range)):
        return [data] if isinstance(data, (int, float)) else None
    interp.spend(len(data))
    if depth == len(shape):
        shape.append(len(data))
    made: list[Any] = []
    for item in data:
        inner = _flat(interp, item, shape, depth + 1)
        if inner is None:
            return None
        made.extend(inner)
    return made


def arange(interp: Interpreter, *bounds: Value, dtype: Value = None, **options: Value) -> Value:
    given = [options.pop(name) for name in ("start", "end", "step") if name in options]
    numbers = [v.values[0] if isinstance(v, Tensor) and v.values else v for v in (*bounds, *given)]
    if not all(isinstance(n, (int, float)) for n in numbers):
        return interp.unknown("`arange` over bounds that are not known")
    start, stop, step = (0, numbers[0], 1) if len(numbers) == 1 else (*numbers, 1)[:3]
    count = max(0, ceil((stop - start) / step))
    whole = all(isinstance(n, int) for n in numbers)
    kind = dtype or ("int64" if whole else "float32")
    values = [start + i * step for i in range(count)] if count <= MAX_VALUES else None
    if values is not None and not whole:  # steps are added up in one way or another
        values = _nearly(kind, start, stop, values)
    return interp.tape.emit("arange", (), Tensor((count,), kind, values and _all_held(kind, values)))


def _nearly(dtype: str, start: Any, end: Any, values: list[Any]) -> list[Any] | None:
    """Numbers between two, some steps of the first away: whole ones are exact, others are rounded on the way."""
    slack = 4e-16 if dtype == "float64" else 4e-7
    most = max(abs(start), abs(end)) * slack
    exact = all(float(v).is_integer() and abs(v) < 2**24 for v in (*values, end))
    made = [v if exact or v == 0 == start else near(v - most, v + most) for v in values]
    return None if None in made else made


def linspace(
    interp: Interpreter, start: Value, end: Value, steps: Value, dtype: Value = None, **options: Value
) -> Value:
    count = torch_sizes.integer(interp, steps)
    kind = dtype or "float32"
    if count > MAX_VALUES or not all(isinstance(v, (int, float)) for v in (start, end)):
        return Tensor((count,), kind)
    values = _nearly(kind, start, end, [start + (end - start) * i / max(1, count - 1) for i in range(count)])
    return interp.tape.emit("linspace", (), Tensor((count,), kind, values and _all_held(kind, values)))


def meshgrid(interp: Interpreter, *tensors: Value, indexing: Value = "ij") -> Value:
    rows = interp.items(tensors[0]) if len(tensors) == 1 and isinstance(tensors[0], (list, tuple)) else list(tensors)
    order = [1, 0, *range(2, len(rows))] if indexing == "xy" and len(rows) > 1 else list(range(len(rows)))
    sizes = [rows[i].count for i in order]
    made = []
    for number, row in enumerate(rows):
        at = order.index(number)
        wide = torch_shapes.view(interp, row, *(-1 if i == at else 1 for i in range(len(rows))))
        made.append(torch_shapes.expand(interp, wide, *sizes))
    return tuple(made)


def eye(interp: Interpreter, n: Value, m: Value = None, dtype: Value = None, **options: Value) -> Value:
    return Tensor((n, m or n), dtype or "float32")


def randperm(interp: Interpreter, n: Value, **options: Value) -> Value:
    return Tensor((n,), "int64")


def sized(interp: Interpreter, *size: Value, **options: Value) -> Value:
    """``torch.Tensor(2, 3)``; of a list it holds the list."""
    if len(size) == 1 and isinstance(size[0], (list, tuple)):
        return tensor(interp, size[0], options.get("dtype", "float32"))
    return Tensor(torch_sizes.sizes_of(interp, size) if size else (0,), options.get("dtype", "float32"))


def bernoulli(interp: Interpreter, input: Tensor, *args: Value, **options: Value) -> Value:
    return interp.tape.emit("bernoulli", (input,), Tensor(input.shape, input.dtype))


def broadcast_tensors(interp: Interpreter, *tensors: Tensor) -> Value:
    shape: tuple[int, ...] = ()
    for each in tensors:
        shape = broadcast(interp, shape, each.shape)
    return tuple(torch_shapes.expand(interp, each, *shape) for each in tensors)


FUNCTIONS: dict[str, Callable[..., Value]] = {
    **{name: _filled(number) for name, number in (("zeros", 0), ("ones", 1), ("empty", None))},
    **{name: _filled(None) for name in ("rand", "randn")},
    **{f"{name}_like": _like(number) for name, number in (("zeros", 0), ("ones", 1), ("empty", None))},
    **{name: _like(None) for name in ("rand_like", "randn_like", "full_like")},
    **{f"new_{name}": _new(number) for name, number in (("zeros", 0), ("ones", 1), ("empty", None))},
    **{f.__name__: f for f in (full, tensor, arange, linspace, meshgrid, eye, randperm, bernoulli, broadcast_tensors)},
    "new_full": lambda interp, input, size, fill_value, **options: full(interp, size, fill_value, input.dtype),
    "new_tensor": lambda interp, input, data, **options: tensor(interp, data),
    "as_tensor": tensor,
    "FloatTensor": sized,
    "LongTensor": lambda interp, *size, **options: sized(interp, *size, dtype="int64"),
    "randint": lambda interp, *args, size=None, **options: Tensor(
        torch_sizes.sizes_of(interp, [size or args[-1]]), "int64"
    ),
}
