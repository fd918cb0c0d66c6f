"""Finds the call that chose a layer's numbers: up the chain of calls while they come from parameters."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from gconv_lint.frontends.source.frames import Call
from gconv_lint.frontends.source.walking import walk
from gconv_lint.model.places import Related
from gconv_lint.model.signatures import SIGNATURES

_MAX_TEXT = 72


def responsible(node: ast.AST, function: str, call: Call, wanted: tuple[str, ...]) -> Call | None:
    """The call whose arguments decided ``wanted`` parameters of the layer call ``node``; ``None`` if its own do."""
    positions = SIGNATURES[function][0] if function in SIGNATURES else ()
    exprs = _passed(node, positions, wanted)
    current: Call | None = call
    while current is not None:
        current, needed = _deciding(current, exprs)
        if not needed or current.node is None or current.callee is None:
            return None if current is call else _below(call, current)
        exprs = _passed(current.node, _positional(current.callee.params), tuple(needed))
        parent = current.parent
        if parent is None or parent.node is None or parent.callee is None or not _deciding(parent, exprs)[1]:
            return current
        current = parent
    return None


def _deciding(call: Call, exprs: list[ast.expr]) -> tuple[Call, set[str]]:
    """The call whose parameters expressions in its callee depend on, and those parameters.

    A method reads what the constructor stored, so that the call that constructed the object may decide.
    """
    needed = _parameters(call.callee.node, exprs) if call.callee is not None else set()
    above = call.parent
    if needed or above is None or above.callee is None or above.node is None or above.callee.name != "__init__":
        return call, needed
    stored = _assignments(above.callee.node)
    values = [value for e in exprs for name in _reads(e) for value in stored.get(name, ())]
    return above, _parameters(above.callee.node, values)


def _below(start: Call, top: Call) -> Call:
    call = start
    while call.parent is not None and call.parent is not top:
        call = call.parent
    return call


def _positional(params: list[str]) -> tuple[str, ...]:
    return tuple(params[1:] if params[:1] in (["self"], ["cls"]) else params)


def _passed(node: ast.AST, positions: tuple[str, ...], wanted: tuple[str, ...]) -> list[ast.expr]:
    """The expressions that a call passes for the wanted parameters; starred arguments may hold any of them."""
    if not isinstance(node, ast.Call):
        return []
    found = [a for name, a in zip(positions, node.args) if name in wanted]
    found += [a.value for a in node.args if isinstance(a, ast.Starred)]
    return found + [k.value for k in node.keywords if k.arg is None or k.arg in wanted]


def _parameters(function: ast.AST, exprs: Iterable[ast.AST]) -> set[str]:
    """The parameters of ``function`` that expressions in it depend on, through its assignments in any order."""
    args = getattr(function, "args", None)
    if not isinstance(args, ast.arguments):
        return set()
    params = {
        a.arg for a in (*args.posonlyargs, *args.args, *args.kwonlyargs, args.vararg, args.kwarg) if a is not None
    }
    sources = _assignments(function)
    seen: set[str] = set()
    queue = [name for e in exprs for name in _reads(e)]
    while queue:
        name = queue.pop()
        if name not in seen:
            seen.add(name)
            queue.extend(n for value in sources.get(name, ()) for n in _reads(value))
    return seen & params - {"self", "cls"}


def _reads(node: ast.AST) -> list[str]:
    """Names and ``self.name`` attributes that an expression reads."""
    names = [n.id for n in walk(node) if isinstance(n, ast.Name)]
    return names + [
        f"self.{n.attr}" for n in walk(node) if isinstance(n, ast.Attribute) and getattr(n.value, "id", "") == "self"
    ]


def _assignments(function: ast.AST) -> dict[str, list[ast.AST]]:
    table: dict[str, list[ast.AST]] = {}
    for node in walk(function):
        if isinstance(node, (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.NamedExpr)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            value = node.value
        elif isinstance(node, (ast.For, ast.comprehension)):
            targets, value = [node.target], node.iter
        else:
            continue
        for target in targets:
            for part in walk(target):
                name = (
                    part.id
                    if isinstance(part, ast.Name)
                    else f"self.{part.attr}"
                    if isinstance(part, ast.Attribute)
                    else ""
                )
                if name and value is not None:
                    table.setdefault(name, []).append(value)
    return table


def describe(call: Call) -> Related | None:
    """A related place for a call."""
    if call.module is None or call.node is None:
        return None
    text = " ".join(call.module.file.segment(call.node).split())
    shown = text if len(text) <= _MAX_TEXT else text[: _MAX_TEXT - 3] + "..."
    return Related(message=f"the numbers come from `{shown}`", place=call.module.file.place(call.node))
