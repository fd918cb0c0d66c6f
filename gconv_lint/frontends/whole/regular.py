"""Regular expressions on texts of the program, as far as they take little time for sure."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from gconv_lint.frontends.whole.values import Class, Native, Obj, Value

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter

#: Characters of a pattern and of a text, and signs of repetition in a pattern: the time is a power of these.
_LONGEST_PATTERN, _LONGEST_TEXT, _MOST_REPEATS = 60, 200, 3
_REPEATS = re.compile(r"[*+?{]")


def _function(name: str) -> Callable[..., Value]:
    function = getattr(re, name)

    def run(interp: Interpreter, pattern: Value, *args: Value) -> Value:
        if not all(isinstance(text, str) and len(text) <= _LONGEST_TEXT for text in (pattern, *args)):
            return interp.unknown(f"`re.{name}` is not followed", None, f"re.{name}")
        if len(pattern) > _LONGEST_PATTERN or len(_REPEATS.findall(pattern)) > _MOST_REPEATS:
            return interp.unknown(f"`re.{name}` of a pattern that may take long is not followed", None, f"re.{name}")
        try:
            found = function(pattern, *args)
        except re.error as error:
            raise interp.error("ValueError", str(error)) from None
        return _matched(interp, found) if isinstance(found, re.Match) else found

    return run


def _matched(interp: Interpreter, found: re.Match[str]) -> Obj:
    methods: dict[str, Callable[..., Value]] = {
        "group": lambda interp, self, *groups: found.group(*groups),
        "groups": lambda interp, self: found.groups(),
        "groupdict": lambda interp, self: found.groupdict(),
        "start": lambda interp, self, group=0: found.start(group),
        "end": lambda interp, self, group=0: found.end(group),
        "span": lambda interp, self, group=0: found.span(group),
    }
    return Obj(Class("Match", (interp.object,), {name: Native(name, run) for name, run in methods.items()}))


FUNCTIONS: dict[str, Callable[..., Value]] = {
    f"re.{name}": _function(name) for name in ("split", "sub", "findall", "match", "fullmatch", "search")
}
