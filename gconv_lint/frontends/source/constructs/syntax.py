"""Small questions about syntax nodes that several detectors ask."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from gconv_lint.frontends.source.constructs.imports import ImportedNames, dotted
from gconv_lint.frontends.source.walking import walk

_STATES = frozenset({"load_state_dict", "copy_", "state_dict", "_parameters"})


def argument(call: ast.Call, name: str, index: int) -> ast.expr | None:
    """The argument given by keyword ``name`` or at position ``index``; ``None`` when absent or hidden by a star."""
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    before = call.args[: index + 1]
    if len(before) <= index or any(isinstance(a, ast.Starred) for a in before):
        return None
    return before[index]


def has_stars(call: ast.Call) -> bool:
    """Whether ``*args`` or ``**kwargs`` may add arguments."""
    return any(isinstance(a, ast.Starred) for a in call.args) or any(k.arg is None for k in call.keywords)


def integer(node: ast.AST | None) -> int | None:
    """The value of an integer literal with or without a minus sign."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = integer(node.operand) if isinstance(node.operand, ast.Constant) else None
        return None if value is None else -value
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return node.value
    return None


def nodes(roots: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Every node below ``roots``, roots included."""
    for root in roots:
        yield from walk(root)


def calls(roots: Iterable[ast.AST]) -> Iterator[ast.Call]:
    """Every call below ``roots``."""
    return (node for node in nodes(roots) if isinstance(node, ast.Call))


def mentions(roots: Iterable[ast.AST], name: str) -> bool:
    """Whether ``name`` is read as a variable or as an attribute anywhere below ``roots``."""
    return any(
        (isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Store))
        or (isinstance(node, ast.Attribute) and node.attr == name)
        for node in nodes(roots)
    )


def parameters(function: ast.FunctionDef) -> list[ast.arg]:
    """The named parameters of a function in the order they are written."""
    arguments = function.args
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]


def default(arguments: ast.arguments, parameter: ast.arg) -> ast.expr | None:
    """The default of a parameter."""
    positional = [*arguments.posonlyargs, *arguments.args]
    with_default = positional[len(positional) - len(arguments.defaults) :]
    pairs = [*zip(with_default, arguments.defaults), *zip(arguments.kwonlyargs, arguments.kw_defaults)]
    return next((value for candidate, value in pairs if candidate is parameter), None)


def is_none(node: ast.AST | None) -> bool:
    """Whether a node is the literal ``None``."""
    return isinstance(node, ast.Constant) and node.value is None


def made_by(value: ast.expr | None) -> ast.expr | None:
    """What is called first in ``nn.Conv2d(...).to(device).eval()``; ``None`` for anything but calls."""
    function = value.func if isinstance(value, ast.Call) else None
    while isinstance(function, ast.Attribute) and isinstance(function.value, ast.Call):
        function = function.value.func
    return function


def names_weight(node: ast.AST) -> bool:
    """Whether a node reads or writes weights: an attribute, a text that may name one, or a state that holds them."""
    if isinstance(node, ast.Attribute):
        return node.attr in _STATES or node.attr.startswith("weight")
    text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
    return text.rpartition(".")[2].startswith("weight")


def tested_classes(node: ast.AST, names: ImportedNames) -> Iterator[tuple[str, list[str]]]:
    """``x`` and the full names of ``A`` and ``B`` in ``isinstance(x, (A, B))``."""
    if isinstance(node, ast.Call) and dotted(node.func) == "isinstance" and len(node.args) == 2:
        classes = node.args[1].elts if isinstance(node.args[1], ast.Tuple) else [node.args[1]]
        yield dotted(node.args[0]), [names.resolve(each) for each in classes]


def on_self(node: ast.AST | None) -> str:
    """``x`` of ``self.x``, else ``""``."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self":
        return node.attr
    return ""


def stored_on_self(roots: Iterable[ast.AST]) -> Iterator[tuple[str, ast.expr]]:
    """``x, value`` of every ``self.x = value`` below ``roots``."""
    for node in nodes(roots):
        if isinstance(node, ast.Assign):
            yield from ((name, node.value) for target in node.targets if (name := on_self(target)))
        elif isinstance(node, ast.AnnAssign) and node.value is not None and (name := on_self(node.target)):
            yield name, node.value
