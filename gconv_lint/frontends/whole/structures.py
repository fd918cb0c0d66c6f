"""Classes that Python writes methods for: dataclasses, named tuples, enumerations, exceptions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from gconv_lint.frontends.whole.values import (
    MISSING,
    Class,
    ClassMethod,
    External,
    Function,
    Native,
    Obj,
    Property,
    Static,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter

#: What a class body binds that is no member of an enumeration.
_NO_MEMBERS = (Function, Property, Static, ClassMethod, Class)
_ENUMS = ("enum.Enum", "enum.IntEnum", "enum.StrEnum", "enum.Flag", "enum.IntFlag")
_FLAGS = (External("enum.Flag"), External("enum.IntFlag"))
_VALUED = {"enum.IntEnum", "enum.StrEnum", "enum.IntFlag"}
#: The types of Python's by the last part of the names of classes that are derived from them.
_PLAIN: dict[str, type] = {kind.__name__: kind for kind in (dict, list, tuple, set, frozenset, str, int, float)}
_PLAIN |= {"OrderedDict": dict, "UserDict": dict, "UserList": list}


def is_enumeration(cls: Class) -> bool:
    """Whether its names are its members."""
    return cls.foreign is not None and any(isinstance(base, External) and base.name in _ENUMS for base in cls.mro)


def completed(interp: Interpreter, cls: Class) -> None:
    """What a class statement leaves to be done: the members of an enumeration become objects."""
    if not is_enumeration(cls):
        return
    names = {base.name for base in cls.mro if isinstance(base, External)}
    last: Value = 0
    for name, value in list(cls.attrs.items()):
        if value == External("enum.auto"):
            value = _automatic(names, name, last)
        if not name.startswith("_") and not isinstance(value, _NO_MEMBERS):
            same = _member(interp, cls, value)
            if same is not None:
                cls.attrs[name] = same
                continue
            member = Obj(cls)
            member.attrs = {"name": name, "value": value}
            member.data = value if names & _VALUED or plain_base(cls) is not None else None
            cls.attrs[name] = member
            start = cls.lookup("__init__")
            if isinstance(start, Function):
                given = list(value) if isinstance(value, tuple) else [value]
                interp.call(start, [member, *given], {}, interp.frame)
            last = value if isinstance(value, (int, Unknown)) else last


def _member(interp: Interpreter, cls: Class, value: Value) -> Obj | None:
    """The member of an enumeration that has a value."""
    members = [m for m in cls.attrs.values() if isinstance(m, Obj) and m.cls is cls]
    equal = interp.operators.compare
    return next((m for m in members if m is value or equal("eq", m.attrs["value"], value) is True), None)


def _automatic(bases: set[str], name: str, last: Value) -> Value:
    """What ``enum.auto()`` stands for, after the last number."""
    if "enum.StrEnum" in bases:
        return name.lower()
    if isinstance(last, Unknown):
        return last
    return 1 << last.bit_length() if bases & {"enum.Flag", "enum.IntFlag"} else last + 1


def plain_base(cls: Class) -> type | None:
    """The type of Python's that a class is derived from."""
    if cls.foreign is None:
        return None
    names = (base.name.rpartition(".")[2] for base in cls.mro if isinstance(base, External))
    return next((_PLAIN[name] for name in names if name in _PLAIN), None)


def made(interp: Interpreter, cls: Value, *args: Value, **kwargs: Value) -> Value:
    """``object.__new__`` and that of Python's types: those that cannot change hold their value from the start."""
    if not isinstance(cls, Class):
        return interp.unknown("`__new__` of something that cannot be read")
    made, kind = Obj(cls), plain_base(cls)
    if kind in (dict, list, set):
        made.data = kind()
    elif kind is not None:
        made.data = interp.call(interp.builtins[kind.__name__], list(args[:1]), {}, interp.frame)
    return made


def filled(interp: Interpreter, made: Obj, *args: Value, **kwargs: Value) -> None:
    """``dict.__init__`` and its like."""
    if isinstance(made.data, (dict, set)):
        kind = "dict" if isinstance(made.data, dict) else "set"
        made.data.update(interp.call(interp.builtins[kind], list(args), kwargs, interp.frame))
    elif isinstance(made.data, list):
        made.data.extend(interp.items(args[0]) if args else ())


def tuple_method(interp: Interpreter, owner: Obj, name: str) -> Value:
    """What named tuples have besides what tuples have."""
    if not isinstance(owner.data, tuple) or "__annotations__" not in owner.cls.attrs:
        return MISSING
    names = list(fields(owner.cls))
    if name == "_fields":
        return tuple(names)
    if name == "_asdict":
        return Native(name, lambda interp: dict(zip(names, owner.data)))
    if name == "_replace":
        now = dict(zip(names, owner.data))
        return Native(name, lambda interp, **new: interp.call(owner.cls, [], {**now, **new}, interp.frame))
    return MISSING


def compared(value: Value) -> Value:
    """What objects of a dataclass are compared by, ``None`` for all others."""
    if not isinstance(value, Obj) or value.cls.lookup("__dataclass__") is MISSING:
        return None
    return (value.cls.name, *(value.attrs.get(name) for name in fields(value.cls)))


def field_objects(interp: Interpreter, owner: Value) -> Value:
    """``dataclasses.fields``."""
    cls = owner.cls if isinstance(owner, Obj) else owner
    if not isinstance(cls, Class):
        return interp.unknown("`fields` of something unknown")
    kind, rows = Class("Field", (interp.object,), {}), []
    for name, default in fields(cls).items():
        row = Obj(kind)
        row.attrs.update(name=name, default=default, init=True)
        rows.append(row)
    return tuple(rows)


def as_dict(interp: Interpreter, value: Value) -> Value:
    """``dataclasses.asdict``."""
    if isinstance(value, Unknown):
        return value
    if isinstance(value, Obj) and value.cls.lookup("__dataclass__") is not MISSING:
        return {name: as_dict(interp, value.attrs.get(name)) for name in fields(value.cls)}
    if type(value) in (list, tuple):
        interp.spend(1 + len(value))
        return type(value)([as_dict(interp, item) for item in value])
    return {k: as_dict(interp, v) for k, v in value.items()} if type(value) is dict else value


def fields(cls: Class) -> dict[str, Value]:
    """The fields of a dataclass or a named tuple with their defaults, those of its bases first."""
    found: dict[str, Value] = {}
    for base in reversed(cls.mro):
        if isinstance(base, Class):
            for name in base.attrs.get("__annotations__", {}):
                if not base.attrs["__annotations__"][name].startswith(("ClassVar", "typing.ClassVar")):
                    found[name] = base.attrs.get(name, MISSING)
    return found


def instance(interp: Interpreter, cls: Class, args: list[Value], kwargs: dict[str, Value]) -> Value:
    """An object of such a class, ``MISSING`` for all others."""
    foreign = cls.foreign
    if is_enumeration(cls) and len(args) == 1:
        if isinstance(args[0], Unknown):
            return args[0]
        found = _member(interp, cls, args[0])
        hook = cls.lookup("_missing_") if found is None else MISSING
        if hook is not MISSING:
            found = interp.call(getattr(hook, "function", hook), [cls, args[0]], {}, interp.frame)
        if found is None and any(base in cls.mro for base in _FLAGS):
            return interp.unknown(f"flags of `{cls.name}` that are put together are not followed")
        if found is None:
            raise interp.error("ValueError", f"no member of {cls.name}")
        return found
    if foreign is None or foreign.name not in ("typing.NamedTuple", "collections.namedtuple"):
        return MISSING
    made = Obj(cls)
    _fill(interp, made, fields(cls), args, kwargs)
    made.data = tuple(made.attrs.values())
    return made


def dataclass(interp: Interpreter, cls: Class, **options: Value) -> Class:
    """``dataclasses.dataclass``: the methods that it writes."""
    rows = fields(cls)
    cls.attrs["__dataclass__"] = True

    def init(interp: Interpreter, self_: Obj, *args: Value, **kwargs: Value) -> None:
        _fill(interp, self_, rows, list(args), kwargs)
        after = self_.cls.lookup("__post_init__")
        if after is not MISSING:
            interp.call(after, [self_], {}, interp.frame)

    def ordered(word: str) -> Callable[..., Value]:
        def compare(interp: Interpreter, self_: Obj, other: Value) -> Value:
            if not isinstance(other, Obj) or other.cls is not self_.cls:
                return External("builtins.NotImplemented")
            left, right = (tuple(each.attrs.get(name) for name in rows) for each in (self_, other))
            return interp.operators.compare(word, left, right)

        return compare

    if options.get("frozen") is True:
        cls.attrs["__setattr__"] = Native("__setattr__", _frozen)
    if options.get("order") is True:
        for word in ("lt", "le", "gt", "ge"):
            cls.attrs[f"__{word}__"] = Native(f"__{word}__", ordered(word))
    if options.get("init", True) is True and "__init__" not in cls.attrs:
        cls.attrs["__init__"] = Native("__init__", init)
    if options.get("eq", True) is True and "__eq__" not in cls.attrs:
        cls.attrs["__eq__"] = Native("__eq__", ordered("eq"))
    return cls


def _frozen(interp: Interpreter, self_: Obj, name: Value, value: Value) -> None:
    raise interp.error("AttributeError", f"cannot assign to field '{name}'")


#: How the other comparisons follow from one and from equality: whether it holds, and what is said of equals.
_DERIVED = {"lt": {"gt": (False, False), "le": (True, True), "ge": (False, True)}}
_DERIVED |= {"le": {"ge": (False, True), "lt": (True, False), "gt": (False, False)}}
_DERIVED |= {"gt": {"lt": (False, False), "ge": (True, True), "le": (False, True)}}
_DERIVED |= {"ge": {"le": (False, True), "gt": (True, False), "lt": (False, False)}}


def total_ordering(interp: Interpreter, cls: Value) -> Value:
    """``functools.total_ordering``."""
    root = next((w for w in _DERIVED if isinstance(cls, Class) and cls.lookup(f"__{w}__") is not MISSING), None)
    if root is None:
        return interp.unknown("an order that is made of nothing known")

    def derived(same: bool, equals: bool) -> Callable[..., Value]:
        def compare(interp: Interpreter, self_: Obj, other: Value) -> Value:
            if interp.truth(interp.operators.compare("eq", self_, other)):
                return equals
            return interp.truth(interp.operators.compare(root, self_, other)) is same

        return compare

    for word, how in _DERIVED[root].items():
        if cls.lookup(f"__{word}__") is MISSING:
            cls.attrs[f"__{word}__"] = Native(f"__{word}__", derived(*how))
    return cls


def _fill(interp: Interpreter, made: Obj, names: dict[str, Value], args: list[Value], kwargs: dict[str, Value]) -> None:
    asked = [name for name, value in names.items() if not isinstance(value, Field) or value.init]
    placed = [n for n in asked if not isinstance(names[n], Field) or not names[n].keyword]
    given = {**dict(zip(placed, args)), **kwargs}
    wrong = next((n for n in given if n not in asked), None)
    if wrong is not None or len(args) > len(placed):
        raise interp.error("TypeError", f"{made.cls.name}() got an unexpected argument '{wrong}'")
    for name, default in names.items():
        value = given[name] if name in given else _default(interp, default)
        if value is MISSING and name not in asked:
            continue
        if value is MISSING:
            raise interp.error("TypeError", f"{made.cls.name}() is missing the argument '{name}'")
        interp.attributes.assign(made, name, value)


def _default(interp: Interpreter, default: Value) -> Value:
    if isinstance(default, Field):
        return interp.call(default.factory, [], {}, interp.frame) if default.factory is not None else default.value
    return MISSING if isinstance(default, Property) else default


class Field:
    """``dataclasses.field``."""

    __slots__ = ("factory", "init", "keyword", "value")

    def __init__(
        self, value: Value = MISSING, factory: Value = None, init: Value = True, keyword: Value = False
    ) -> None:
        self.value = value
        self.factory = factory
        self.init = init is not False
        self.keyword = keyword is True
