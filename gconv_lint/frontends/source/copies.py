"""``copy.copy`` and ``copy.deepcopy``: new containers and objects that hold what the old ones hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.source.escapes import is_data
from gconv_lint.frontends.source.frames import Frame
from gconv_lint.frontends.source.memo import held_by
from gconv_lint.frontends.source.values import (
    MISSING,
    Bound,
    ClassValue,
    DictValue,
    Instance,
    Lazy,
    ListValue,
    Partial,
    Super,
    Value,
)

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator

#: More containers and objects than this are not copied one by one.
MAX_PARTS = 512
#: Methods by which a class makes its copies itself.
_OWN_WAYS = ("__copy__", "__deepcopy__", "__reduce__", "__reduce_ex__", "__getstate__", "__setstate__", "__new__")


def deep(ev: Evaluator, args: list[Value], kwargs: dict[Any, Value], node: Any, f: Frame) -> Value:
    """``copy.deepcopy(value)``; ``MISSING`` where a class may decide what becomes of it."""
    if len(args) != 1 or kwargs or not _is_copied(ev, held := held_by(args)):
        return MISSING
    ev.spend(len(held))
    return _copied(ev, args[0], {})


def shallow(ev: Evaluator, args: list[Value], kwargs: dict[Any, Value], node: Any, f: Frame) -> Value:
    """``copy.copy(value)``; ``MISSING`` where a class may decide what becomes of it, and of modules."""
    value = args[0] if len(args) == 1 and not kwargs else MISSING
    if not isinstance(value, (ListValue, DictValue, Instance)):
        return value if isinstance(value, (int, float, str, tuple, type(None))) else MISSING
    if not _is_copied(ev, [value]) or (isinstance(value, Instance) and not is_data(value)):
        return MISSING
    return _hull(value, value.attrs.copy() if isinstance(value, Instance) else value.items.copy())


def _is_copied(ev: Evaluator, parts: list[Value]) -> bool:
    return len(parts) <= MAX_PARTS and all(_is_plain(ev, part) for part in parts)


def _is_plain(ev: Evaluator, part: Value) -> bool:
    """Whether the copy of a container or object is one of the same class with the same content."""
    if isinstance(part, Instance):
        cls = part.cls
        own = isinstance(cls, ClassValue) and (
            cls.meta or cls.is_foreign or any(cls.lookup(name) is not MISSING for name in _OWN_WAYS)
        )
        return not own and "__class__" not in part.attrs and all(map(_is_atom, part.attrs.values()))
    if isinstance(part, Lazy):
        return False
    return all(map(_is_atom, part.items.values() if isinstance(part, DictValue) else part.items))


def _is_atom(value: Value) -> bool:
    """Whether a value holds nothing that the search for parts would not find."""
    return not isinstance(value, (Bound, Partial, Super))


def _copied(ev: Evaluator, value: Value, done: dict[int, Value]) -> Value:
    if isinstance(value, tuple):
        return tuple([_copied(ev, v, done) for v in value])
    if not isinstance(value, (ListValue, DictValue, Instance)):
        return value
    if id(value) not in done:
        done[id(value)] = made = _hull(value, {} if not isinstance(value, ListValue) else [])
        if isinstance(value, ListValue):
            made.items = [_copied(ev, v, done) for v in value.items]
        elif isinstance(value, DictValue):
            made.items = {k: _copied(ev, v, done) for k, v in value.items.items()}
        else:
            made.attrs = {k: _copied(ev, v, done) for k, v in value.attrs.items()}
            if ev.forwards.alterations.is_opaque(value):
                ev.forwards.alterations.opaque(made)
    return done[id(value)]


def _hull(value: Value, content: Any) -> Any:
    """A new container or object with other content."""
    if not isinstance(value, Instance):
        made = type(value)(content, value.exact)
        made.lost = value.lost
        return made
    copy = Instance(value.cls)
    copy.attrs, copy.given, copy.layer = content, value.given, value.layer
    return copy
