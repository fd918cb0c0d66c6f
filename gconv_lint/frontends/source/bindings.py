"""What the statements of a module bind, need and may change, as far as their syntax tells."""

from __future__ import annotations

import ast
from typing import Any

from gconv_lint.frontends.source.walking import walk

#: Expressions that may give another name to the object of a name.
_HOLDERS = (ast.Name, ast.Tuple, ast.List, ast.Dict, ast.IfExp, ast.Attribute, ast.Subscript)
#: Methods that leave a table as it is.
_READING = frozenset({"get", "copy", "items", "keys", "values", "index", "count"})
_BLOCKS = (ast.If, ast.Try, ast.For, ast.AsyncFor, ast.While, ast.With, ast.ExceptHandler, ast.Match)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def is_main_block(statement: ast.stmt) -> bool:
    """Whether a statement is ``if __name__ == "__main__"``."""
    return isinstance(statement, ast.If) and any(
        isinstance(n, ast.Name) and n.id == "__name__" for n in walk(statement.test)
    )


def needs(statement: Any, names: set[str]) -> bool:
    """Whether what a statement works out as it is met speaks of any of some names."""
    if isinstance(statement, ast.ClassDef):
        parts: list[Any] = [*statement.bases, *statement.keywords, *statement.decorator_list]
        parts += [s for s in statement.body if isinstance(s, (ast.Assign, ast.AnnAssign))]
    elif isinstance(statement, _FUNCTIONS):
        parts = [*statement.args.defaults, *(d for d in statement.args.kw_defaults if d), *statement.decorator_list]
    else:
        parts = [statement.value] if statement.value is not None else []
    return any(isinstance(n, ast.Name) and n.id in names for part in parts for n in walk(part))


def bindings(statement: ast.stmt, walrus: bool = False) -> list[str]:
    """The names that a statement binds, blocks within blocks included; ``walrus`` where expressions may bind some."""
    found: list[str] = []
    if walrus and not isinstance(statement, DEFINITIONS):
        found += [n.target.id for n in walk(statement) if isinstance(n, ast.NamedExpr)]
    stack: list[ast.AST] = [statement]
    while stack:
        node = stack.pop()
        found += own_bindings(node)
        if isinstance(node, _BLOCKS):
            stack.extend(n for n in ast.iter_child_nodes(node) if isinstance(n, (ast.stmt, ast.ExceptHandler)))
        if isinstance(node, ast.Match):
            stack.extend(s for case in node.cases for s in case.body)
    return found


def own_bindings(statement: ast.AST) -> list[str]:
    if isinstance(statement, DEFINITIONS):
        return [statement.name]
    if isinstance(statement, ast.Assign):
        return [
            n.id for t in statement.targets for n in walk(t) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
        ]
    if isinstance(statement, (ast.AnnAssign, ast.AugAssign)) and isinstance(statement.target, ast.Name):
        return [statement.target.id] if statement.__class__ is ast.AugAssign or statement.value is not None else []
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        return [a.asname or a.name.split(".")[0] for a in statement.names]
    if isinstance(statement, (ast.For, ast.AsyncFor)):
        return [n.id for n in walk(statement.target) if isinstance(n, ast.Name)]
    if isinstance(statement, ast.With):
        targets = [i.optional_vars for i in statement.items if i.optional_vars is not None]
        return [n.id for target in targets for n in walk(target) if isinstance(n, ast.Name)]
    return []


def containers(body: list[ast.stmt]) -> list[str]:
    """The names of a module that may stand for lists and dicts."""
    return [
        t.id
        for s in body
        if isinstance(s, ast.Assign) and isinstance(s.value, (ast.List, ast.Dict, ast.Call, ast.ListComp, ast.DictComp))
        for t in s.targets
        if isinstance(t, ast.Name) and t.id not in ("__all__", "logger")
    ]


def changed_names(body: list[ast.stmt], elsewhere: set[str]) -> set[str]:
    """Names whose object a later top-level statement, or a function, may change in place, under whatever name."""
    changed = _mentioned_in_changes(body) | elsewhere
    aliases = [(s.targets, s.value) for s in body if isinstance(s, ast.Assign) and isinstance(s.value, _HOLDERS)]
    size = -1
    while changed and size != len(changed):
        size = len(changed)
        for targets, value in aliases:
            names = {n.id for node in (*targets, value) for n in walk(node) if isinstance(n, ast.Name)}
            if not names.isdisjoint(changed):
                changed |= names
    return changed


def _mentioned_in_changes(body: list[ast.stmt]) -> set[str]:
    changed: set[str] = set()
    flat = _flat_containers(body)
    functions = {s.name: s for s in body if isinstance(s, _FUNCTIONS)}
    for statement in body:
        if isinstance(statement, (*DEFINITIONS, ast.Import, ast.ImportFrom)) or (
            isinstance(statement, (ast.Assign, ast.AnnAssign)) and not _stores_inside(statement)
        ):
            continue
        read = _only_read(statement, functions) if flat else set()
        changed.update(n.id for n in walk(statement) if isinstance(n, ast.Name) and not (n in read and n.id in flat))
    return changed


def _flat_containers(body: list[ast.stmt]) -> set[str]:
    """The names of lists and dicts that hold constants only, so that who reads an item can change nothing."""
    found: set[str] = set()
    for s in body:
        if isinstance(s, ast.Assign) and len(s.targets) == 1 and isinstance(s.targets[0], ast.Name):
            made = s.value
            is_dict = isinstance(made, ast.Call) and isinstance(made.func, ast.Name) and made.func.id == "dict"
            parts = [k.value for k in made.keywords] if isinstance(made, ast.Call) and not made.args else [made]
            literal = is_dict or isinstance(made, (ast.Dict, ast.List))
            inside = [n for part in parts for n in walk(part) if n is not made]
            if literal and all(
                isinstance(n, (ast.Constant, ast.Tuple, ast.UnaryOp, ast.USub, ast.Load)) for n in inside
            ):
                found.add(s.targets[0].id)
    return found


def _only_read(statement: ast.AST, functions: dict[str, Any]) -> set[ast.AST]:
    """The names in a statement whose object is spread into a call, asked for one item or given to who does no more."""
    found: set[ast.AST] = set()
    for node in walk(statement):
        if (
            (isinstance(node, ast.keyword) and node.arg is None)
            or isinstance(node, ast.Starred)
            or (isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load))
        ):
            found.add(node.value)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _READING:
            found.add(node.func.value)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
            found.update(_read_arguments(node, functions.get(node.func.id)))
    return found


def _read_arguments(call: ast.Call, function: Any) -> list[ast.AST]:
    """The arguments whose parameters the function of the module that a call names does no more than read."""
    if function is None or function.decorator_list:
        return []
    read = _only_read(function, {})
    others = {n.id for n in walk(function) if isinstance(n, ast.Name) and n not in read}
    pairs = zip(call.args, (*function.args.posonlyargs, *function.args.args))
    return [given for given, parameter in pairs if parameter.arg not in others]


def _stores_inside(statement: Any) -> bool:
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    return any(not isinstance(t, ast.Name) for t in targets)
