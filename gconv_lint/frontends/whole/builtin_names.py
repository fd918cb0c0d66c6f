"""Python's own functions and types, for values of the program."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.whole import limits, torch_sizes
from gconv_lint.frontends.whole.kinds import has, is_callable, is_instance, is_subclass, type_of
from gconv_lint.frontends.whole.tensors import Tensor
from gconv_lint.frontends.whole.texts import formatted, text
from gconv_lint.frontends.whole.torch_numbers import Near, applied
from gconv_lint.frontends.whole.values import (
    MISSING,
    Class,
    ClassMethod,
    External,
    Listing,
    Native,
    Obj,
    Property,
    Raised,
    Static,
    Stream,
    Super,
    Unknown,
    Value,
    held,
)

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter


def table(interp: Interpreter) -> dict[str, Value]:
    """The names."""
    made: dict[str, Value] = {name: Native(name, run) for name, run in _FUNCTIONS.items()}
    made["object"] = interp.object
    made.update({"NotImplemented": External("builtins.NotImplemented"), "Ellipsis": ..., "__debug__": True})
    return made


def _known(run: Callable[..., Value]) -> Callable[..., Value]:
    """A function whose result is unknown where an argument is."""

    def wrapped(interp: Interpreter, *args: Value, **kwargs: Value) -> Value:
        for value in args:
            if type(value) is Unknown:
                interp.deferred.use(value)
                return value
        return run(interp, *args, **kwargs)

    return wrapped


def _len(interp: Interpreter, value: Value) -> Value:
    if isinstance(value, Obj):
        made = interp.method(value, "__len__", [])
        if made is not MISSING:
            return made
        if held(value) is not value:
            return len(value.data)
    if isinstance(value, Tensor):
        return value.shape[0]
    if isinstance(value, Class):
        return len({m for m in value.attrs.values() if isinstance(m, Obj) and m.cls is value})
    return len(value)


def _number(kind: type) -> Callable[..., Value]:
    def convert(interp: Interpreter, value: Value = 0, *rest: Value) -> Value:
        if isinstance(value, Tensor):
            if value.values is None or len(value.values) != 1:
                return interp.unknown("a number is asked of a tensor")
            value = value.values[0]
        if type(value) is Near:
            return _of_near(interp, kind, value)
        if isinstance(value, Obj):
            made = interp.method(value, f"__{kind.__name__}__", [])
            if made is MISSING and held(value) is not value:
                return kind(value.data)
            return made if made is not MISSING else interp.unknown(f"a number is made of a `{value.cls.name}`")
        return kind(value, *rest)

    return convert


def _of_near(interp: Interpreter, kind: type, value: Near) -> Value:
    if kind is float:
        return value
    made = applied("trunc", "float64", value)
    return int(made) if made is not None else interp.unknown("a number is rounded in more than one way")


def _whole(interp: Interpreter, value: Value) -> Value:
    """What ``operator.index`` makes of a value."""
    if isinstance(value, Tensor):
        return torch_sizes.integer(interp, value)
    made = interp.method(value, "__index__", []) if isinstance(value, Obj) else MISSING
    return held(value) if made is MISSING else made


def _getattr(interp: Interpreter, owner: Value, name: Value, default: Value = MISSING) -> Value:
    if isinstance(name, Unknown):
        return interp.deferred.vague(name)
    if default is MISSING:
        return interp.attributes.get(owner, name)
    try:
        found = interp.attributes.find(owner, name)
    except Raised as error:
        if interp.catches(interp.exception("AttributeError"), error.value):
            return default
        raise
    return default if found is MISSING else found


def _dir(interp: Interpreter, owner: Value) -> Value:
    if isinstance(owner, External):
        return Listing(owner)
    return sorted(interp.mapping(interp.attributes.get(owner, "__dict__")))


def _hasattr(interp: Interpreter, owner: Value, name: str) -> Value:
    if isinstance(owner, External):
        return has(interp, owner, name)
    found = _getattr(interp, owner, name, MISSING_ATTRIBUTE)
    return found if isinstance(found, Unknown) else found is not MISSING_ATTRIBUTE


MISSING_ATTRIBUTE = object()


def _min_max(pick: Callable[..., Any]) -> Callable[..., Value]:
    def run(interp: Interpreter, *args: Value, key: Value = None, default: Value = MISSING) -> Value:
        items = interp.items(args[0]) if len(args) == 1 else list(args)
        unknown = next((i for i in items if isinstance(i, Unknown)), None)
        if unknown is not None:
            return unknown
        if not items and default is not MISSING:
            return default
        if any(isinstance(i, Tensor) for i in items):
            return interp.unknown("tensors are compared")
        limits.check(interp, items)
        return pick(items, key=_ordered(interp, items, key))

    return run


def _keyed(interp: Interpreter, key: Value) -> Callable[[Value], Any]:
    def of(item: Value) -> Any:
        made = interp.call(key, [item], {}, interp.frame)
        if isinstance(made, Unknown):
            raise interp.error("TypeError", "the order of something unknown")
        return made

    return of


def _ordered(interp: Interpreter, rows: list[Value], key: Value) -> Callable[[Value], Any] | None:
    """What items are ordered by: objects by the methods of their classes."""
    if key is None and all(limits.is_scalar(row) for row in rows):
        return None
    of = _keyed(interp, key) if key is not None else None
    return lambda item: _Ranked(interp, item if of is None else of(item))


class _Ranked:
    """A value in an order, which the program's own comparisons make."""

    __slots__ = ("interp", "value")

    def __init__(self, interp: Interpreter, value: Value) -> None:
        self.interp = interp
        self.value = value

    def _is(self, name: str, other: _Ranked) -> bool:
        interp = self.interp
        if any(type(v) in (list, tuple) and any(isinstance(i, Obj) for i in v) for v in (self.value, other.value)):
            return interp.truth(interp.unknown("an order of lists of objects"))
        return interp.truth(interp.operators.compare(name, self.value, other.value))

    def __lt__(self, other: _Ranked) -> bool:
        return self._is("lt", other)

    def __gt__(self, other: _Ranked) -> bool:
        return self._is("gt", other)


def sort(interp: Interpreter, items: Value, key: Value = None, reverse: Value = False) -> list[Value]:
    """``sorted``."""
    rows = interp.items(items)
    limits.check(interp, rows)
    return sorted(rows, key=_ordered(interp, rows, key), reverse=bool(reverse))


def _sum(interp: Interpreter, items: Value, start: Value = 0) -> Value:
    total = start
    for item in interp.items(items):
        total = interp.operators.binary("add", total, item)
    return total


def _any(interp: Interpreter, items: Value) -> Value:
    return any(interp.truth(item) for item in paid(interp, items))


def _all(interp: Interpreter, items: Value) -> Value:
    return all(interp.truth(item) for item in paid(interp, items))


def paid(interp: Interpreter, rows: Value) -> Iterator[Value]:
    """The items of an iterable, which may have no end, for a step each."""
    for item in interp.iterate(rows):
        interp.spend(1)
        yield item


def _zip(interp: Interpreter, *rows: Value, strict: bool = False) -> Value:
    if strict:
        lists = [interp.items(row) for row in rows]
        if len({len(row) for row in lists}) > 1:
            raise interp.error("ValueError", "zip() arguments have different lengths")
        return Stream(zip(*lists))
    return Stream(zip(*[paid(interp, row) for row in rows]))


def _enumerate(interp: Interpreter, iterable: Value, start: Value = 0) -> Value:
    return start if isinstance(start, Unknown) else Stream(enumerate(paid(interp, iterable), start))


def _map(interp: Interpreter, function: Value, *rows: Value) -> Value:
    groups = zip(*[paid(interp, row) for row in rows])
    return Stream(interp.call(function, list(group), {}, interp.frame) for group in groups)


def _filter(interp: Interpreter, function: Value, rows: Value) -> Value:
    def kept(item: Value) -> Value:
        return item if function is None else interp.call(function, [item], {}, interp.frame)

    return Stream(item for item in paid(interp, rows) if interp.truth(kept(item)))


def following(interp: Interpreter, rows: Value, default: Value = MISSING) -> Value:
    """``next``. Raises ``Raised``."""
    if isinstance(rows, Unknown):
        return rows
    if isinstance(rows, Obj):
        try:
            return interp.method(rows, "__next__", [])
        except Raised as error:
            if default is not MISSING and interp.catches(interp.exception("StopIteration"), error.value):
                return default
            raise
    for item in rows.items if isinstance(rows, Stream) else interp.iterate(rows):
        return item
    if default is MISSING:
        raise interp.error("StopIteration")
    return default


def _iter(interp: Interpreter, rows: Value) -> Value:
    return rows if isinstance(rows, Stream) else Stream(interp.iterate(rows))


def _dict(interp: Interpreter, *args: Value, **kwargs: Value) -> Value:
    made: dict[Any, Value] = {}
    if args:
        given = args[0]
        if isinstance(given, dict) or (isinstance(given, Obj) and _is_mapping(given)):
            made.update(interp.mapping(given))
        else:
            for pair in interp.items(given):
                key, value = interp.items(pair)
                made[interp.key(key)] = value
    made.update(kwargs)
    return made


def _is_mapping(value: Obj) -> bool:
    return isinstance(value.data, dict) or value.cls.lookup("keys") is not MISSING


def _super(interp: Interpreter, cls: Value = None, receiver: Value = None) -> Value:
    if isinstance(cls, Class) and isinstance(receiver, (Obj, Class)):
        return Super(cls, receiver)
    return interp.unknown("`super` with arguments that are not known")


def _print(interp: Interpreter, *args: Value, **kwargs: Value) -> None:
    return None


def _round(interp: Interpreter, value: Value, digits: Value = None) -> Value:
    if isinstance(value, Tensor):
        return interp.unknown("a number is asked of a tensor")
    if type(value) is Near:
        made = applied("round", "float64", value) if digits is None else None
        return int(made) if made is not None else interp.unknown("a number is rounded in more than one way")
    return round(value, digits) if digits is not None else round(value)


def _abs(interp: Interpreter, value: Value) -> Value:
    if isinstance(value, Tensor):
        return interp.attributes.get(External("torch"), "abs").run(interp, value)
    return abs(value)


def _property(interp: Interpreter, getter: Value = None, setter: Value = None) -> Value:
    return Property(getter, setter)


def _pow(interp: Interpreter, a: Value, b: Value) -> Value:
    return interp.operators.binary("pow", a, b)


def _setattr(interp: Interpreter, owner: Value, name: Value, value: Value) -> None:
    if isinstance(name, str):
        interp.attributes.set(owner, name, value)
    else:
        interp.gap("an attribute of unknown name is set")


_FUNCTIONS: dict[str, Callable[..., Value]] = {
    "len": _known(_len),
    "int": _known(_number(int)),
    "float": _known(_number(float)),
    "bool": lambda interp, value=False: value if isinstance(value, Unknown) else interp.truth(value),
    "str": lambda interp, value="": text(interp, value),
    "repr": lambda interp, value: text(interp, value, True),
    "format": lambda interp, value, spec="": formatted(interp, value, -1, spec),
    "list": _known(lambda interp, value=(): interp.items(value)),
    "tuple": _known(lambda interp, value=(): tuple(interp.items(value))),
    "set": _known(lambda interp, value=(): interp.set_of(interp.items(value))),
    "frozenset": _known(lambda interp, value=(): frozenset(interp.set_of(interp.items(value)))),
    "dict": _known(_dict),
    "range": _known(lambda interp, *args: range(*[_whole(interp, value) for value in args])),
    "slice": _known(lambda interp, *args: slice(*args)),
    "bytes": lambda interp, *args: Unknown("bytes"),
    "complex": lambda interp, *args: Unknown("a complex number"),
    "isinstance": is_instance,
    "issubclass": is_subclass,
    "type": type_of,
    "getattr": _getattr,
    "hasattr": _hasattr,
    "setattr": _setattr,
    "delattr": lambda interp, owner, name: interp.attributes.delete(owner, name),
    "min": _min_max(min),
    "max": _min_max(max),
    "sum": _known(_sum),
    "any": _known(_any),
    "all": _known(_all),
    "sorted": _known(sort),
    "reversed": _known(lambda interp, value: interp.stream(interp.items(value)[::-1])),
    "zip": _known(_zip),
    "enumerate": _known(_enumerate),
    "map": _map,
    "filter": _filter,
    "next": following,
    "iter": _known(_iter),
    "super": _super,
    "print": _print,
    "callable": _known(is_callable),
    "round": _known(_round),
    "abs": _known(_abs),
    "pow": _known(_pow),
    "divmod": _known(lambda interp, a, b: divmod(a, b)),
    "id": lambda interp, value: id(value),
    "hash": _known(lambda interp, value: hash(interp.key(value))),
    "chr": _known(lambda interp, value: chr(value)),
    "ord": _known(lambda interp, value: ord(value)),
    "property": _property,
    "staticmethod": lambda interp, function: Static(function),
    "classmethod": lambda interp, function: ClassMethod(function),
    "vars": lambda interp, owner: interp.attributes.get(owner, "__dict__"),
    "dir": _dir,
    "globals": lambda interp: interp.frame.namespace.names,
    "locals": lambda interp: dict(interp.frame.vars),
}
