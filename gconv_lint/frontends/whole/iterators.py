"""The functions of ``itertools``, which are as lazy as Python's where they may have no end."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from gconv_lint.frontends.whole import limits
from gconv_lint.frontends.whole.builtin_names import paid
from gconv_lint.frontends.whole.values import Stream, Value

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter


def chained(interp: Interpreter, rows: Value) -> Stream:
    """``chain.from_iterable``."""
    return Stream(item for row in paid(interp, rows) for item in paid(interp, row))


def _product(interp: Interpreter, *rows: Value, repeat: int = 1) -> Value:
    lists = [interp.items(row) for row in rows] * max(0, min(repeat, 64))
    count = math.prod(map(len, lists))
    limits.length(count)
    interp.spend(count * len(lists))
    return Stream(itertools.product(*lists))


def _chosen(choose: Callable[..., Iterator[Value]], count: Callable[[int, int], int]) -> Callable[..., Value]:
    """``combinations`` and ``permutations``."""

    def run(interp: Interpreter, rows: Value, r: int | None = None) -> Value:
        items = interp.items(rows)
        width = len(items) if r is None else r
        if len(items) > _MOST and width > 2:
            return interp.unknown("a choice of very many items")
        limits.length(count(len(items), width))
        interp.spend(count(len(items), width) * (1 + width))
        return Stream(choose(items, width))

    return run


#: Items of which more than two are chosen.
_MOST = 64


def _repeat(interp: Interpreter, object: Value, times: int | None = None) -> Value:
    return Stream(itertools.repeat(object) if times is None else itertools.repeat(object, times))


def _slice(interp: Interpreter, rows: Value, *bounds: Value) -> Value:
    return Stream(itertools.islice(paid(interp, rows), *bounds))


def _accumulate(interp: Interpreter, rows: Value, function: Value = None, *, initial: Value = None) -> Value:
    made: list[Value] = [] if initial is None else [initial]
    for item in interp.items(rows):
        if made and function is not None:
            item = interp.call(function, [made[-1], item], {}, interp.frame)
        elif made:
            item = interp.operators.binary("add", made[-1], item)
        made.append(item)
    return interp.stream(made)


def _pairs(interp: Interpreter, rows: Value) -> Value:
    items = interp.items(rows)
    return Stream(itertools.pairwise(items))


def _longest(interp: Interpreter, *rows: Value, fillvalue: Value = None) -> Value:
    return Stream(itertools.zip_longest(*[interp.items(row) for row in rows], fillvalue=fillvalue))


def _spread(interp: Interpreter, function: Value, rows: Value) -> Value:
    return Stream(interp.call(function, interp.items(row), {}, interp.frame) for row in paid(interp, rows))


def _grouped(interp: Interpreter, rows: Value, key: Value = None) -> Value:
    made: list[tuple[Value, list[Value]]] = []
    for item in interp.items(rows):
        name = item if key is None else interp.call(key, [item], {}, interp.frame)
        if not made or not interp.truth(interp.operators.compare("eq", made[-1][0], name)):
            made.append((name, []))
        made[-1][1].append(item)
    return interp.stream([(name, interp.stream(items)) for name, items in made])


def _copies(interp: Interpreter, rows: Value, n: int = 2) -> Value:
    items = interp.items(rows)
    return tuple(interp.stream(items) for _ in range(min(n, 64)))


def _while(taking: bool) -> Callable[..., Value]:
    def run(interp: Interpreter, test: Value, rows: Value) -> Value:
        def fits(item: Value) -> bool:
            return interp.truth(interp.call(test, [item], {}, interp.frame))

        found = itertools.takewhile if taking else itertools.dropwhile
        return Stream(found(fits, paid(interp, rows)))

    return run


FUNCTIONS: dict[str, Callable[..., Value]] = {
    "itertools.chain": lambda interp, *rows: chained(interp, rows),
    "itertools.product": _product,
    "itertools.combinations": _chosen(itertools.combinations, math.comb),
    "itertools.permutations": _chosen(itertools.permutations, math.perm),
    "itertools.repeat": _repeat,
    "itertools.count": lambda interp, start=0, step=1: Stream(itertools.count(start, step)),
    "itertools.cycle": lambda interp, rows: Stream(itertools.cycle(interp.items(rows))),
    "itertools.islice": _slice,
    "itertools.accumulate": _accumulate,
    "itertools.pairwise": _pairs,
    "itertools.zip_longest": _longest,
    "itertools.starmap": _spread,
    "itertools.groupby": _grouped,
    "itertools.tee": _copies,
    "itertools.takewhile": _while(True),
    "itertools.dropwhile": _while(False),
}
