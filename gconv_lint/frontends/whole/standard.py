"""Python's library as far as model code uses it."""

from __future__ import annotations

import functools
import math
import posixpath
import string
from collections.abc import Callable
from typing import TYPE_CHECKING

from gconv_lint.frontends.whole import limits, numpy_arrays, regular
from gconv_lint.frontends.whole.builtin_names import Endless
from gconv_lint.frontends.whole.kinds import is_instance
from gconv_lint.frontends.whole.structures import Field, dataclass
from gconv_lint.frontends.whole.tensors import Tensor
from gconv_lint.frontends.whole.values import (
    MISSING,
    Class,
    External,
    Function,
    Native,
    Obj,
    Partial,
    Property,
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
    "sys.version_info": (3, 11, 0),
    "sys.platform": "linux",
    "os.name": "posix",
    **{
        f"string.{name}": getattr(string, name)
        for name in ("ascii_letters", "ascii_lowercase", "ascii_uppercase", "digits", "punctuation", "whitespace")
    },
}
_MATH = (
    *(
        "ceil",
        "floor",
        "sqrt",
        "log",
        "log2",
        "log10",
        "exp",
        "pow",
        "gcd",
        "prod",
        "cos",
        "sin",
        "tan",
        "atan",
        "fabs",
    ),
    *(
        "isclose",
        "isnan",
        "isinf",
        "trunc",
        "hypot",
        "tanh",
        "erf",
        "lcm",
        "fmod",
        "copysign",
        "atan2",
        "isqrt",
        "comb",
        "degrees",
        "radians",
    ),
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
    run = _FUNCTIONS.get(name) or regular.FUNCTIONS.get(name)
    return Native(name, run) if run is not None else MISSING


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
        return Native(name, lambda interp, rows: _chain(interp, *interp.items(rows)))
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
        limits.check(interp, *given)
        if name == "comb" and any(isinstance(v, int) and v > limits.MAX_BITS for v in given):
            return interp.unknown("a number that is too long to be computed")
        return function(*given, **kwargs)

    return run


def _partial(interp: Interpreter, function: Value, *args: Value, **kwargs: Value) -> Value:
    if isinstance(function, Partial):  # of a partial one: one of the function itself
        return Partial(function.function, (*function.args, *args), {**function.kwargs, **kwargs})
    return Partial(function, args, kwargs)


def _reduce(interp: Interpreter, function: Value, rows: Value, *start: Value) -> Value:
    items = [*start, *interp.items(rows)]
    if not items:
        raise interp.error("TypeError", "reduce() of empty iterable with no initial value")
    return functools.reduce(lambda a, b: interp.call(function, [a, b], {}, interp.frame), items)


def _chain(interp: Interpreter, *rows: Value) -> Value:
    return interp.stream([item for row in rows for item in interp.items(row)])


def _product(interp: Interpreter, *rows: Value, repeat: int = 1) -> Value:
    lists = [interp.items(row) for row in rows] * min(repeat, 64)
    limits.length(math.prod(map(len, lists)))
    made: list[tuple[Value, ...]] = [()]
    for row in lists:
        made = [(*before, item) for before in made for item in row]
    return interp.stream(made)


def _repeat(interp: Interpreter, value: Value, times: int | None = None) -> Value:
    if times is None:
        return Endless(lambda i: value)
    limits.length(times)
    return interp.stream([value] * times)


def _count(interp: Interpreter, start: int = 0, step: int = 1) -> Value:
    return Endless(lambda i: start + i * step)


def _cycle(interp: Interpreter, rows: Value) -> Value:
    items = interp.items(rows)
    return Endless(lambda i: items[i % len(items)])


def _slice(interp: Interpreter, rows: Value, *args: Value) -> Value:
    bounds = slice(*args)
    if isinstance(rows, Endless):
        limits.length(bounds.stop)
        return interp.stream(rows.take(bounds.stop)[bounds])
    return interp.stream(interp.items(rows)[bounds])


def _accumulate(interp: Interpreter, rows: Value, function: Value = None) -> Value:
    made: list[Value] = []
    for item in interp.items(rows):
        if made and function is not None:
            item = interp.call(function, [made[-1], item], {}, interp.frame)
        elif made:
            item = interp.operators.binary("add", made[-1], item)
        made.append(item)
    return interp.stream(made)


def _named_tuple(interp: Interpreter, name: str, fields: Value, **options: Value) -> Value:
    names = fields.replace(",", " ").split() if isinstance(fields, str) else interp.items(fields)
    names = [n[0] if isinstance(n, tuple) else n for n in names]
    cls = Class(name, (External("collections.namedtuple"),), {"__annotations__": dict.fromkeys(names, "")})
    defaults = interp.items(options.get("defaults") or ())
    cls.attrs.update(zip(names[len(names) - len(defaults) :], defaults))
    cls.attrs["_fields"] = tuple(names)
    return cls


def _default_dict(interp: Interpreter, factory: Value = None, *args: Value, **kwargs: Value) -> Value:
    made = interp.call(interp.builtins["dict"], list(args), kwargs, interp.frame)
    interp.factories[id(made)] = (made, factory)
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
        if id(value) in interp.factories:
            interp.factories[id(made)] = (made, interp.factories[id(value)][1])
    elif isinstance(value, tuple):
        made = tuple(map(inner, value))
    elif isinstance(value, set):
        made = set(value)
    elif isinstance(value, Tensor) and deep is not None:
        made = _copied_tensor(value)
        _note(deep, value, made)
    elif isinstance(value, Obj) and not (value.cls.foreign is not None and value.cls.foreign.name.startswith("enum.")):
        made = Obj(value.cls)
        made.buffers, made.data, made.made = set(value.buffers), value.data, value.made
        _note(deep, value, made)
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


def _wraps(interp: Interpreter, wrapped: Value, *args: Value, **options: Value) -> Value:
    def decorate(interp: Interpreter, function: Value) -> Value:
        if isinstance(function, Function) and isinstance(wrapped, Function):
            function.attrs.update({"__name__": wrapped.code.name, **wrapped.attrs, "__wrapped__": wrapped})
        return function

    return Native("wraps", decorate)


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


def _as_dict(interp: Interpreter, value: Value) -> Value:
    return dict(value.attrs) if isinstance(value, Obj) else interp.unknown("`asdict` of something unknown")


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


def _same(interp: Interpreter, value: Value, *rest: Value) -> Value:
    return value


def _cached(interp: Interpreter, *args: Value, **options: Value) -> Value:
    if args and not isinstance(args[0], (int, type(None))):
        return args[0]
    return Native("cache", _same)


def _isinstance_any(interp: Interpreter, value: Value, kinds: Value) -> Value:
    return is_instance(interp, value, kinds)


_FUNCTIONS: dict[str, Callable[..., Value]] = {
    **{f"math.{name}": _math(name) for name in _MATH},
    "functools.partial": _partial,
    "functools.reduce": _reduce,
    "functools.wraps": _wraps,
    "functools.lru_cache": _cached,
    "functools.cache": _cached,
    "functools.cached_property": lambda interp, getter: Property(getter, kept=True),
    "itertools.chain": _chain,
    "itertools.product": _product,
    "itertools.repeat": _repeat,
    "itertools.count": _count,
    "itertools.cycle": _cycle,
    "itertools.islice": _slice,
    "itertools.accumulate": _accumulate,
    "collections.OrderedDict": lambda interp, *args, **kwargs: interp.builtins["dict"].run(interp, *args, **kwargs),
    "collections.namedtuple": _named_tuple,
    "collections.defaultdict": _default_dict,
    "collections.deque": _deque,
    "copy.deepcopy": lambda interp, value, memo=None: copied(interp, value, {}),
    "copy.copy": lambda interp, value: copied(interp, value),
    "dataclasses.dataclass": _dataclass,
    "dataclasses.field": _field,
    "dataclasses.asdict": _as_dict,
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
    "operator.itemgetter": lambda interp, key: Native("itemgetter", lambda i, value: i.items_of.get(value, key)),
    "operator.attrgetter": lambda interp, key: Native("attrgetter", lambda i, value: i.attributes.get(value, key)),
    "operator.mul": lambda interp, a, b: interp.operators.binary("mul", a, b),
    "operator.add": lambda interp, a, b: interp.operators.binary("add", a, b),
}
