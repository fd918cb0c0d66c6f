"""Methods of Python's own plain values."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.whole import builtin_names, kinds, limits, texts
from gconv_lint.frontends.whole.functions import first_unknown
from gconv_lint.frontends.whole.values import MISSING, Native, Stream, Unknown, Value

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter

_ALLOWED: dict[type, frozenset[str]] = {
    str: frozenset(
        (
            *("join", "split", "rsplit", "strip", "lstrip", "rstrip", "startswith", "endswith", "replace", "lower"),
            *("upper", "find", "rfind", "index", "count", "isdigit", "isdecimal", "isalpha", "isalnum", "isidentifier"),
            *("title", "capitalize", "partition", "rpartition", "removeprefix", "removesuffix", "format", "zfill"),
            *("splitlines", "isupper", "islower", "swapcase", "casefold", "encode", "ljust", "rjust", "center"),
        )
    ),
    list: frozenset(
        (
            *("append", "extend", "insert", "pop", "remove", "index", "count", "reverse", "copy", "clear", "sort"),
            *("appendleft", "popleft"),  # of a deque, which is kept as a list
        )
    ),
    tuple: frozenset(("index", "count")),
    dict: frozenset(
        ("get", "items", "keys", "values", "pop", "update", "setdefault", "copy", "popitem", "clear", "move_to_end")
    ),
    set: frozenset(
        (
            *("add", "update", "remove", "discard", "union", "intersection", "difference", "issubset", "issuperset"),
            *("copy", "pop", "clear", "symmetric_difference", "isdisjoint"),
        )
    ),
    frozenset: frozenset(("union", "intersection", "difference", "issubset", "issuperset", "isdisjoint")),
    int: frozenset(("bit_length", "is_integer", "__index__")),
    float: frozenset(("is_integer", "as_integer_ratio")),
    bool: frozenset(),
    range: frozenset(("index", "count")),
}
_FIELDS = {(range, "start"), (range, "stop"), (range, "step"), (slice, "start"), (slice, "stop"), (slice, "step")}
#: What a list has that was made as a ``deque``; no other list has these.
_OF_DEQUE = ("extendleft", "rotate", "maxlen")
#: Characters that a text may be filled up to.
_WIDEST = 1000


def plain_method(interp: Interpreter, owner: Value, name: str) -> Value:
    """A method of a plain value, bound to it."""
    kind = type(owner)
    if (kind, name) in _FIELDS:
        return getattr(owner, name)
    if kind is str and name in ("type", "index") and owner == "cpu":  # a device is kept as its name
        return owner if name == "type" else None
    if kind is str and name in ("is_floating_point", "is_complex", "itemsize"):  # a type is kept as its name, too
        return _of_type(interp, owner, name)
    if kind is tuple and name == "numel":  # torch.Size is a tuple here
        return Native(name, lambda interp: prod(owner))
    if name == "__class__":
        return kinds.type_of(interp, owner)
    if name == "__len__" and kind in (list, tuple, dict, set, str):
        return Native(name, lambda interp: len(owner))
    if kind is list and name in _OF_DEQUE:
        return interp.unknown(f"`{name}` of a `deque` is not followed")
    if name not in _ALLOWED.get(kind, ()):
        return _stream_method(interp, owner, name) if kind is Stream else MISSING
    special = _SPECIAL.get((kind, name))
    if special is not None:
        return Native(name, lambda interp, *args, **kwargs: special(interp, owner, *args, **kwargs))
    return Native(name, lambda interp, *args, **kwargs: _run(interp, owner, name, args, kwargs))


def _of_type(interp: Interpreter, owner: str, name: str) -> Value:
    """What torch says of a type of numbers."""
    if name == "itemsize":
        return interp.unknown("the size of a type is not followed")
    return owner.startswith("complex" if name == "is_complex" else ("float", "bfloat"))


def _stream_method(interp: Interpreter, owner: Stream, name: str) -> Value:
    """A method of an iterator; generators have some of their own."""
    if name == "__next__":
        return Native(name, lambda interp: builtin_names.following(interp, owner))
    if name == "send" and hasattr(owner.items, "send"):
        return Native(name, lambda interp, value: _sent(interp, owner.items, value))
    if name == "close" and hasattr(owner.items, "close"):
        return Native(name, lambda interp: owner.items.close())  # type: ignore[attr-defined]
    return interp.unknown(f"`{name}` of a generator is not followed") if name in ("throw", "send", "close") else MISSING


def _sent(interp: Interpreter, items: Any, value: Value) -> Value:
    try:
        return items.send(value)
    except StopIteration:
        raise interp.error("StopIteration") from None


def _run(interp: Interpreter, owner: Any, name: str, args: tuple[Value, ...], kwargs: dict[str, Value]) -> Value:
    interp.spend(1)
    if isinstance(owner, (dict, set, list)) and name not in ("count", "index") and first_unknown(args) is not None:
        interp.gap(f"`{name}` of a {type(owner).__name__} gets something unknown")
    for value in args:
        if type(value) is Unknown and type(owner) is not list and not (type(owner) is dict and value is not args[0]):
            return value
    if type(owner) is str and any(isinstance(value, int) and value > _WIDEST for value in args):
        return interp.unknown("a text that is too long to be kept")
    limits.check(interp, *args)
    return getattr(owner, name)(*args, **kwargs)


def _join(interp: Interpreter, owner: str, rows: Value) -> Value:
    items = interp.items(rows)
    unknown = next((i for i in items if isinstance(i, Unknown)), None)
    if unknown is not None:
        return unknown
    limits.length(sum(len(i) for i in items if isinstance(i, str)) + len(owner) * len(items))
    return owner.join(items)


def _replace(interp: Interpreter, owner: str, old: Value, new: Value, *rest: Value) -> Value:
    if isinstance(old, Unknown) or isinstance(new, Unknown):
        return old if isinstance(old, Unknown) else new
    limits.length((len(owner) + 1) * (len(new) + 1) if len(new) > 16 else len(owner) * 16)
    return owner.replace(old, new, *rest)


def _format(interp: Interpreter, owner: str, *args: Value, **kwargs: Value) -> Value:
    return texts.format_text(interp, owner, *args, **kwargs)


def _extend(interp: Interpreter, owner: list[Value], rows: Value) -> None:
    more = interp.items(rows)
    limits.length(len(owner) + len(more))
    owner.extend(more)


def _append(interp: Interpreter, owner: list[Value], value: Value) -> None:
    limits.length(len(owner))
    owner.append(value)


def _insert(interp: Interpreter, owner: list[Value], index: Value, value: Value) -> None:
    limits.length(len(owner))
    owner.insert(index, value)


def _sort(interp: Interpreter, owner: list[Value], key: Value = None, reverse: Value = False) -> None:
    owner[:] = builtin_names.sort(interp, owner, key, reverse)


def _find(interp: Interpreter, owner: Any, value: Value, *rest: Value) -> Value:
    for index, item in enumerate(owner):
        if item is value or interp.truth(interp.operators.compare("eq", item, value)):
            return index
    raise interp.error("ValueError", "the value is not in the list")


def _count(interp: Interpreter, owner: Any, value: Value) -> int:
    equal = interp.operators.compare
    return sum(item is value or interp.truth(equal("eq", item, value)) for item in owner)


def _remove(interp: Interpreter, owner: list[Value], value: Value) -> None:
    del owner[_find(interp, owner, value)]


def _update(interp: Interpreter, owner: dict[Any, Value], *args: Value, **kwargs: Value) -> None:
    if args and isinstance(args[0], Unknown):
        interp.gap(f"a dictionary is updated with something unknown: {args[0].reason}")
        return
    owner.update(builtin_names._dict(interp, *args, **kwargs))


def _copy_dict(interp: Interpreter, owner: dict[Any, Value]) -> Value:
    return dict(owner)


def _pop(interp: Interpreter, owner: dict[Any, Value], key: Value, *default: Value) -> Value:
    if isinstance(key, Unknown):
        interp.gap(f"an item is taken at an unknown position: {key.reason}")
        return key
    return owner.pop(interp.key(key), *default)


def _get(interp: Interpreter, owner: dict[Any, Value], key: Value, default: Value = None) -> Value:
    return interp.deferred.vague(key) if isinstance(key, Unknown) else owner.get(interp.key(key), default)


def _set_default(interp: Interpreter, owner: dict[Any, Value], key: Value, default: Value = None) -> Value:
    return owner.setdefault(interp.key(key), default)


def _move_to_end(interp: Interpreter, owner: dict[Any, Value], key: Value, last: bool = True) -> None:
    value = owner.pop(key)
    rest = dict(owner) if not last else {}
    if not last:
        owner.clear()
    owner[key] = value
    owner.update(rest)


def _set_method(name: str) -> Any:
    def run(interp: Interpreter, owner: Any, *rows: Value) -> Value:
        return getattr(owner, name)(*[interp.set_of(interp.items(row)) for row in rows])

    return run


_SPECIAL: dict[tuple[type, str], Any] = {
    (str, "join"): _join,
    (str, "replace"): _replace,
    (str, "format"): _format,
    (str, "encode"): lambda interp, owner, *args: Unknown("bytes"),
    (list, "extend"): _extend,
    (list, "append"): _append,
    (list, "insert"): _insert,
    (list, "appendleft"): lambda interp, owner, value: _insert(interp, owner, 0, value),
    (list, "popleft"): lambda interp, owner: owner.pop(0),
    (list, "sort"): _sort,
    (list, "index"): _find,
    (tuple, "index"): _find,
    (list, "remove"): _remove,
    (list, "count"): _count,
    (tuple, "count"): _count,
    (dict, "update"): _update,
    (dict, "copy"): _copy_dict,
    (dict, "pop"): _pop,
    (dict, "get"): _get,
    (dict, "setdefault"): _set_default,
    (dict, "move_to_end"): _move_to_end,
    **{
        (kind, name): _set_method(name)
        for kind in (set, frozenset)
        for name in ("union", "intersection", "difference", "issubset", "issuperset", "update", "isdisjoint")
    },
}
