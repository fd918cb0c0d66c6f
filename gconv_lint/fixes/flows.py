"""What a value may be made of: every expression that reaches it through names, loops, parameters and attributes."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gconv_lint.fixes.origins import Origins
from gconv_lint.fixes.spots import Spot, assignments, names_of
from gconv_lint.frontends.source.constructs.imports import dotted

#: Calls whose result is made of the values that they are given; what other calls give is theirs.
_PASSING = frozenset(("tuple", "list", "zip", "enumerate", "reversed", "sorted", "sum", "max", "min", "abs"))
MAX_PARTS = 500


def parts(origins: Origins, spot: Spot) -> Iterator[Spot]:
    """The outermost expressions that a value may be made of, its own first; names are followed, not given."""
    queue, seen = [spot], set[ast.expr]()
    while queue and len(seen) < MAX_PARTS:
        here = queue.pop(0)
        if here.node in seen:
            continue
        seen.add(here.node)
        if isinstance(here.node, (ast.Name, ast.Attribute)):
            queue += _behind(origins, here)
        elif isinstance(here.node, ast.BinOp):
            yield here
            queue += [here._replace(node=each) for each in (here.node.left, here.node.right)]
        else:
            queue += [here._replace(node=each) for each in _inside(here.node)]


def _inside(node: ast.expr) -> list[ast.expr]:
    """The expressions whose values the value of ``node`` holds."""
    if isinstance(node, ast.Call):
        return node.args if dotted(node.func) in _PASSING else []
    if isinstance(node, (ast.Subscript, ast.Starred, ast.NamedExpr)):
        return [node.value]
    if isinstance(node, ast.IfExp):
        return [node.body, node.orelse]
    if isinstance(node, (ast.ListComp, ast.GeneratorExp)):
        return [node.elt]
    return [each for each in ast.iter_child_nodes(node) if isinstance(each, ast.expr)]


def _behind(origins: Origins, spot: Spot) -> list[Spot]:
    """All that a name may stand for where it is read."""
    node, function = spot.node, spot.document.function_of(spot.node)
    if isinstance(node, ast.Attribute):
        stored = origins.attribute(spot, node)
        return [stored] if stored is not None else []
    assert isinstance(node, ast.Name)
    found = [spot._replace(node=value) for value in _bound(function or spot.document.tree, node.id)]
    if function is not None:
        passed = origins.parameter(spot, function, node.id) if node.id in names_of(function) else None
        found += [passed] if passed is not None else []
    return found


def _bound(scope: ast.AST, name: str) -> Iterator[ast.expr]:
    """What is assigned to a name, and what it runs over in loops and comprehensions."""
    for target, value in assignments(scope):
        if isinstance(target, ast.Name) and target.id == name and value is not target:
            yield value
    for node in ast.walk(scope):
        if isinstance(node, (ast.For, ast.AsyncFor, ast.comprehension)) and name in _names(node.target):
            yield node.iter
        elif isinstance(node, ast.AugAssign) and name in _names(node.target):
            yield node.value


def _names(target: ast.expr) -> set[str]:
    return {each.id for each in ast.walk(target) if isinstance(each, ast.Name)}
