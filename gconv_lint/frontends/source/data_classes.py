"""Data classes and named tuples: their fields, what their constructors store, and their changed copies."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.source.dunders import defines
from gconv_lint.frontends.source.frames import CLASS_BODY, Frame
from gconv_lint.frontends.source.values import (
    MISSING,
    UNKNOWN_STAR,
    Builtin,
    ClassValue,
    DictValue,
    External,
    Function,
    Instance,
    ListValue,
    Value,
)
from gconv_lint.frontends.source.words import last_word

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator

#: How deep data may lie in data for ``asdict``.
MAX_DEPTH = 8


class Declared:
    """What ``dataclasses.field`` says of a field until its class is there."""

    __slots__ = ("default", "factory")

    def __init__(self, default: Value, factory: Value) -> None:
        self.default = default
        self.factory = factory


def field(ev: Evaluator, args: list[Value], kwargs: dict[Any, Value], node: Any, f: Frame) -> Value:
    """``dataclasses.field(...)``; ``MISSING`` where it stands in no class or cannot be read."""
    if f.receiver is not CLASS_BODY or args or UNKNOWN_STAR in kwargs:
        return MISSING
    return Declared(kwargs.get("default", MISSING), kwargs.get("default_factory", MISSING))


def settle(ev: Evaluator, cls: ClassValue, known: list[ClassValue | External]) -> None:
    """Note the fields of a new class, whose direct bases are ``known``, and what they are when nobody gives them."""
    is_data = any(last_word(d) == "dataclass" for d in cls.node.decorator_list)
    for name, value in list(cls.attrs.items()):
        if isinstance(value, Declared):
            _resolve(ev, cls, name, value, is_data)
    if is_data or any(map(_makes_rows, known)):
        cls.field_owner = cls
        statements = _declarations(cls)
        cls.fields = [name for name, s in statements.items() if not _options(s)]
        cls.keyword_fields = {name: "init" not in _options(s) for name, s in statements.items() if _options(s)}


def _resolve(ev: Evaluator, cls: ClassValue, name: str, value: Declared, is_data: bool) -> None:
    del cls.attrs[name]
    if not is_data:
        cls.attrs[name] = ev.heap.fresh(name)
    elif value.factory is not MISSING:
        cls.factories[name] = value.factory
    elif value.default is not MISSING:
        cls.attrs[name] = value.default


def _declarations(cls: ClassValue) -> dict[str, ast.AnnAssign]:
    """The annotated names of a class and of the data classes that it derives from, in the order of the fields."""
    found: dict[str, ast.AnnAssign] = {}
    for base in reversed(cls.mro):
        if isinstance(base, ClassValue) and (base is cls or base.field_owner is base):
            for s in base.node.body:
                if isinstance(s, ast.AnnAssign) and isinstance(s.target, ast.Name) and not _is_of_class(s.annotation):
                    found[s.target.id] = s
    return found


def _is_of_class(annotation: ast.expr) -> bool:
    """Whether an annotation says that its name is no field."""
    kind = annotation.value if isinstance(annotation, ast.Subscript) else annotation
    text = kind.value if isinstance(kind, ast.Constant) and isinstance(kind.value, str) else last_word(kind)
    return "ClassVar" in text


def _options(statement: ast.AnnAssign) -> set[str]:
    """Those of ``init`` and ``kw_only`` that a field says something about: it is not given by position."""
    keywords = statement.value.keywords if isinstance(statement.value, ast.Call) else []
    return {"init", "kw_only"} & {k.arg for k in keywords if isinstance(k.value, ast.Constant) and k.arg is not None}


def fill(ev: Evaluator, made: Instance, args: list[Value], kwargs: dict[Any, Value], node: Any, f: Frame) -> None:
    """Store what the constructor of a data class is given; what stars may hide is unknown."""
    cls, names = made.cls, _names(made) or []
    assert isinstance(cls, ClassValue)
    hidden = UNKNOWN_STAR in args or UNKNOWN_STAR in kwargs
    args = args[: args.index(UNKNOWN_STAR)] if UNKNOWN_STAR in args else args
    given = {**dict(zip(names, args)), **kwargs}
    for name in names:
        value = given.get(name, MISSING)
        if value is MISSING and not hidden:
            value = _default(ev, cls.field_owner or cls, name, node, f)
        unknown = value is MISSING or decides(cls.lookup(name))
        made.attrs[name] = ev.heap.fresh(name) if unknown else value
    if cls.hooked:
        ev.attributes.blur(made)


def decides(above: Value) -> bool:
    """Whether what a class has under the name of a field decides what is stored in it or read from it."""
    is_property = isinstance(above, Function) and above.kind in ("property", "cached")
    return is_property or defines(above, "__get__", "__set__")


def _default(ev: Evaluator, cls: ClassValue, name: str, node: Any, f: Frame) -> Value:
    for base in cls.mro:
        if isinstance(base, ClassValue) and name in base.factories:
            return ev.call(base.factories[name], [], {}, node, f)
        if isinstance(base, ClassValue) and name in base.attrs:
            return base.attrs[name]
    return MISSING


def replace(ev: Evaluator, args: list[Value], kwargs: dict[Any, Value], node: Any, f: Frame) -> Value:
    """``dataclasses.replace(record, **changes)``; ``MISSING`` where the record is not known."""
    names = _names(args[0]) if len(args) == 1 else None
    if names is None:
        return MISSING
    record = args[0]
    given = [n for n in names if record.cls.keyword_fields.get(n, True)]
    now = {} if UNKNOWN_STAR in kwargs else {n: record.attrs.get(n, ev.heap.fresh(n)) for n in given}
    return ev.classes.instantiate(record.cls, [], {**now, **kwargs}, node, f)


def as_dict(ev: Evaluator, args: list[Value], kwargs: dict[Any, Value], node: Any, f: Frame) -> Value:
    """``dataclasses.asdict(record)``, and ``_asdict()`` of a named tuple; ``MISSING`` where it is not known."""
    names = _names(args[0]) if len(args) == 1 and not kwargs else None
    if names is None:
        return MISSING
    return DictValue({n: _plain(ev, args[0].attrs.get(n, ev.heap.fresh(n)), 0) for n in names})


def _plain(ev: Evaluator, value: Value, depth: int) -> Value:
    """A copy of data in which records are tables."""
    if depth > MAX_DEPTH:
        return ev.heap.fresh("data")
    if isinstance(value, ListValue):
        return ListValue([_plain(ev, v, depth + 1) for v in value.items], value.exact)
    if isinstance(value, DictValue):
        return DictValue({k: _plain(ev, v, depth + 1) for k, v in value.items.items()}, value.exact)
    if isinstance(value, tuple):
        return tuple([_plain(ev, v, depth + 1) for v in value])
    if not isinstance(value, Instance):
        return value
    names = None if row(value) is not None else _names(value)
    if names is None:
        return ev.heap.fresh("data")
    return DictValue({n: _plain(ev, value.attrs.get(n, ev.heap.fresh(n)), depth + 1) for n in names})


def _names(record: Value) -> list[str] | None:
    """The fields of an object of a data class."""
    if not isinstance(record, Instance) or not isinstance(record.cls, ClassValue) or record.cls.fields is None:
        return None
    return [*record.cls.fields, *record.cls.keyword_fields]


def row(value: Instance) -> tuple[Value, ...] | None:
    """What a named tuple holds, in order; ``None`` for other objects."""
    cls = value.cls
    if not isinstance(cls, ClassValue) or not cls.fields or not any(map(_makes_rows, cls.mro)):
        return None
    return tuple([value.attrs[n] for n in cls.fields]) if all(n in value.attrs for n in cls.fields) else None


def _makes_rows(cls: ClassValue | External) -> bool:
    return isinstance(cls, External) and cls.name.endswith("NamedTuple")


def row_attribute(ev: Evaluator, owner: Instance, name: str) -> Value:
    """``_fields``, ``_replace`` and ``_asdict`` of a named tuple; ``MISSING`` of other objects."""
    if row(owner) is None or name not in ("_fields", "_replace", "_asdict"):
        return MISSING
    if name == "_fields":
        return tuple(_names(owner) or ())
    run = replace if name == "_replace" else as_dict
    return Builtin(name, lambda args, kwargs, node, f: run(ev, [owner, *args], kwargs, node, f))


def named_tuple(ev: Evaluator, args: list[Value], kwargs: dict[Any, Value], node: Any, f: Frame) -> Value:
    """``collections.namedtuple(name, fields, defaults=...)``; ``MISSING`` where its fields are not known."""
    names = _field_names(ev, args[1]) if len(args) == 2 else None
    defaults = ev.iterate(kwargs["defaults"]) if kwargs.get("defaults") is not None else []
    if names is None or defaults is None or not isinstance(args[0], str) or not set(kwargs) <= {"defaults", "module"}:
        return MISSING
    made = ClassValue(args[0], statement(args[0], node), f.module)
    made.mro.append(External("typing.NamedTuple"))
    made.fields, made.field_owner = names, made
    made.attrs.update(dict(zip(names[len(names) - len(defaults) :], defaults)))
    return made


def statement(name: str, node: ast.AST) -> ast.ClassDef:
    """A class statement that says nothing, at the place of a call."""
    return ast.copy_location(ast.ClassDef(name, [], [], [], []), node)


def _field_names(ev: Evaluator, given: Value) -> list[str] | None:
    """The names in ``"a b"``, ``"a, b"``, ``["a", "b"]`` or ``[("a", int), ("b", int)]``."""
    if isinstance(given, str):
        return given.replace(",", " ").split()
    items = ev.iterate(given) if isinstance(given, (tuple, ListValue)) else None
    names = [i[0] if isinstance(i, tuple) and len(i) == 2 else i for i in items or []]
    return names if names and all(isinstance(n, str) for n in names) else None
