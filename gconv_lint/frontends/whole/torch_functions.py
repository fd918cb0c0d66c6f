"""What the names of torch mean: functions, types of numbers, constants."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from gconv_lint.frontends.whole import (
    torch_arithmetic,
    torch_contractions,
    torch_creation,
    torch_products,
    torch_reductions,
    torch_shapes,
    torch_spatial,
)
from gconv_lint.frontends.whole.functions import first_unknown
from gconv_lint.frontends.whole.values import MISSING, Class, Native, Obj, Unknown, Value

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter

#: The functions by their names in torch, in torch.nn.functional, and as methods of tensors.
OPERATIONS: dict[str, Callable[..., Value]] = {
    **torch_arithmetic.FUNCTIONS,
    **torch_reductions.FUNCTIONS,
    **torch_shapes.FUNCTIONS,
    **torch_spatial.FUNCTIONS,
    **torch_creation.FUNCTIONS,
    **torch_products.FUNCTIONS,
    **torch_contractions.FUNCTIONS,
}
#: What Python raises where a call is beyond what a function of this package expects: torch may well understand it.
OURS = (TypeError, ValueError, KeyError, IndexError, AttributeError, ArithmeticError, AssertionError)
_DTYPES = {
    **{name: name for name in ("float32", "float64", "float16", "bfloat16", "int64", "int32", "int16", "int8")},
    **{name: name for name in ("uint8", "bool", "complex64", "complex128")},
    "float": "float32",
    "double": "float64",
    "half": "float16",
    "long": "int64",
    "int": "int32",
    "short": "int16",
}
_CONSTANTS: dict[str, Value] = {"torch.inf": float("inf"), "torch.pi": 3.141592653589793, "torch.__version__": "2.13.0"}
_NAMESPACES = ("torch.", "torch.nn.functional.", "torch.special.", "torch.linalg.")


def guarded(name: str, run: Callable[..., Value]) -> Callable[..., Value]:
    """The function, which gives something unknown for something unknown."""

    def checked(interp: Interpreter, *args: Value, **kwargs: Value) -> Value:
        unknown = first_unknown(args) or (first_unknown(kwargs.values()) if kwargs else None)
        if unknown is not None:
            interp.deferred.use(unknown)
            return unknown
        try:
            return run(interp, *args, **kwargs)
        except OURS:
            return interp.unknown(f"`{name}` is called in a way that is not understood")

    checked.__name__ = name
    return checked


_MADE: dict[str, Native] = {}


def operation(name: str) -> Native | None:
    """The function of a name, ``None`` where there is none."""
    if name not in OPERATIONS:
        return None
    made = _MADE.get(name)
    if made is None:
        made = _MADE[name] = Native(name, guarded(name, OPERATIONS[name]))
    return made


def named(interp: Interpreter, name: str) -> Value:
    """What a qualified name of torch's means, ``MISSING`` where that is not known."""
    if name in _CONSTANTS:
        return _CONSTANTS[name]
    head, _, tail = name.rpartition(".")
    if head == "torch" and tail in _DTYPES:
        return _DTYPES[tail]
    if head == "torch" and tail in ("Tensor", "Size"):
        return interp.modules_of.tensor_class if tail == "Tensor" else interp.builtins["tuple"]
    if f"{head}." in _NAMESPACES:
        found = operation(tail)
        if found is not None:
            return found
    if name == "torch.get_default_dtype":
        return Native(name, lambda interp: "float32")
    if name in ("torch.finfo", "torch.iinfo"):
        return Native(name, _limits_of)
    if name == "torch.is_tensor":
        return Native(name, _is_tensor)
    if name == "torch.device":
        return Native(name, lambda interp, *args, **kwargs: "cpu")
    return MISSING


#: The least and the greatest number, the step at 1, and the least positive number that is not rounded, of each type.
_FLOATS = {
    "float16": (65504.0, 2.0**-10, 2.0**-14),
    "bfloat16": (3.3895313892515355e38, 2.0**-7, 2.0**-126),
    "float32": (3.4028234663852886e38, 2.0**-23, 2.0**-126),
    "float64": (1.7976931348623157e308, 2.0**-52, 2.0**-1022),
}
_WHOLE = {"uint8": (0, 255), **{f"int{bits}": (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) for bits in (8, 16, 32, 64)}}


def _limits_of(interp: Interpreter, type: Value = "float32") -> Value:
    """``torch.finfo`` and ``torch.iinfo``."""
    made = Obj(Class("finfo", (interp.object,), {}))
    if type in _FLOATS:
        most, step, least = _FLOATS[type]
        made.attrs.update(min=-most, max=most, eps=step, tiny=least, smallest_normal=least, dtype=type)
        made.attrs["bits"] = int(type.lstrip("bfloat"))
    elif type in _WHOLE:
        made.attrs.update(min=_WHOLE[type][0], max=_WHOLE[type][1], dtype=type, bits=int(type.lstrip("uint")))
    else:
        return interp.unknown(f"the limits of `{type}` are not known")
    return made


def _is_tensor(interp: Interpreter, value: Value) -> Value:
    from gconv_lint.frontends.whole.tensors import Tensor

    return value if isinstance(value, Unknown) else isinstance(value, Tensor)
