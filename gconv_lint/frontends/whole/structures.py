"""Classes that Python writes methods for: dataclasses, named tuples, enumerations, exceptions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gconv_lint.frontends.whole.values import MISSING, Class, External, Obj, Property, Value

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter

_ENUMS = ("enum.Enum", "enum.IntEnum", "enum.StrEnum", "enum.Flag", "enum.IntFlag")


def completed(interp: Interpreter, cls: Class) -> None:
    """What a class statement leaves to be done: the members of an enumeration become objects."""
    foreign = cls.foreign
    if foreign is None or foreign.name not in _ENUMS:
        return
    for name, value in list(cls.attrs.items()):
        if not name.startswith("_") and isinstance(value, (int, str, tuple, float)):
            member = Obj(cls)
            member.attrs = {"name": name, "value": value}
            cls.attrs[name] = member


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
    if foreign is not None and foreign.name in _ENUMS and len(args) == 1:
        members = [m for m in cls.attrs.values() if isinstance(m, Obj)]
        found = next((m for m in members if m is args[0] or m.attrs["value"] == args[0]), None)
        if found is None:
            raise interp.error("ValueError", f"no member of {cls.name}")
        return found
    is_tuple = foreign is not None and foreign.name in ("typing.NamedTuple", "collections.namedtuple")
    if not is_tuple and (cls.lookup("__dataclass__") is MISSING or cls.lookup("__init__") is not MISSING):
        return MISSING
    made = Obj(cls)
    _fill(interp, made, fields(cls), args, kwargs)
    if is_tuple:
        made.data = tuple(made.attrs.values())
    after = cls.lookup("__post_init__")
    if after is not MISSING:
        interp.call(after, [made], {}, interp.frame)
    return made


def _fill(interp: Interpreter, made: Obj, names: dict[str, Value], args: list[Value], kwargs: dict[str, Value]) -> None:
    given = {**dict(zip(names, args)), **kwargs}
    wrong = next((n for n in given if n not in names), None)
    if wrong is not None or len(args) > len(names):
        raise interp.error("TypeError", f"{made.cls.name}() got an unexpected argument '{wrong}'")
    for name, default in names.items():
        value = given[name] if name in given else _default(interp, default)
        if value is MISSING:
            raise interp.error("TypeError", f"{made.cls.name}() is missing the argument '{name}'")
        made.attrs[name] = value


def _default(interp: Interpreter, default: Value) -> Value:
    if isinstance(default, Field):
        return interp.call(default.factory, [], {}, interp.frame) if default.factory is not None else default.value
    return MISSING if isinstance(default, Property) else default


class Field:
    """``dataclasses.field``."""

    __slots__ = ("factory", "value")

    def __init__(self, value: Value = MISSING, factory: Value = None) -> None:
        self.value = value
        self.factory = factory


def is_foreign_exception(cls: Value) -> bool:
    """Whether a class is an exception that cannot be read."""
    return isinstance(cls, External) and cls.name.endswith(("Error", "Exception", "Warning"))
