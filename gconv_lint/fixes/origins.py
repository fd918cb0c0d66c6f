"""Where a value of a call is written: through names, attributes and parameters, up the calls that led there."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from gconv_lint.fixes import holders
from gconv_lint.fixes.documents import Documents
from gconv_lint.fixes.spots import Function, Spot, assignments, default, names_of, parameters, same, taker
from gconv_lint.frontends.source.constructs.imports import dotted
from gconv_lint.frontends.source.constructs.syntax import has_stars, integer

MAX_STEPS = 32


class Trail(NamedTuple):
    """The expressions from a value to where it is written, or to where that cannot be told any more.

    ``held`` are the names and keys under which a dictionary, a class or a file holds it for whoever asks.
    """

    spots: Sequence[Spot] = ()
    found: bool = False
    held: frozenset[str] = frozenset()


class Origins:
    """Follows expressions to where they are written; gives up where more than one place could be meant."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._holders = holders.Holders(self, documents)

    def of(
        self, spot: Spot | None, through: Callable[[str], object] = bool, known: Collection[object] | None = None
    ) -> Spot | None:
        """The expression that is no name any more; ``None`` where it cannot be told.

        Only names that ``through`` is true of are looked behind; see ``trail`` for what is ``known``.
        """
        trail = self.trail(spot, through, known)
        return trail.spots[-1] if trail.found else None

    def trail(
        self, spot: Spot | None, through: Callable[[str], object] = bool, known: Collection[object] | None = None
    ) -> Trail:
        """The way to where a value is written.

        With a collection of values that it is ``known`` to have, or an empty one, it leads into dictionaries, classes
        and other files as well, and to no number that is none of these.
        """
        spots: list[Spot] = []
        held: set[str] = set()
        while spot is not None and len(spots) < MAX_STEPS:
            spots.append(spot)
            if not _is_followed(spot.node, deep=known is not None):
                value = integer(spot.node)
                return Trail(spots, value is None or not known or value in known, frozenset(held))
            name = holders.word(spot.node)
            if name and not through(name):
                break
            before, spot = spot, self._step(spot)
            if spot is None and known is not None:
                spot = self._holders.step(before, known)
                held |= {name} if name and spot is not None else set()
        return Trail(spots, held=frozenset(held))

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
        """What the one ``**kwargs`` of a call holds under ``name``, or the ``partial`` that is called."""
        stars = [keyword.value for keyword in call.keywords if keyword.arg is None]
        if stars:
            return self._holders.item(spot, stars[0], name) if len(stars) == 1 else None
        made = self.of(spot._replace(node=call.func), known=()) if isinstance(call.func, ast.Name) else None
        if made is None or not isinstance(made.node, ast.Call) or not dotted(made.node.func).endswith("partial"):
            return None
        return next((made._replace(node=each.value) for each in made.node.keywords if each.arg == name), None)

    def _step(self, spot: Spot) -> Spot | None:
        """One step through a name or an attribute."""
        if isinstance(spot.node, ast.Attribute):
            return self.attribute(spot, spot.node)
        if not isinstance(spot.node, ast.Name):
            return None
        function = taker(spot.document, spot.node)
        if isinstance(function, ast.Lambda):
            return self.parameter(spot, function, spot.node.id)
        scope: ast.AST = function or spot.document.tree
        written = [value for target, value in assignments(scope) if same(target, spot.node)]
        if written:
            only = written[0] if len(written) == 1 else None
            return None if only is None or only is spot.node else spot._replace(node=only)
        if function is None or spot.node.id not in names_of(function):
            return self._global(spot, spot.node) if function is not None else None
        return self.parameter(spot, function, spot.node.id)

    def _global(self, spot: Spot, name: ast.Name) -> Spot | None:
        tree = spot.document.tree
        written = [value for target, value in assignments(tree) if same(target, name)]
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
        written = default(function, name)
        return None if written is None else spot._replace(node=written)

    def attribute(self, spot: Spot, node: ast.Attribute) -> Spot | None:
        """``self.x`` is what ``__init__`` of the class stores, if it does so once."""
        owner = spot.document.class_of(node)
        if owner is None or not (isinstance(node.value, ast.Name) and node.value.id == "self"):
            return None
        written = [(target, value) for target, value in assignments(owner) if same(target, node)]
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


def _is_followed(node: ast.expr, *, deep: bool) -> bool:
    """Whether an expression only names a value that is written elsewhere."""
    if isinstance(node, ast.Attribute):
        return deep or isinstance(node.value, ast.Name)
    return isinstance(node, ast.Name) or (deep and holders.is_access(node))
