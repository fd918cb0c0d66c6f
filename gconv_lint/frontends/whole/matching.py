"""Compiles ``match`` statements."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.whole.frames import Closure, Frame
from gconv_lint.frontends.whole.values import MISSING, Unknown, Value, held

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter

#: Whether a value fits a pattern, whose names it binds.
Test = Callable[[Frame, Value], bool]


class _Undecided(Exception):
    """Whether a pattern fits is not known."""

    def __init__(self, unknown: Unknown) -> None:
        super().__init__()
        self.unknown = unknown


def statement(interp: Interpreter, node: Any) -> Closure:
    """The function that runs the block of the first case that fits."""
    compile_, block = interp.expressions.compile, interp.statements.block
    subject = compile_(node.subject)
    cases = [
        (_test(interp, case.pattern), compile_(case.guard) if case.guard is not None else None, block(case.body))
        for case in node.cases
    ]

    def run(f: Frame) -> Any:
        value = subject(f)
        try:
            for fits, guard, body in cases:
                if fits(f, value) and (guard is None or _decided(interp, guard(f))):
                    return body(f)
        except _Undecided as undecided:
            made = interp.undecided(undecided.unknown, node)
            interp.statements.forget(f, node.cases)
            return (made,) if any(isinstance(part, ast.Return) for part in ast.walk(node)) else None
        return None

    return run


def _decided(interp: Interpreter, answer: Value) -> bool:
    if isinstance(answer, Unknown):
        raise _Undecided(answer)
    return interp.truth(answer)


def _test(interp: Interpreter, node: Any) -> Test:
    kind = type(node).__name__
    return _MAKERS[kind](interp, node)


def _value(interp: Interpreter, node: Any) -> Test:
    wanted = interp.expressions.compile(node.value)
    return lambda f, value: _decided(interp, interp.operators.compare("eq", value, wanted(f)))


def _singleton(interp: Interpreter, node: Any) -> Test:
    return lambda f, value: _decided(interp, interp.operators.compare("is", value, node.value))


def _as(interp: Interpreter, node: Any) -> Test:
    inner = _test(interp, node.pattern) if node.pattern is not None else None

    def fits(f: Frame, value: Value) -> bool:
        if inner is not None and not inner(f, value):
            return False
        if node.name is not None:
            f.vars[node.name] = value
        return True

    return fits


def _or(interp: Interpreter, node: Any) -> Test:
    parts = [_test(interp, p) for p in node.patterns]
    return lambda f, value: any(part(f, value) for part in parts)


def _sequence(interp: Interpreter, node: Any) -> Test:
    star = next((i for i, p in enumerate(node.patterns) if type(p).__name__ == "MatchStar"), None)
    parts: list[Any] = [(p.name if i == star else _test(interp, p)) for i, p in enumerate(node.patterns)]

    def fits(f: Frame, value: Value) -> bool:
        items = _known(held(value))
        if not isinstance(items, (list, tuple, range)):
            return False
        if len(items) != len(parts) if star is None else len(items) < len(parts) - 1:
            return False
        if star is None:
            return all(part(f, item) for part, item in zip(parts, items, strict=True))
        behind = len(parts) - star - 1
        if parts[star] is not None:
            f.vars[parts[star]] = list(items[star : len(items) - behind])
        rest = [*items[:star], *items[len(items) - behind :]]
        return all(part(f, item) for part, item in zip([*parts[:star], *parts[star + 1 :]], rest, strict=True))

    return fits


def _mapping(interp: Interpreter, node: Any) -> Test:
    rows = [(interp.expressions.compile(k), _test(interp, p)) for k, p in zip(node.keys, node.patterns)]

    def fits(f: Frame, value: Value) -> bool:
        items = _known(held(value))
        if not isinstance(items, dict):
            return False
        keys = [interp.key(key(f)) for key, _ in rows]
        if any(key not in items for key in keys):
            return False
        if node.rest is not None:
            f.vars[node.rest] = {key: item for key, item in items.items() if key not in keys}
        return all(part(f, items[key]) for key, (_, part) in zip(keys, rows))

    return fits


def _class(interp: Interpreter, node: Any) -> Test:
    cls = interp.expressions.compile(node.cls)
    parts = [_test(interp, p) for p in node.patterns]
    named = [(name, _test(interp, p)) for name, p in zip(node.kwd_attrs, node.kwd_patterns)]

    def fits(f: Frame, value: Value) -> bool:
        kind = cls(f)
        if not _decided(interp, interp.builtins["isinstance"].run(interp, value, kind)):
            return False
        names: Any = interp.builtins["getattr"].run(interp, kind, "__match_args__", ()) if parts else ()
        names = names if isinstance(names, tuple) else ()
        if len(parts) == 1 and not names:  # `int(n)`
            return parts[0](f, value)
        rows = [*zip(names, parts), *named]
        found = [(interp.attributes.find(value, name), part) for name, part in rows]
        return len(names) >= len(parts) and all(item is not MISSING and part(f, item) for item, part in found)

    return fits


def _known(value: Value) -> Value:
    if isinstance(value, Unknown):
        raise _Undecided(value)
    return value


_MAKERS: dict[str, Callable[[Interpreter, Any], Test]] = {
    "MatchValue": _value,
    "MatchSingleton": _singleton,
    "MatchAs": _as,
    "MatchOr": _or,
    "MatchSequence": _sequence,
    "MatchMapping": _mapping,
    "MatchClass": _class,
}
