"""Whether a group count of 0 was rounded down to it, by the expressions that it came from."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Any

from gconv_lint.frontends.fx.calls import Chain
from gconv_lint.frontends.source.words import last_word
from gconv_lint.model.signatures import SIGNATURES

_ROUNDING = frozenset(("int", "round", "min", "floor"))


def rounded_down(found: Chain, function: str) -> bool:
    """Whether ``//``, ``int()``, ``round()`` or ``min()`` stands in what the ``groups`` of a call were made of."""
    wanted, node, call = "groups", found.site.node, found.call
    params: Sequence[str] = SIGNATURES[function][0] if function in SIGNATURES else ()
    while True:
        callee: Any = call.callee
        parts = list(_parts(_passed(node, params, wanted), callee.node if callee is not None else None))
        if any(map(_rounds, parts)):
            return True
        names = {n.id for part in parts for n in ast.walk(part) if isinstance(n, ast.Name)}
        if callee is None or not isinstance(call.node, ast.Call) or call.parent is None:
            return False
        own = [name for name in callee.params if name != "self"]
        wanted = next((name for name in own if name in names), "")
        if not wanted:
            return False
        node, params, call = call.node, own, call.parent


def _passed(node: ast.Call, params: Sequence[str], wanted: str) -> Iterator[ast.expr]:
    yield from (value for name, value in zip(params, node.args, strict=False) if name == wanted)
    yield from (keyword.value for keyword in node.keywords if keyword.arg == wanted)


def _parts(expressions: Iterator[ast.expr], function: Any) -> Iterator[ast.expr]:
    """The expressions, and those that the names in them are assigned in the function."""
    queue, seen = list(expressions), set[str]()
    while queue:
        expression = queue.pop()
        yield expression
        for name in {n.id for n in ast.walk(expression) if isinstance(n, ast.Name)} - seen:
            seen.add(name)
            queue.extend(_assigned(function, name))


def _assigned(function: Any, name: str) -> Iterator[ast.expr]:
    for node in ast.walk(function) if function is not None else ():
        targets = node.targets if isinstance(node, ast.Assign) else ()
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            yield node.value  # type: ignore[attr-defined]


def _rounds(expression: ast.expr) -> bool:
    return any(
        (isinstance(n, ast.BinOp) and isinstance(n.op, ast.FloorDiv))
        or (isinstance(n, ast.Call) and last_word(n) in _ROUNDING)
        for n in ast.walk(expression)
    )
