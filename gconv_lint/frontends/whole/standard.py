"""Python's library as far as model code uses it."""

from __future__ import annotations

import functools
import math
import posixpath
import string
from collections.abc import Callable
from typing import TYPE_CHECKING

from gconv_lint.frontends.whole import (
    contexts,
    expressions_of_text,
    functional,
    iterators,
    limits,
    numpy_arrays,
    structures,
)
from gconv_lint.frontends.whole.structures import Field, dataclass
from gconv_lint.frontends.whole.tensors import Tensor
from gconv_lint.frontends.whole.torch_numbers import Near, applied
from gconv_lint.frontends.whole.values import (
    MISSING,
    Bound,
    Class,
    External,
    Function,
    Native,
    Obj,
    Stream,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter

_CONSTANTS: dict[str, Value] = {
    **{f"math.{name}": getattr(math, name) for name in ("pi", "e", "inf", "nan", "tau")},
    **{f"numpy.{name}": getattr(math, name) for name in ("pi", "e", "inf", "nan")},
    "os.sep": "/",
    "typing.TYPE_CHECKING": False,
    "sys.platform": "linux",
    "os.name": "posix",
    **{
        f"string.{name}": getattr(string, name)
        for name in ("ascii_letters", "ascii_lowercase", "ascii_uppercase", "digits", "punctuation", "whitespace")
    },
}
#: Numbers that one function of ``math`` is given.
_MOST_ARGUMENTS = 16
_MATH = (
    *("ceil", "floor", "sqrt", "log", "log2", "log10", "exp", "pow", "gcd", "prod", "cos", "sin", "tan", "atan"),
    *("fabs", "isclose", "isnan", "isinf", "trunc", "hypot", "tanh", "erf", "lcm", "fmod", "copysign", "atan2"),
    *("isqrt", "comb", "degrees", "radians"),
)


def named(interp: Interpreter, name: str) -> Value:
    """What a name of Python's library means, ``MISSING`` where it is not known."""
    if name in _CONSTANTS:
        return _CONSTANTS[name]
    if name == "os.environ":
        return interp.environ
    if name.startswith("numpy."):
        run = numpy_arrays.FUNCTIONS.get(name[6:])
        return MISSING if run is None else Native(name, run)
    tables = (_FUNCTIONS, functional.FUNCTIONS, iterators.FUNCTIONS, expressions_of_text.FUNCTIONS)
    run = next((table[name] for table in tables if name in table), None)
    if run is not None:
        return Native(name, run)
    made = _MADE.get(name)
    return interp.known(name, made) if made is not None else MISSING


def _version(interp: Interpreter) -> Value:
    """``sys.version_info``, of the oldest Python that runs this."""
    kind = _named_tuple(interp, "version_info", "major minor micro releaselevel serial")
    return interp.call(kind, [3, 11, 0, "final", 0], {}, interp.frame)


#: Values that a program may change: each has its own.
_MADE: dict[str, Callable[[Interpreter], Value]] = {
    "os.environ": lambda interp: {},
    "sys.version_info": _version,
    "dataclasses.FrozenInstanceError": lambda interp: interp.exception("AttributeError"),
}


def type_member(interp: Interpreter, owner: Native, name: str) -> Value:
    """``dict.fromkeys``, ``str.join`` and their like."""
    if owner.name == "dict" and name == "fromkeys":
        return Native(name, lambda interp, keys, value=None: dict.fromkeys(map(interp.key, interp.items(keys)), value))
    if owner.name in ("str", "list", "dict", "tuple", "set", "int", "float"):
        return Native(
            name,
            lambda interp, receiver, *args, **kwargs: interp.call(
                interp.attributes.get(receiver, name), list(args), kwargs, interp.frame
            ),
        )
    if owner.name in ("itertools.chain",) and name == "from_iterable":
        return Native(name, iterators.chained)
    return MISSING


def _math(name: str) -> Callable[..., Value]:
    function = getattr(math, name)

    def run(interp: Interpreter, *args: Value, **kwargs: Value) -> Value:
        for value in args:
            if isinstance(value, Unknown):
                return value
            if isinstance(value, Tensor):
                return interp.unknown("a number is asked of a tensor")
        given = [interp.items(v) if isinstance(v, Stream) else v for v in args]
        if any(type(v) is Near for v in given):
            made = applied(name, "float64", given[0])
            return made if made is not None else interp.unknown("a number is rounded in more than one way")
        limits.check(interp, *given)
        if name == "comb" and any(isinstance(v, int) and v > limits.MAX_BITS for v in given):
            return interp.unknown("a number that is too long to be computed")
        if name == "prod":
            return functools.reduce(multiplied(interp), given[0], kwargs.get("start", 1))
        if len(given) > _MOST_ARGUMENTS:
            return interp.unknown(f"`math.{name}` of very many numbers")
        return function(*given, **kwargs)

    return run


def multiplied(interp: Interpreter) -> Callable[[Value, Value], Value]:
    """Multiplies within limits."""
    return lambda a, b: interp.operators.binary("mul", a, b)


def _named_tuple(interp: Interpreter, name: str, fields: Value, **options: Value) -> Value:
    names = fields.replace(",", " ").split() if isinstance(fields, str) else interp.items(fields)
    names = [n[0] if isinstance(n, tuple) else n for n in names]
    cls = Class(name, (External("collections.namedtuple"),), {"__annotations__": dict.fromkeys(names, "")})
    defaults = interp.items(options.get("defaults") or ())
    cls.attrs.update(zip(names[len(names) - len(defaults) :], defaults))
    cls.attrs["_fields"] = tuple(names)
    return cls


def _default_dict(interp: Interpreter, factory: Value = None, *args: Value, **kwargs: Value) -> Value:
    def missing(interp: Interpreter, self: Obj, key: Value) -> Value:
        if factory is None:
            raise interp.error("KeyError", str(key))
        self.data[key] = made = interp.call(factory, [], {}, interp.frame)
        return made

    made = Obj(Class("defaultdict", (External("builtins.dict"),), {"__missing__": Native("__missing__", missing)}))
    made.data = interp.call(interp.builtins["dict"], list(args), kwargs, interp.frame)
    return made


def _counter(interp: Interpreter, rows: Value = ()) -> Value:
    made = _default_dict(interp, Native("zero", lambda interp: 0))
    for item in interp.items(rows):
        key = interp.key(item)
        made.data[key] = made.data.get(key, 0) + 1
    return made


def _name_space(interp: Interpreter, **values: Value) -> Value:
    made = Obj(Class("SimpleNamespace", (interp.object,), {}))
    made.attrs.update(values)
    return made


def _deque(interp: Interpreter, rows: Value = (), maxlen: Value = None) -> Value:
    return interp.items(rows) if maxlen is None else interp.unknown("a `deque` that forgets is not followed")


def copied(interp: Interpreter, value: Value, deep: dict[int, Value] | None = None) -> Value:
    """``copy.deepcopy`` with a table of what is copied already, else ``copy.copy``."""
    if deep is not None and id(value) in deep:
        return deep[id(value)]
    interp.spend(1)

    def inner(item: Value) -> Value:
        return item if deep is None else copied(interp, item, deep)

    made: Value = value
    if isinstance(value, list):
        made = []
        _note(deep, value, made)
        made.extend(map(inner, value))
    elif isinstance(value, dict):
        made = {}
        _note(deep, value, made)
        made.update({k: inner(v) for k, v in value.items()})
    elif isinstance(value, tuple):
        made = tuple(map(inner, value))
    elif isinstance(value, set):
        made = set(value)
    elif isinstance(value, Tensor) and deep is not None:
        made = _copied_tensor(value)
        _note(deep, value, made)
    elif isinstance(value, Obj) and not structures.is_enumeration(value.cls):
        made = Obj(value.cls)
        made.buffers, made.data, made.made = set(value.buffers), value.data, value.made
        _note(deep, value, made)
        if isinstance(value.data, (list, dict, set)):
            made.data = copied(interp, value.data, deep)
        made.attrs.update({k: inner(v) for k, v in value.attrs.items()})
    return made


def _note(deep: dict[int, Value] | None, value: Value, made: Value) -> None:
    if deep is not None:
        deep[id(value)] = made


def _copied_tensor(value: Tensor) -> Tensor:
    made = Tensor(value.shape, value.dtype, value.values)
    made.is_parameter, made.is_buffer, made.requires_grad = value.is_parameter, value.is_buffer, value.requires_grad
    return made


def _is_function(interp: Interpreter, value: Value) -> Value:
    return value if isinstance(value, Unknown) else isinstance(value, Function)


def _is_class(interp: Interpreter, value: Value) -> Value:
    return value if isinstance(value, Unknown) else isinstance(value, (Class, Native))


def _signature(interp: Interpreter, function: Value, **options: Value) -> Value:
    """``inspect.signature`` of a function of the program: its ``parameters`` by name."""
    while isinstance(function, Function) and "__wrapped__" in function.attrs:
        function = function.attrs["__wrapped__"]
    if not isinstance(function, Function):
        return interp.unknown("`inspect.signature` of something that is no function")
    code, rows = function.code, dict[str, Value]()
    first = len(code.params) - len(function.defaults)
    for index, name in enumerate(code.params):
        rows[name] = _parameter(
            interp, name, "POSITIONAL_OR_KEYWORD", function.defaults[index - first :][:1] if index >= first else []
        )
    for name in code.keyword_only:
        rows[name] = _parameter(interp, name, "KEYWORD_ONLY", [])
    for rest, kind in ((code.rest, "VAR_POSITIONAL"), (code.rest_named, "VAR_KEYWORD")):
        if rest is not None:
            rows[rest] = _parameter(interp, rest, kind, [])
    made = Obj(Class("Signature", (interp.object,), {}))
    made.attrs["parameters"] = rows
    return made


def _parameter(interp: Interpreter, name: str, kind: str, default: list[Value]) -> Obj:
    words = ("POSITIONAL_ONLY", "POSITIONAL_OR_KEYWORD", "VAR_POSITIONAL", "KEYWORD_ONLY", "VAR_KEYWORD", "empty")
    shared = {word: External(f"inspect.Parameter.{word}") for word in words}
    made, empty = Obj(Class("Parameter", (interp.object,), dict(shared))), shared["empty"]
    made.attrs.update(name=name, kind=shared[kind], annotation=empty)
    made.attrs["default"] = default[0] if default else empty
    return made


def _path_join(interp: Interpreter, *parts: Value) -> Value:
    unknown = next((p for p in parts if not isinstance(p, str)), None)
    return Unknown("a path") if unknown is not None else posixpath.join(*parts)


def _checkpointed(interp: Interpreter, function: Value, *args: Value, **options: Value) -> Value:
    named = ("use_reentrant", "preserve_rng_state", "context_fn", "determinism_check", "debug", "early_stop")
    return interp.call(function, list(args), {k: v for k, v in options.items() if k not in named}, interp.frame)


def _fans(interp: Interpreter, tensor: Value, *rest: Value) -> Value:
    if not isinstance(tensor, Tensor) or len(tensor.shape) < 2:
        return interp.unknown("the fans of something that is no weight")
    field = math.prod(tensor.shape[2:])
    return tensor.shape[1] * field, tensor.shape[0] * field


def _gain(interp: Interpreter, nonlinearity: Value, param: Value = None) -> Value:
    gains = {"tanh": 5 / 3, "relu": math.sqrt(2), "selu": 0.75}
    if nonlinearity == "leaky_relu":
        return math.sqrt(2 / (1 + (0.01 if param is None else param) ** 2))
    return gains.get(nonlinearity, 1.0) if isinstance(nonlinearity, str) else nonlinearity


def _replace_fields(interp: Interpreter, value: Value, **changes: Value) -> Value:
    if not isinstance(value, Obj):
        return interp.unknown("`replace` of something unknown")
    made = copied(interp, value)
    made.attrs.update(changes)
    return made


def _field(interp: Interpreter, default: Value = MISSING, default_factory: Value = None, **options: Value) -> Value:
    return Field(default, default_factory, options.get("init", True), options.get("kw_only", False))


def _dataclass(interp: Interpreter, cls: Value = None, **options: Value) -> Value:
    if isinstance(cls, Class):
        return dataclass(interp, cls, **options)
    return Native("dataclass", lambda interp, cls: dataclass(interp, cls, **options))


_FUNCTIONS: dict[str, Callable[..., Value]] = {
    **{f"math.{name}": _math(name) for name in _MATH},
    "collections.OrderedDict": lambda interp, *args, **kwargs: interp.builtins["dict"].run(interp, *args, **kwargs),
    "collections.namedtuple": _named_tuple,
    "collections.defaultdict": _default_dict,
    "collections.deque": _deque,
    "collections.Counter": _counter,
    "types.SimpleNamespace": _name_space,
    "types.MethodType": lambda interp, function, owner: Bound(function, owner),
    "enum.auto": lambda interp: External("enum.auto"),
    "dataclasses.fields": structures.field_objects,
    "dataclasses.is_dataclass": lambda interp, value: interp.attributes.find(value, "__dataclass__") is not MISSING,
    "contextlib.suppress": contexts.suppress,
    "contextlib.nullcontext": lambda interp, value=None: value,
    "contextlib.contextmanager": contexts.manager,
    "torch.utils.checkpoint.checkpoint": _checkpointed,
    "torch.nn.init.calculate_gain": _gain,
    "torch.nn.init._calculate_fan_in_and_fan_out": _fans,
    "copy.deepcopy": lambda interp, value, memo=None: copied(interp, value, {}),
    "copy.copy": lambda interp, value: copied(interp, value),
    "dataclasses.dataclass": _dataclass,
    "dataclasses.field": _field,
    "dataclasses.asdict": structures.as_dict,
    "dataclasses.replace": _replace_fields,
    "inspect.isfunction": _is_function,
    "inspect.isclass": _is_class,
    "inspect.signature": _signature,
    "os.path.join": _path_join,
    "os.path.expanduser": lambda interp, path: path,
    "os.path.basename": lambda interp, path: posixpath.basename(path),
    "os.path.dirname": lambda interp, path: posixpath.dirname(path),
    "os.path.abspath": lambda interp, path: path,
    "os.getenv": lambda interp, name, default=None: interp.environ.get(name, default),
    "typing.cast": lambda interp, kind, value: value,
    "typing.TypeVar": lambda interp, *args, **kwargs: External("typing.Any"),
    "typing.NewType": lambda interp, name, kind: kind,
}
