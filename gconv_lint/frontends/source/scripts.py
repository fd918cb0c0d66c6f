"""Tells which statements of a module run as a script, and evaluates them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gconv_lint.frontends.source.bindings import DEFINITIONS, bindings, is_main_block
from gconv_lint.frontends.source.frames import Frame
from gconv_lint.frontends.source.statements import compile_statement
from gconv_lint.frontends.source.values import Instance, Module, Partial, Raised
from gconv_lint.frontends.source.walking import walk

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator

#: Statements at the top level of a file that may be part of a script.
_SCRIPT = (
    ast.Expr,
    ast.Assign,
    ast.AnnAssign,
    ast.AugAssign,
    ast.For,
    ast.While,
    ast.With,
    ast.If,
    ast.Try,
    ast.Assert,
    ast.Delete,
)
_CONSTANTS = (int, float, str, bool, type(None))


def steps(ev: Evaluator, module: Module) -> Iterator[ast.stmt]:
    """The statements that a module runs as a script, each once the ones before it have been evaluated."""
    tree = module.file.tree()
    body = tree.body if tree is not None else []
    rebound = _rebound(ev, body, module) if module.rebound else set()
    for statement in body:
        rebinds = rebound and _is_plain(statement) and not rebound.isdisjoint(bindings(statement))
        if rebinds or _is_script(ev, statement, module):
            yield statement


def _rebound(ev: Evaluator, body: list[ast.stmt], module: Module) -> set[str]:
    """The names that hold other values at other places of a script: what binds them runs with it, in order."""
    if not any(_is_script(ev, statement, module) for statement in body):
        return set()
    inside = {name for s in body for name in {*bindings(s, True)} - {*bindings(s)}}
    others = {name for s in body if not _is_plain(s) for name in bindings(s)} | inside
    # Only numbers and texts are the same again where they are stored again.
    return {name for name in module.rebound - others if type(module.vars.get(name)) in _CONSTANTS}


def _is_script(ev: Evaluator, statement: ast.stmt, module: Module) -> bool:
    if is_main_block(statement):
        return True
    if not _is_plain(statement):
        return False
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return False
    return ev.relevance.leads(statement, module) or _runs_module(ev, statement, module)


def _runs_module(ev: Evaluator, statement: ast.stmt, module: Module) -> bool:
    """Whether a statement speaks of an object that an earlier one made: ``model(x)``, ``model.flag = True``."""
    is_part = ev.edits.is_part
    if not any(isinstance(value, (Instance, Partial)) or is_part(value) for value in module.vars.values()):
        return False
    names = {n.id for n in walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    values = [module.vars.get(name) for name in names]
    return any(isinstance(value, Partial) for value in values) or bool(ev.edits.owners(values))


def run(ev: Evaluator, statement: ast.stmt, module: Module, frame: Frame) -> None:
    """Evaluate a statement of a script; what it binds stays bound."""
    frame.vars = module.vars
    ev.heap.enter_scope()  # The variables outlive the root, and with them its unknowns.
    body = statement.body if is_main_block(statement) and isinstance(statement, ast.If) else [statement]
    for step in body:
        try:
            compile_statement(ev, step)(frame)
        except Raised:
            continue


def _is_plain(statement: ast.stmt) -> bool:
    """Whether a statement may be part of a script, and defines nothing."""
    return isinstance(statement, _SCRIPT) and not any(
        isinstance(s, DEFINITIONS) for s in getattr(statement, "body", ())
    )
