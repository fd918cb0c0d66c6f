"""Methods of strings, lists, dictionaries and tuples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.source import operators
from gconv_lint.frontends.source.displays import is_key
from gconv_lint.frontends.source.values import MISSING, UNKNOWN_STAR, DictValue, Lazy, ListValue, Raised, Value

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator

_PURE_TEXT = {
    "format",
    "split",
    "rsplit",
    "strip",
    "lstrip",
    "rstrip",
    "lower",
    "upper",
    "startswith",
    "endswith",
    "replace",
    "join",
    "isdigit",
    "isalpha",
    "count",
    "find",
    "index",
    "title",
    "capitalize",
    "partition",
    "rpartition",
    "removeprefix",
    "removesuffix",
    "splitlines",
    "isnumeric",
}


def call(ev: Evaluator, owner: Value, name: str, args: list[Value], kwargs: dict[Any, Value]) -> Value:
    """``owner.name(*args, **kwargs)`` for a value of a built-in type."""
    if isinstance(owner, str):
        return _text(ev, owner, name, args, kwargs)
    if isinstance(owner, ListValue):
        return _list(ev, owner, name, args)
    if isinstance(owner, DictValue):
        return _dict(ev, owner, name, args, kwargs)
    if (
        isinstance(owner, tuple)
        and name in ("index", "count")
        and len(args) == 1
        and is_key(args[0])
        and all(is_key(i) for i in owner)
    ):
        if name == "index" and args[0] not in owner:
            raise Raised("ValueError")
        return getattr(owner, name)(args[0])
    return ev.heap.fresh(name)


def _text(ev: Evaluator, owner: str, name: str, args: list[Value], kwargs: dict[Any, Value]) -> Value:
    if name == "join" and len(args) == 1:
        items = ev.iterate(args[0])
        args = [items] if items is not None and _short(owner, items) else [None]
    plain = (
        all(isinstance(a, (int, float, str, list, type(None))) for a in (*args, *kwargs.values()))
        and UNKNOWN_STAR not in kwargs
    )
    if name not in _PURE_TEXT or not plain or (name == "format" and not _tame(owner)):
        return ev.heap.fresh("text")
    if name == "replace" and len(owner) > 1000:
        return ev.heap.fresh("text")
    try:
        result = getattr(owner, name)(*args, **kwargs)
    except (TypeError, ValueError, IndexError, KeyError, AttributeError):
        return ev.heap.fresh("text")
    if isinstance(result, str) and len(result) > operators.MAX_TEXT:
        return ev.heap.fresh("text")
    return ListValue(result) if isinstance(result, list) else result


def _short(separator: str, items: list[Value]) -> bool:
    return sum(len(separator) + len(i) for i in items if isinstance(i, str)) <= operators.MAX_TEXT


def _tame(template: str) -> bool:
    """No attribute access and no widths: ``'{:999999999}'`` would cost memory, ``'{0.__class__}'`` looks around."""
    return all(c not in template for c in ".[:!") and len(template) < 1000


def _list(ev: Evaluator, owner: ListValue, name: str, args: list[Value]) -> Value:
    if name == "copy":
        return ListValue(list(owner.items), owner.exact)
    if name in ("index", "count"):
        return call(ev, tuple(owner.items), name, args, {}) if owner.exact else ev.heap.fresh(name)
    if owner.shared or not owner.exact:
        ev.heap.blur(owner)
        return ev.heap.fresh(name)
    ev.heap.touch(owner)
    if name == "append" and len(args) == 1:
        owner.items.append(args[0])
    elif name == "extend" and len(args) == 1:
        ev.items.extend(owner, args[0])
    elif name == "insert" and len(args) == 2 and isinstance(args[0], int):
        owner.items.insert(args[0], args[1])
    elif name == "pop" and all(isinstance(a, int) for a in args):
        try:
            return owner.items.pop(*args)
        except IndexError:
            raise Raised("IndexError") from None
    elif name == "reverse":
        owner.items.reverse()
    elif name == "clear":
        owner.items.clear()
    else:
        ev.heap.blur(owner)
        return None if name in ("sort", "remove") else ev.heap.fresh(name)
    return None


def _dict(ev: Evaluator, owner: DictValue, name: str, args: list[Value], kwargs: dict[Any, Value]) -> Value:
    if name == "copy":
        return DictValue(dict(owner.items), owner.exact)
    if name in ("items", "keys", "values"):
        return Lazy(
            lambda: list(getattr(owner.items, name)()) if owner.exact else None,
            once=False,
            watched=(owner,),
            closed=True,
        )
    if name == "get" and args and is_key(args[0]):
        found = owner.items.get(args[0], MISSING)
        if found is not MISSING:
            return found
        default = args[1] if len(args) > 1 else None
        return default if owner.exact else ev.heap.fresh("entry")
    return _change_dict(ev, owner, name, args, kwargs)


def _change_dict(ev: Evaluator, owner: DictValue, name: str, args: list[Value], kwargs: dict[Any, Value]) -> Value:
    if owner.shared or (not args and name != "update") or (args and name != "update" and not is_key(args[0])):
        ev.heap.blur(owner)
        return ev.heap.fresh(name)
    ev.heap.touch(owner)
    if name == "update":
        other = args[0] if args else DictValue({})
        if not isinstance(other, DictValue) or not other.exact or UNKNOWN_STAR in kwargs:
            ev.heap.blur(owner)
            return None
        owner.items.update({**other.items, **kwargs})
        return None
    if name == "setdefault":
        default = args[1] if len(args) > 1 else None
        return owner.items.setdefault(args[0], default if owner.exact else ev.heap.fresh("entry"))
    if name == "pop":
        if args[0] in owner.items:
            return owner.items.pop(args[0])
        if owner.exact and len(args) > 1:
            return args[1]
        if owner.exact:
            raise Raised("KeyError")
        return ev.heap.fresh("entry")
    ev.heap.blur(owner)
    return ev.heap.fresh(name)
