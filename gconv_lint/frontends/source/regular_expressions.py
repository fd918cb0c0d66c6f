"""Python's ``re`` over known texts: what the strings that describe blocks are taken apart with."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.source.values import MISSING, Builtin, External, Instance, ListValue, Value

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator

#: Functions that give a match or nothing, and those that give texts.
_SEARCHES = ("match", "fullmatch", "search")
_WHOLE = ("findall", "split", "sub")
#: Searching costs at most about the length of the text to the power of the repetitions.
MAX_LENGTH, MAX_REPEATS = 80, 3
_ESCAPES = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
_REPEATS = re.compile(r"[*+{]")


def call(ev: Evaluator, name: str, args: list[Value]) -> Value:
    """``re.name(*args)``; ``MISSING`` for unknown texts, for flags, and for patterns that may take long."""
    if not args or not all(isinstance(a, str) for a in args) or not _is_tame(args[0]):
        return MISSING
    if name == "compile":
        return _pattern(ev, args[0]) if len(args) == 1 else MISSING
    if name not in (*_SEARCHES, *_WHOLE) or len(args) != (3 if name == "sub" else 2) or len(args[-1]) > MAX_LENGTH:
        return MISSING
    try:
        found: Any = getattr(re, name)(*args)
    except re.error:
        return MISSING
    if isinstance(found, list):
        return ListValue(found)
    return found if found is None or isinstance(found, str) else _match(ev, found)


def _is_tame(pattern: str) -> bool:
    """Whether a pattern repeats few things, and nothing that repeats itself."""
    plain = _ESCAPES.sub("x", pattern)
    return len(_REPEATS.findall(plain)) <= MAX_REPEATS and not re.search(r"\)[*+{]", plain)


def _pattern(ev: Evaluator, pattern: str) -> Instance:
    """What ``re.compile`` gives."""
    made = Instance(External("re.Pattern"))
    made.attrs["pattern"] = pattern
    for name in (*_SEARCHES, *_WHOLE):
        made.attrs[name] = Builtin(name, partial(_of_pattern, ev, name, pattern))
    return made


def _of_pattern(
    ev: Evaluator, name: str, pattern: str, args: list[Value], kwargs: dict[Any, Value], node: Any, f: Any
) -> Value:
    found = MISSING if kwargs else call(ev, name, [pattern, *args])
    return ev.heap.fresh(name) if found is MISSING else found


def _match(ev: Evaluator, found: re.Match[str]) -> Instance:
    """The match as an object whose methods answer for known groups."""
    made = Instance(External("re.Match"))
    for name in ("group", "groups", "start", "end", "span", "__getitem__"):
        made.attrs[name] = Builtin(name, partial(_of_match, ev, getattr(found, name)))
    return made


def _of_match(
    ev: Evaluator, ask: Callable[..., Any], args: list[Value], kwargs: dict[Any, Value], node: Any, f: Any
) -> Value:
    try:
        return ask(*args, **kwargs)
    except (IndexError, TypeError):
        return ev.heap.fresh("group")
