"""``functools`` and ``operator``: functions that are made of functions."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.whole import structures
from gconv_lint.frontends.whole.functions import first_unknown
from gconv_lint.frontends.whole.values import Function, Native, Partial, Property, Value

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter


def _partial(interp: Interpreter, function: Value, *args: Value, **kwargs: Value) -> Value:
    if isinstance(function, Partial):  # of a partial one: one of the function itself
        return Partial(function.function, (*function.args, *args), {**function.kwargs, **kwargs})
    return Partial(function, args, kwargs)


def _reduce(interp: Interpreter, function: Value, rows: Value, *start: Value) -> Value:
    items = [*start, *interp.items(rows)]
    if not items:
        raise interp.error("TypeError", "reduce() of empty iterable with no initial value")
    return functools.reduce(lambda a, b: interp.call(function, [a, b], {}, interp.frame), items)


def _wraps(interp: Interpreter, wrapped: Value, *args: Value, **options: Value) -> Value:
    def decorate(interp: Interpreter, function: Value) -> Value:
        if isinstance(function, Function) and isinstance(wrapped, Function):
            function.attrs.update({"__name__": wrapped.code.name, **wrapped.attrs, "__wrapped__": wrapped})
        return function

    return Native("wraps", decorate)


def _cached(interp: Interpreter, *args: Value, **options: Value) -> Value:
    if args and not isinstance(args[0], (int, type(None))):
        return _remembering(args[0], 128)
    most = args[0] if args else options.get("maxsize", 128)
    return Native("cache", lambda interp, function: _remembering(function, most))


def _cached_for_ever(interp: Interpreter, function: Value) -> Value:
    return _remembering(function, None)


def _remembering(function: Value, most: int | None) -> Value:
    """A function that gives the same answer to the same arguments, within one run."""
    answers: dict[Any, Value] = {}
    run = -1

    def answer(interp: Interpreter, *args: Value, **kwargs: Value) -> Value:
        nonlocal run
        if run != interp.modules_of.watched.first:
            run = interp.modules_of.watched.first
            answers.clear()
        if first_unknown((*args, *kwargs.values())) is not None:
            return interp.call(function, list(args), kwargs, interp.frame)
        key = (interp.key(args), interp.key(tuple(kwargs.items())))
        made = answers.pop(key) if key in answers else interp.call(function, list(args), kwargs, interp.frame)
        answers[key] = made
        if most is not None and len(answers) > most:
            del answers[next(iter(answers))]
        return made

    return Native(function.code.name, answer, function) if isinstance(function, Function) else function


def _item(interp: Interpreter, value: Value, key: Value) -> Value:
    return interp.items_of.get(value, key)


def _attribute(interp: Interpreter, value: Value, path: str) -> Value:
    return functools.reduce(interp.attributes.get, path.split("."), value)


def _getter(get: Callable[[Interpreter, Value, Value], Value]) -> Callable[..., Value]:
    """``itemgetter`` and ``attrgetter``, of one or of several."""

    def make(interp: Interpreter, *keys: Value) -> Value:
        def run(interp: Interpreter, value: Value) -> Value:
            found = tuple(get(interp, value, key) for key in keys)
            return found if len(found) > 1 else found[0]

        return Native("getter", run)

    return make


FUNCTIONS: dict[str, Callable[..., Value]] = {
    "functools.partial": _partial,
    "functools.reduce": _reduce,
    "functools.wraps": _wraps,
    "functools.lru_cache": _cached,
    "functools.cache": _cached_for_ever,
    "functools.cached_property": lambda interp, getter: Property(getter, kept=True),
    "functools.total_ordering": structures.total_ordering,
    "operator.itemgetter": _getter(_item),
    "operator.attrgetter": _getter(_attribute),
    "operator.mul": lambda interp, a, b: interp.operators.binary("mul", a, b),
    "operator.add": lambda interp, a, b: interp.operators.binary("add", a, b),
}
