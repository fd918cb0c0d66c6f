"""Classes that Python writes methods for: dataclasses, named tuples, enumerations, exceptions."""

from __future__ import annotations

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
    Value,
)

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter

#: What a class body binds that is no member of an enumeration.
_NO_MEMBERS = (Function, Property, Static, ClassMethod, Class)
_PLAIN_BASES = ("builtins.str", "builtins.int", "enum.IntEnum", "enum.StrEnum")
_ENUMS = ("enum.Enum", "enum.IntEnum", "enum.StrEnum", "enum.Flag", "enum.IntFlag")


def is_enumeration(cls: Class) -> bool:
    """Whether its names are its members."""
    return any(isinstance(base, External) and base.name in _ENUMS for base in cls.mro)


def completed(interp: Interpreter, cls: Class) -> None:
    """What a class statement leaves to be done: the members of an enumeration become objects."""
    if not is_enumeration(cls):
        return
    for name, value in list(cls.attrs.items()):
        if not name.startswith("_") and not isinstance(value, _NO_MEMBERS):
            member = Obj(cls)
            member.attrs = {"name": name, "value": value}
            cls.attrs[name] = member


def plain(value: Value) -> Value:
    """The text or number that a member of an enumeration is, where that is one; the tuple of a named tuple."""
    if not isinstance(value, Obj):
        return value
    if isinstance(value.data, tuple):
        return value.data
    is_plain = any(isinstance(base, External) and base.name in _PLAIN_BASES for base in value.cls.mro)
    return value.attrs.get("value", value) if is_plain and is_enumeration(value.cls) else value


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
        members = [m for m in cls.attrs.values() if isinstance(m, Obj)]
        found = next((m for m in members if m is args[0] or m.attrs["value"] == args[0]), None)
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

    def equal(interp: Interpreter, self_: Obj, other: Value) -> Value:
        if not isinstance(other, Obj) or other.cls is not self_.cls:
            return External("builtins.NotImplemented")
        left, right = (tuple(each.attrs.get(name) for name in rows) for each in (self_, other))
        return interp.operators.compare("eq", left, right)

    if options.get("init", True) is True and "__init__" not in cls.attrs:
        cls.attrs["__init__"] = Native("__init__", init)
    if options.get("eq", True) is True and "__eq__" not in cls.attrs:
        cls.attrs["__eq__"] = Native("__eq__", equal)
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


def is_foreign_exception(cls: Value) -> bool:
    """Whether a class is an exception that cannot be read."""
    return isinstance(cls, External) and cls.name.endswith(("Error", "Exception", "Warning"))
