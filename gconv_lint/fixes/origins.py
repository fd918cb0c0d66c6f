"""Where a value of a call is written: through names, attributes and parameters, up the calls that led there."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from gconv_lint.fixes.documents import Document, Documents
from gconv_lint.frontends.source.constructs.syntax import has_stars
from gconv_lint.model.places import Place

Function = ast.FunctionDef | ast.AsyncFunctionDef
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
MAX_STEPS = 32


class Spot(NamedTuple):
    """An expression of a file, and the calls that lead to it, innermost first."""

    document: Document
    node: ast.expr
    callers: Sequence[Place] = ()


class Origins:
    """Follows expressions to where they are written; gives up where more than one place could be meant."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def of(self, spot: Spot | None, through: Callable[[str], object] = bool) -> Spot | None:
        """The expression that is no name any more; ``None`` where it cannot be told.

        Only names that ``through`` is true of are looked behind.
        """
        for _ in range(MAX_STEPS):
            if spot is None or not _is_name(spot.node):
                return spot
            if not through(_last(spot.node)):
                return None
            spot = self._step(spot)
        return None

    def argument(self, spot: Spot, positions: Sequence[str], name: str) -> Spot | None:
        """What the call ``spot`` passes for a parameter; ``None`` where it does not say."""
        call = spot.node
        if not isinstance(call, ast.Call):
            return None
        for keyword in call.keywords:
            if keyword.arg == name:
                return spot._replace(node=keyword.value)
        plain = not any(isinstance(each, ast.Starred) for each in call.args)
        if plain and name in positions[: len(call.args)]:
            return spot._replace(node=call.args[positions.index(name)])
        return self._passed_on(spot, call, name)

    def _passed_on(self, spot: Spot, call: ast.Call, name: str) -> Spot | None:
        """What ``**kwargs`` of the function around the call holds under ``name``, if its caller says so."""
        function = spot.document.function_of(call)
        stars = [keyword.value for keyword in call.keywords if keyword.arg is None]
        if function is None or function.args.kwarg is None or len(stars) != 1:
            return None
        star = stars[0]
        if not isinstance(star, ast.Name) or star.id != function.args.kwarg.arg:
            return None
        above = self.caller(spot)
        return None if above is None else self.argument(above, parameters(function), name)

    def _step(self, spot: Spot) -> Spot | None:
        if isinstance(spot.node, ast.Attribute):
            return self.attribute(spot, spot.node)
        assert isinstance(spot.node, ast.Name)
        function = spot.document.function_of(spot.node)
        scope: ast.AST = function or spot.document.tree
        written = [value for target, value in assignments(scope) if _same(target, spot.node)]
        if written:
            only = written[0] if len(written) == 1 else None
            return None if only is None or only is spot.node else spot._replace(node=only)
        if function is None or spot.node.id not in names_of(function):
            return self._global(spot, spot.node) if function is not None else None
        return self.parameter(spot, function, spot.node.id)

    def _global(self, spot: Spot, name: ast.Name) -> Spot | None:
        tree = spot.document.tree
        written = [value for target, value in assignments(tree) if _same(target, name)]
        return Spot(spot.document, written[0]) if len(written) == 1 else None

    def parameter(self, spot: Spot, function: Function, name: str) -> Spot | None:
        """What the caller passes for a parameter, or its default."""
        above = self.caller(spot)
        if above is not None:
            passed = self.argument(above, parameters(function), name)
            if passed is not None:
                return passed
            if not isinstance(above.node, ast.Call) or has_stars(above.node):
                return None
        default = _default(function, name)
        return None if default is None else spot._replace(node=default)

    def attribute(self, spot: Spot, node: ast.Attribute) -> Spot | None:
        """``self.x`` is what ``__init__`` of the class stores, if it does so once."""
        owner = spot.document.class_of(node)
        if owner is None or not (isinstance(node.value, ast.Name) and node.value.id == "self"):
            return None
        written = [(target, value) for target, value in assignments(owner) if _same(target, node)]
        if len(written) != 1:
            return None
        target, value = written[0]
        setter = spot.document.function_of(target)
        if setter is None or setter.name != "__init__":
            return None
        return self._risen(spot, setter, value)

    def _risen(self, spot: Spot, setter: Function, value: ast.expr) -> Spot | None:
        """The value in ``setter``, with the calls that lead there rather than to the method that reads it."""
        callers = list(spot.callers)
        inside = spot.document.function_of(spot.node)
        while inside is not setter:
            if not callers:
                return Spot(spot.document, value)
            place = callers.pop(0)
            document = self._documents.get(place.path)
            call = document.call_at(place) if document is not None else None
            if document is None or call is None:
                return None
            inside = document.function_of(call) if document is spot.document else None
        return Spot(spot.document, value, callers)

    def caller(self, spot: Spot) -> Spot | None:
        """The call that leads to the function around a spot."""
        if not spot.callers:
            return None
        place, *rest = spot.callers
        document = self._documents.get(place.path)
        call = document.call_at(place) if document is not None else None
        return None if document is None or call is None else Spot(document, call, rest)


def assignments(scope: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Targets and values of what a function, class or module assigns; other functions' bodies are looked into
    only for classes, whose methods assign to ``self``. A target that is changed otherwise comes with itself.
    """
    for node in _own(scope):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                yield from _pairs(target, node.value)
        elif isinstance(node, (ast.AnnAssign, ast.NamedExpr)) and node.value is not None:
            yield node.target, node.value
        elif isinstance(node, ast.AugAssign):
            yield node.target, node.target
        elif isinstance(node, (ast.For, ast.AsyncFor, ast.comprehension)):
            yield from _unknown(node.target)
        elif isinstance(node, ast.withitem) and node.optional_vars is not None:
            yield from _unknown(node.optional_vars)


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[ast.expr, ast.expr]]:
    if not isinstance(target, (ast.Tuple, ast.List)):
        yield target, value
    elif isinstance(value, (ast.Tuple, ast.List)) and len(value.elts) == len(target.elts):
        for left, right in zip(target.elts, value.elts, strict=True):
            yield from _pairs(left, right)
    else:
        yield from _unknown(target)


def _unknown(target: ast.expr) -> Iterator[tuple[ast.expr, ast.expr]]:
    for part in ast.walk(target):
        if isinstance(part, (ast.Name, ast.Attribute)):
            yield part, part


def _own(scope: ast.AST) -> Iterator[ast.AST]:
    queue = list(ast.iter_child_nodes(scope))
    while queue:
        node = queue.pop()
        yield node
        if isinstance(scope, ast.ClassDef) or not isinstance(node, (*_FUNCTIONS, ast.ClassDef, ast.Lambda)):
            queue.extend(ast.iter_child_nodes(node))


def _is_name(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) or (isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name))


def _last(node: ast.expr) -> str:
    """The name itself, or the attribute."""
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _same(target: ast.expr, node: ast.expr) -> bool:
    if isinstance(target, ast.Name) and isinstance(node, ast.Name):
        return target.id == node.id
    if isinstance(target, ast.Attribute) and isinstance(node, ast.Attribute):
        return target.attr == node.attr and ast.dump(target.value) == ast.dump(node.value).replace("Store()", "Load()")
    return False


def parameters(function: Function) -> list[str]:
    """The positional parameters of a function without ``self``."""
    names = [each.arg for each in (*function.args.posonlyargs, *function.args.args)]
    return names[1:] if names[:1] in (["self"], ["cls"]) else names


def names_of(function: Function) -> set[str]:
    """All named parameters of a function."""
    return {each.arg for each in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)}


def _default(function: Function, name: str) -> ast.expr | None:
    arguments = function.args
    positional = [each.arg for each in (*arguments.posonlyargs, *arguments.args)]
    defaults: dict[str, ast.expr | None] = dict(
        zip(positional[len(positional) - len(arguments.defaults) :], arguments.defaults, strict=True)
    )
    defaults |= {each.arg: value for each, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)}
    return defaults.get(name)
