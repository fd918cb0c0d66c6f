"""Python's built-in functions, and those of ``math`` and ``functools``, over values that may be unknown."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.source import operators
from gconv_lint.frontends.source.expressions import MAX_ITERATIONS, UNKNOWN_STAR, is_key
from gconv_lint.frontends.source.frames import Frame
from gconv_lint.frontends.source.torch_signatures import canonical
from gconv_lint.frontends.source.values import (
    MISSING,
    Bound,
    Builtin,
    ClassValue,
    DictValue,
    External,
    Function,
    Instance,
    ListValue,
    Partial,
    Raised,
    Super,
    Value,
)
from gconv_lint.model.dims import FloorZero, Sym, opaque

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator

NUMBER = (int, float)
MAX_RANGE = 100_000
MAX_DIGITS = 20


def table(ev: Evaluator) -> dict[str, Builtin]:
    """Built-in names to what runs when they are called."""
    functions: dict[str, Callable[..., Value]] = {
        name[1:] if name.startswith("_") else name: function for name, function in globals().items() if hasattr(function, "evaluated")
    }
    return {name: Builtin(name, _with(ev, function)) for name, function in functions.items()}


def _with(ev: Evaluator, function: Callable[..., Value]) -> Callable[..., Value]:
    return lambda args, kwargs, node, f: function(ev, args, kwargs, node, f)


def evaluated(function: Callable[..., Value]) -> Callable[..., Value]:
    """Mark a function of this module as the built-in of the same name."""
    function.evaluated = True  # type: ignore[attr-defined]
    return function


def _known(ev: Evaluator, name: str, compute: Callable[..., Value], args: list[Value]) -> Value:
    """``compute(*args)`` for numbers, an expression for symbols, unknown otherwise."""
    if all(isinstance(a, NUMBER) for a in args):
        try:
            return compute(*args)
        except (ValueError, OverflowError, ZeroDivisionError, TypeError, AttributeError):
            raise Raised("ValueError") from None
    if all(isinstance(a, (*NUMBER, Sym)) for a in args):
        return opaque(f"{name}({', '.join(str(a) for a in args)})")
    return ev.heap.fresh(name)


def math_function(ev: Evaluator, name: str, args: list[Value]) -> Value:
    """``math.name(*args)``, also for numpy's functions of the same name."""
    compute = getattr(math, name, None)
    if compute is None or not callable(compute) or (name in ("factorial", "comb", "perm", "pow", "exp") and _large(args)):
        return ev.heap.fresh(name)
    return _known(ev, f"math.{name}", compute, args)


def _large(args: list[Value]) -> bool:
    return any(isinstance(a, NUMBER) and abs(a) > 64 for a in args)


def _extreme(name: str, pick: Callable[[list[Any]], Any]) -> Callable[..., Value]:
    def run(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
        items = ev.iterate(args[0]) if len(args) == 1 else args
        if items is None or UNKNOWN_STAR in items or "key" in kwargs:
            return ev.heap.fresh(name)
        if not items:
            if "default" in kwargs:
                return kwargs["default"]
            raise Raised("ValueError")
        if all(isinstance(i, NUMBER) for i in items) or all(isinstance(i, str) for i in items):
            return pick(list(items))
        if all(isinstance(i, (*NUMBER, Sym)) for i in items):
            distinct = sorted({str(i): i for i in items}.items())
            return distinct[0][1] if len(distinct) == 1 else opaque(f"{name}({', '.join(t for t, _ in distinct)})")
        return ev.heap.fresh(name)

    return evaluated(run)


_min = _extreme("min", min)
_max = _extreme("max", max)


@evaluated
def _int(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    if len(args) != 1:
        return 0 if not args else ev.heap.fresh("int")
    value = args[0]
    if isinstance(value, str):
        if len(value) >= MAX_DIGITS:
            return ev.heap.fresh("int")
        try:
            return int(value)
        except ValueError:
            raise Raised("ValueError") from None
    if isinstance(value, float) and 0 < value < 1:
        return FloorZero(0)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return _known(ev, "int", lambda v: int(v), args)


@evaluated
def _float(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    return float(args[0]) if len(args) == 1 and isinstance(args[0], NUMBER) else ev.heap.fresh("float")


@evaluated
def _round(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    if len(args) == 1 and isinstance(args[0], float) and 0 < args[0] <= 0.5:
        return FloorZero(0)
    return _known(ev, "round", round, args)


@evaluated
def _abs(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    return _known(ev, "abs", abs, args)


@evaluated
def _divmod(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    return tuple(operators.binary(ev.heap, s, args[0], args[1]) for s in ("//", "%")) if len(args) == 2 else ev.heap.fresh("divmod")


@evaluated
def _pow(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    return operators.binary(ev.heap, "**", *args) if len(args) == 2 else ev.heap.fresh("pow")


@evaluated
def _bool(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    answer = operators.truth(args[0]) if args else False
    return ev.heap.fresh("bool") if answer is None else answer


@evaluated
def _str(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    return str(args[0]) if len(args) == 1 and isinstance(args[0], (int, float, str)) else ev.heap.fresh("text")


@evaluated
def _len(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    value = args[0] if args else None
    if isinstance(value, Sym) and value.is_atom:
        return opaque(f"len({value})")
    items = ev.iterate(value)
    return len(items) if items is not None else ev.heap.fresh("len")


@evaluated
def _range(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    if not args or not all(isinstance(a, int) for a in args):
        return ev.heap.fresh("range")
    try:
        return range(*args)
    except (ValueError, TypeError):
        raise Raised("ValueError") from None


@evaluated
def _zip(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    columns = [ev.iterate(a) for a in args]
    if any(c is None for c in columns):
        return ListValue([], False)
    return ListValue([tuple(row) for row in zip(*[c for c in columns if c is not None])])


@evaluated
def _enumerate(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    items = ev.iterate(args[0]) if args else None
    start = args[1] if len(args) > 1 else kwargs.get("start", 0)
    if items is None or not isinstance(start, int):
        return ListValue([], False)
    return ListValue([(start + i, item) for i, item in enumerate(items)])


@evaluated
def _sum(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    items = ev.iterate(args[0]) if args else None
    if items is None:
        return ev.heap.fresh("sum")
    total: Value = args[1] if len(args) > 1 else kwargs.get("start", 0)
    for item in items:
        total = ev.operate("+", total, item)
    return total


@evaluated
def _list(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    items = ev.iterate(args[0]) if args else []
    return ListValue(list(items or []), items is not None)


@evaluated
def _tuple(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    items = ev.iterate(args[0]) if args else []
    return tuple(items) if items is not None else (args[0] if isinstance(args[0], Sym) else ev.heap.fresh("tuple"))


@evaluated
def _set(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    items = ev.iterate(args[0]) if args else []
    if items is None or not args or not all(is_key(i) for i in items):
        return ev.heap.fresh("set")
    return tuple(dict.fromkeys(items))


_frozenset = _set


@evaluated
def _dict(ev: Evaluator, args: list[Value], kwargs: dict[Any, Value], node: Any, f: Frame) -> Value:
    result = DictValue({k: v for k, v in kwargs.items() if k is not UNKNOWN_STAR}, UNKNOWN_STAR not in kwargs)
    if args:
        source = args[0]
        items = list(source.items.items()) if isinstance(source, DictValue) and source.exact else ev.iterate(source)
        pairs = [i for i in items or [] if isinstance(i, tuple) and len(i) == 2 and is_key(i[0])]
        known = items is not None and len(pairs) == len(items) and not (isinstance(source, DictValue) and not source.exact)
        result = DictValue({**dict(pairs), **result.items}, result.exact and known)
    return result


@evaluated
def _sorted(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    items = ev.iterate(args[0]) if args else None
    plain = items is not None and (all(isinstance(i, NUMBER) for i in items) or all(isinstance(i, str) for i in items))
    if not plain or "key" in kwargs or not isinstance(kwargs.get("reverse", False), bool):
        return ListValue([], False)
    return ListValue(sorted(items or [], reverse=kwargs.get("reverse", False)))


@evaluated
def _reversed(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    items = ev.iterate(args[0]) if args else None
    return ListValue(list(reversed(items or [])), items is not None)


@evaluated
def _map(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    columns = [ev.iterate(a) for a in args[1:]]
    if not columns or any(c is None or len(c) > MAX_ITERATIONS for c in columns):
        return ListValue([], False)
    return ListValue([ev.call(args[0], list(row), {}, node, f) for row in zip(*[c for c in columns if c is not None])])


@evaluated
def _filter(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    return ListValue([], False)


@evaluated
def _all(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    return _fold(ev, args, False)


@evaluated
def _any(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    return _fold(ev, args, True)


def _fold(ev: Evaluator, args: list[Value], stop: bool) -> Value:
    items = ev.iterate(args[0]) if args else None
    if items is None:
        return ev.heap.fresh("all")
    answers = [operators.truth(i) for i in items]
    if stop in answers:
        return stop
    return ev.heap.fresh("all") if None in answers else not stop


@evaluated
def _next(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    return ev.heap.fresh("next")


@evaluated
def _iter(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    return ev.heap.fresh("iter")


@evaluated
def _print(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    return None


@evaluated
def _callable(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    value = args[0] if args else None
    if isinstance(value, (Function, Builtin, Bound, ClassValue, External, Partial)):
        return True
    return False if isinstance(value, (int, float, str, tuple, type(None), ListValue, DictValue)) else ev.heap.fresh("callable")


@evaluated
def _getattr(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    if len(args) < 2 or not isinstance(args[1], str):
        return ev.heap.fresh("attribute")
    if len(args) == 3 and not _has(args[0], args[1]):
        return ev.heap.fresh("attribute")
    return ev.attributes.get(args[0], args[1], f, node)


def _has(owner: Value, name: str) -> bool:
    if isinstance(owner, Instance):
        return name in owner.attrs or (isinstance(owner.cls, ClassValue) and owner.cls.lookup(name) is not MISSING)
    return isinstance(owner, External) or (isinstance(owner, ClassValue) and owner.lookup(name) is not MISSING)


@evaluated
def _hasattr(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    known = len(args) == 2 and isinstance(args[1], str) and isinstance(args[0], (Instance, ClassValue)) and _has(args[0], args[1])
    return True if known else ev.heap.fresh("hasattr")


@evaluated
def _setattr(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    if len(args) == 3 and isinstance(args[1], str):
        ev.attributes.set(args[0], args[1], args[2], f)
    return None


@evaluated
def _super(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    owner = args[0] if args else (f.function.owner if f.function is not None else None)
    receiver = args[1] if len(args) > 1 else f.receiver
    return Super(owner, receiver) if isinstance(owner, ClassValue) and receiver is not None else ev.heap.fresh("super")


@evaluated
def _type(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    return args[0].cls if len(args) == 1 and isinstance(args[0], Instance) else ev.heap.fresh("type")


_TYPES: dict[str, tuple[type, ...]] = {
    "int": (int,), "float": (float,), "str": (str,), "bool": (bool,), "tuple": (tuple,), "list": (ListValue,), "dict": (DictValue,),
    "bytes": (bytes,),
}  # fmt: skip
_ABSTRACT = {
    "Iterable": (tuple, ListValue, str, DictValue), "Sequence": (tuple, ListValue, str), "Number": (int, float),
    "Integral": (int,), "Callable": (Function, Builtin, Bound, ClassValue, Partial), "Mapping": (DictValue,), "OrderedDict": (DictValue,),
}  # fmt: skip


@evaluated
def _isinstance(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    if len(args) != 2:
        return ev.heap.fresh("isinstance")
    kinds = args[1] if isinstance(args[1], tuple) else (args[1],)
    answers = [is_instance(args[0], k) for k in kinds]
    if True in answers:
        return True
    return ev.heap.fresh("isinstance") if None in answers else False


def is_instance(value: Value, kind: Value) -> bool | None:
    """Whether ``isinstance(value, kind)``: three-valued."""
    if isinstance(value, Sym):
        return None
    if isinstance(kind, Builtin) and kind.name in _TYPES:
        return isinstance(value, _TYPES[kind.name])
    if isinstance(kind, External) and kind.name.rsplit(".", 1)[-1] in _ABSTRACT:
        return isinstance(value, _ABSTRACT[kind.name.rsplit(".", 1)[-1]])
    if isinstance(value, Instance) and isinstance(kind, (ClassValue, External)):
        return _of_class(value, kind)
    simple = (int, float, str, tuple, type(None), ListValue, DictValue)
    return False if isinstance(value, simple) and isinstance(kind, (ClassValue, External)) else None


def _of_class(value: Instance, kind: ClassValue | External) -> bool | None:
    cls = value.cls
    if isinstance(cls, External):
        if isinstance(kind, ClassValue):
            return False
        names = canonical(cls.name), canonical(kind.name)
        return True if names[0] == names[1] or names[1] == "torch.nn.Module" else (False if all("torch.nn." in n for n in names) else None)
    if isinstance(kind, ClassValue):
        return kind in cls.mro or (None if cls.open else False)
    bases = {canonical(c.name) for c in cls.mro if isinstance(c, External)}
    if canonical(kind.name) in bases or (canonical(kind.name) == "torch.nn.Module" and any(b.startswith("torch.nn.") for b in bases)):
        return True
    return False if bases <= {"torch.nn.Module"} and not cls.open else None


@evaluated
def _issubclass(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    if len(args) == 2 and isinstance(args[0], ClassValue) and isinstance(args[1], ClassValue) and not args[0].open:
        return args[1] in args[0].mro
    return ev.heap.fresh("issubclass")


def _is_function(ev: Evaluator, args: list[Value]) -> Value:
    known = len(args) == 1 and not isinstance(args[0], Sym)
    return isinstance(args[0], Function) if known else ev.heap.fresh("isfunction")


def _is_class(ev: Evaluator, args: list[Value]) -> Value:
    if len(args) != 1 or isinstance(args[0], Sym):
        return ev.heap.fresh("isclass")
    value = args[0]
    if isinstance(value, External):
        return canonical(value.name).startswith("torch.nn.") and value.name.rpartition(".")[2][:1].isupper() or ev.heap.fresh("isclass")
    return isinstance(value, ClassValue)


INSPECT: dict[str, Callable[..., Value]] = {"inspect.isfunction": _is_function, "inspect.isclass": _is_class}


def partial(ev: Evaluator, args: list[Value], kwargs: dict[str, Value]) -> Value:
    """``functools.partial(function, *args, **kwargs)``."""
    return Partial(args[0], tuple(args[1:]), kwargs) if args else ev.heap.fresh("partial")

