"""Python's built-in functions over sequences and tables, and those of ``functools``, where values may be unknown."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.source import builtin_numbers, builtin_reflection, dunders, iterators
from gconv_lint.frontends.source.builtin_numbers import NUMBER
from gconv_lint.frontends.source.builtin_reflection import evaluated
from gconv_lint.frontends.source.displays import is_key
from gconv_lint.frontends.source.frames import Frame
from gconv_lint.frontends.source.values import (
    MISSING,
    UNKNOWN_STAR,
    Builtin,
    DictValue,
    Instance,
    Lazy,
    ListValue,
    Partial,
    Raised,
    Value,
)
from gconv_lint.model.dims import Sym, opaque

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator


def table(ev: Evaluator) -> dict[str, Builtin]:
    """Built-in names to what runs when they are called."""
    functions: dict[str, Callable[..., Value]] = {
        name[1:] if name.startswith("_") else name: function
        for name, function in (*vars(builtin_numbers).items(), *vars(builtin_reflection).items(), *globals().items())
        if hasattr(function, "evaluated")
    }
    return {name: Builtin(name, _with(ev, function)) for name, function in functions.items()}


def _with(ev: Evaluator, function: Callable[..., Value]) -> Callable[..., Value]:
    return lambda args, kwargs, node, f: function(ev, args, kwargs, node, f)


@evaluated
def _str(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    return str(args[0]) if len(args) == 1 and isinstance(args[0], (int, float, str)) else ev.heap.fresh("text")


@evaluated
def _len(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    value = args[0] if args else None
    if isinstance(value, Sym) and value.is_atom:
        ev.heap.note(str(value))
        return opaque(f"len({value}){ev.heap.version(str(value))}")
    if isinstance(value, Lazy) and value.once:
        raise Raised("TypeError")
    defined = dunders.run(ev, value, "__len__")
    if defined is not MISSING:
        return defined
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
    return iterators.rearranged(ev, args, lambda columns: list(zip(*columns)))


@evaluated
def _enumerate(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    start = args[1] if len(args) > 1 else kwargs.get("start", 0)
    if not args or not isinstance(start, int):
        return ev.heap.fresh("enumerate")
    return iterators.rearranged(ev, args[:1], lambda columns: list(enumerate(columns[0], start)))


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
    return ListValue(list(items)) if items is not None else _unknown_list(ev, args)


def _unknown_list(ev: Evaluator, sources: list[Value]) -> ListValue:
    made = ListValue([], False)
    made.lost = ev.edits.owners(sources)
    return made


@evaluated
def _tuple(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    items = ev.iterate(args[0]) if args else []
    if items is not None:
        return tuple(items)
    return args[0] if isinstance(args[0], Sym) else ev.escapes.one_of("tuple", args[0])


@evaluated
def _set(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    return ev.heap.fresh("set")  # of no order, and it can grow


_frozenset = _set


@evaluated
def _dict(ev: Evaluator, args: list[Value], kwargs: dict[Any, Value], node: Any, f: Frame) -> Value:
    result = DictValue({k: v for k, v in kwargs.items() if k is not UNKNOWN_STAR}, UNKNOWN_STAR not in kwargs)
    if args:
        source = args[0]
        items = list(source.items.items()) if isinstance(source, DictValue) and source.exact else ev.iterate(source)
        pairs = [i for i in items or [] if isinstance(i, tuple) and len(i) == 2 and is_key(i[0])]
        known = (
            items is not None and len(pairs) == len(items) and not (isinstance(source, DictValue) and not source.exact)
        )
        earlier = dict(pairs) if result.exact else {}
        result = DictValue({**earlier, **result.items}, result.exact and known)
        result.lost = () if known else ev.edits.owners(args)
    return result


@evaluated
def _sorted(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    items = ev.iterate(args[0]) if args else None
    key, reverse = kwargs.get("key"), kwargs.get("reverse", False)
    if items is None or not isinstance(reverse, bool) or UNKNOWN_STAR in kwargs:
        return _unknown_list(ev, args[:1])
    ranks = items if key is None else [ev.call(key, [item], {}, node, f) for item in items]
    if not _is_ordered(ranks):
        return _unknown_list(ev, args[:1])
    return ListValue([items[i] for i in sorted(range(len(items)), key=ranks.__getitem__, reverse=reverse)])


def _is_ordered(ranks: list[Value]) -> bool:
    """Whether Python orders some values without asking anybody: all numbers, all texts, or tuples of such."""
    if all(isinstance(r, tuple) for r in ranks):
        columns = list(itertools.zip_longest(*ranks))
        return all(_is_ordered(list(column)) for column in columns)
    return all(isinstance(r, NUMBER) for r in ranks) or all(isinstance(r, str) for r in ranks)


@evaluated
def _reversed(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    if not args or isinstance(args[0], Instance):
        return ev.escapes.one_of("reversed", *args)
    return iterators.rearranged(ev, args[:1], lambda columns: columns[0][::-1], backwards=True)


@evaluated
def _map(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    if len(args) < 2:
        return ev.heap.fresh("map")
    function = args[0]

    def mapped(columns: list[list[Value]]) -> list[Value]:
        return [ev.call(function, list(row), {}, node, f) for row in zip(*columns)]

    return iterators.rearranged(ev, args[1:], mapped, closed=isinstance(function, Builtin))


@evaluated
def _filter(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    if len(args) != 2:
        return ev.heap.fresh("filter")
    function = args[0]

    def kept(columns: list[list[Value]]) -> list[Value] | None:
        answers = [ev.truth(i if function is None else ev.call(function, [i], {}, node, f)) for i in columns[0]]
        return None if None in answers else [i for i, answer in zip(columns[0], answers) if answer]

    return iterators.rearranged(ev, args[1:], kept, closed=function is None or isinstance(function, Builtin))


@evaluated
def _all(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    return _fold(ev, args, False)


@evaluated
def _any(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    return _fold(ev, args, True)


def _fold(ev: Evaluator, args: list[Value], stop: bool) -> Value:
    source = args[0] if args else None
    items = iterators.sample(ev, source) if isinstance(source, Lazy) else ev.iterate(source)
    if items is None:
        return ev.heap.fresh("all")
    answers = [ev.truth(i) for i in items]
    if stop in answers:
        return stop
    return ev.heap.fresh("all") if None in answers else not stop


@evaluated
def _next(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    items = iterators.sample(ev, args[0]) if args and isinstance(args[0], Lazy) and args[0].once else None
    if items:
        return items[0]
    if items is not None and len(args) == 1:
        raise Raised("StopIteration")
    return args[1] if items is not None else ev.escapes.one_of("next", *args)


@evaluated
def _iter(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    known = len(args) == 1 and isinstance(args[0], (ListValue, DictValue, Lazy, tuple, str, range))
    return iterators.over(ev, args[0]) if known else ev.heap.fresh("iter")


@evaluated
def _print(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    return None


def reduce(ev: Evaluator, args: list[Value], node: Any, f: Frame) -> Value:
    """``functools.reduce(function, items[, start])``."""
    items = ev.iterate(args[1]) if len(args) >= 2 else None
    if items is None or not (items or len(args) > 2):
        return ev.escapes.one_of("reduce", *args[1:])
    total, rest = (args[2], items) if len(args) > 2 else (items[0], items[1:])
    for item in rest:
        total = ev.call(args[0], [total, item], {}, node, f)
    return total


def partial(ev: Evaluator, args: list[Value], kwargs: dict[str, Value]) -> Value:
    """``functools.partial(function, *args, **kwargs)``."""
    return Partial(args[0], tuple(args[1:]), kwargs) if args else ev.heap.fresh("partial")
