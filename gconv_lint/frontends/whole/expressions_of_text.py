"""The functions of ``re``, for expressions that are found in a time that is short for certain."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.whole.functions import first_unknown
from gconv_lint.frontends.whole.values import Class, Native, Obj, Value

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter

#: Characters of an expression and of a text.
_MOST = 300
_REPEATS, _CHOICES = 3, 8
_FUNCTIONS = ("match", "search", "fullmatch", "findall", "split", "sub")
_FOUND = ("group", "groups", "groupdict", "start", "end", "span")


def is_quick(pattern: str, *texts: str) -> bool:
    """Whether trying all ways to match is no matter: few repetitions, none of a group, few choices, short texts."""
    repeats = len(re.findall(r"[*+?{]", pattern.replace("(?", "(")))
    return (
        max(map(len, (pattern, *texts)), default=0) <= _MOST
        and repeats <= _REPEATS
        and pattern.count("|") <= _CHOICES
        and re.search(r"\)[*+?{]|\\[1-9]|\(\?P=|\(\?\(", pattern) is None
    )


def _function(name: str) -> Callable[..., Value]:
    def run(interp: Interpreter, pattern: Value, *args: Value, **options: Value) -> Value:
        given = (pattern, *args, *options.values())
        unknown = first_unknown(given)
        if unknown is not None:
            return unknown
        texts = [value for value in given if isinstance(value, str)]
        if not all(isinstance(v, (str, int)) for v in given) or not texts or not is_quick(*texts):
            return interp.unknown(f"`re.{name}` is not followed here")
        try:
            made = getattr(re, name)(pattern, *args, **options)
        except (re.error, OverflowError) as error:
            raise interp.error("ValueError", str(error)) from None
        return _match(interp, made) if isinstance(made, re.Match) else made

    return run


def _match(interp: Interpreter, found: re.Match[str]) -> Obj:
    def method(name: str) -> Native:
        return Native(name, lambda interp, self, *args, **options: getattr(found, name)(*args, **options))

    methods = {name: method(name) for name in _FOUND}
    methods["__getitem__"] = Native("__getitem__", lambda interp, self, key: found[key])
    return Obj(Class("Match", (interp.object,), dict(methods)))


def _compiled(interp: Interpreter, pattern: Value, *flags: Value) -> Value:
    if not isinstance(pattern, str) or flags:
        return interp.unknown("`re.compile` is not followed here")

    def method(name: str) -> Native:
        run = FUNCTIONS[f"re.{name}"]
        return Native(name, lambda interp, self, *args, **options: run(interp, pattern, *args, **options))

    methods: dict[str, Any] = {name: method(name) for name in _FUNCTIONS}
    return Obj(Class("Pattern", (interp.object,), {**methods, "pattern": pattern}))


FUNCTIONS: dict[str, Callable[..., Value]] = {
    **{f"re.{name}": _function(name) for name in _FUNCTIONS},
    "re.compile": _compiled,
}
