"""A number that sound layers read as well: the flagged way passes one of its own, at a call that is its alone."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from gconv_lint.fixes.cases import Case, position_in
from gconv_lint.fixes.readers import Way, passes
from gconv_lint.fixes.rewriting import REPLACE
from gconv_lint.fixes.spots import Spot, names_of, parameters, taker
from gconv_lint.frontends.source.constructs.syntax import has_stars
from gconv_lint.model.fixes import Change


def passed(
    case: Case, spot: Spot, positions: Sequence[str], name: str, value: str, sound: Sequence[Way]
) -> Change | None:
    """The change of the outermost call on the way to ``spot`` that may pass ``value`` as the argument ``name``.

    ``None`` where a ``sound`` way leads through that call as well.
    """
    here: Spot | None = spot
    while here is not None:
        given = case.origins.argument(here, positions, name)
        above = None if given is None else _parameter(case, given)
        if above is None:
            return None if passes(sound, here) else _set(here, positions, name, value, given)
        here, positions, name = above
    return None


def _parameter(case: Case, given: Spot) -> tuple[Spot, Sequence[str], str] | None:
    """The call that passes the parameter that an expression is, with the parameters and that one's name."""
    node = given.node
    if isinstance(node, ast.Attribute):
        stored = case.origins.attribute(given, node)
        if stored is None:
            return None
        given, node = stored, stored.node
    function = taker(given.document, node) if isinstance(node, ast.Name) else None
    if not isinstance(node, ast.Name) or function is None or node.id not in names_of(function):
        return None
    above = case.origins.caller(given)
    return None if above is None else (above, parameters(function), node.id)


def _set(here: Spot, positions: Sequence[str], name: str, value: str, given: Spot | None) -> Change | None:
    if given is not None and here.node in given.document.around(given.node):
        return given.document.change(given.node, REPLACE, value)
    if not isinstance(here.node, ast.Call) or has_stars(here.node):
        return None
    return here.document.change(here.node, "set_argument", name, position_in(positions, name), value)
