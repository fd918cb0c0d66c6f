"""Actions on tensors that are reshaped: copy where a view cannot be, swap the axes that were meant, drop a shuffle."""

from __future__ import annotations

import ast

from gconv_lint.fixes import layers
from gconv_lint.fixes.actions.arguments import change_to
from gconv_lint.fixes.cases import Case, Draft
from gconv_lint.fixes.documents import Document
from gconv_lint.fixes.rewriting import REPLACE
from gconv_lint.fixes.spots import Spot
from gconv_lint.frontends.source.constructs.imports import dotted
from gconv_lint.frontends.source.constructs.syntax import argument
from gconv_lint.model.fixes import Applicability, Change
from gconv_lint.model.places import Place


def reshape(case: Case) -> Draft | None:
    """Call ``reshape`` in place of the flagged ``view``, behind the calls ``before``."""
    spot = case.call
    if spot is None or not _is_method(spot.node, "view", "reshape"):
        return None
    return Draft([spot.document.change(spot.node, "call_method", "reshape", case.word("before"))])


def repair_shuffle(case: Case) -> Draft | None:
    """Transpose what a hand-written shuffle forgets to, or drop a shuffle that changes nothing."""
    spot = case.call
    if spot is None or not isinstance(spot.node, ast.Call):
        return None
    if _is_method(spot.node, "view", "reshape"):
        return Draft([spot.document.change(spot.node, "call_method", "reshape", ".transpose(1, 2)")])
    # The second of two shuffles undoes the first: both go, or neither.
    undone = [_call_at(case, related.place) for related in case.finding.related]
    changes = [_without(each) for each in (spot, *undone)]
    made = [change for change in changes if change is not None]
    if len(made) < len(changes) or not all(_is_beside(spot, each) for each in undone):
        return None
    safe = _groups(spot.node) == 1 or _is_closed(spot)
    applicability = Applicability.SAFE if safe else Applicability.UNSAFE
    return Draft(made, "Leave out the shuffle, which changes nothing", applicability)


def _groups(node: ast.expr) -> object:
    """The number of groups that a call of ``ChannelShuffle`` or ``channel_shuffle`` is given as a literal."""
    assert isinstance(node, ast.Call)
    place = 0 if dotted(node.func).endswith("ChannelShuffle") else 1
    given = argument(node, "groups", place)
    return given.value if isinstance(given, ast.Constant) else None


def _is_beside(spot: Spot, other: Spot | None) -> bool:
    """Whether two shuffles of literal groups are elements of one Sequential: elsewhere one may have other uses."""
    if other is None or other.document is not spot.document or None in (_groups(spot.node), _groups(other.node)):
        return False
    ours, theirs = (
        layers.element(each.document, each.node) for each in (spot, other) if isinstance(each.node, ast.Call)
    )
    return ours is not None and theirs is not None and ours.container is theirs.container


def _is_closed(spot: Spot) -> bool:
    """Whether a shuffle has the same channels wherever it is used: all numbers of its Sequential are literal."""
    inside = layers.element(spot.document, spot.node) if isinstance(spot.node, ast.Call) else None
    if inside is None:
        return False
    before = list(inside.before)
    given = [
        each
        for call in before
        if isinstance(call, ast.Call)
        for each in (*call.args, *(k.value for k in call.keywords))
    ]
    return all(isinstance(each, ast.Call) for each in before) and all(isinstance(each, ast.Constant) for each in given)


def regroup_shuffle(case: Case) -> Draft | None:
    """Give the shuffle that the finding names beside its place as many ``groups`` as are best."""
    for related in case.finding.related:
        spot = _call_at(case, related.place)
        name = dotted(spot.node.func).rpartition(".")[2] if spot and isinstance(spot.node, ast.Call) else ""
        if spot is not None and name in _SHUFFLES:
            change = change_to(case, spot, _SHUFFLES[name], "groups", case.word("groups"), alone=False)
            return Draft([change]) if change is not None else None
    return None


#: The parameters of torch's own shuffles.
_SHUFFLES = {"ChannelShuffle": ("groups",), "channel_shuffle": ("input", "groups")}


def _call_at(case: Case, place: Place) -> Spot | None:
    document = case.documents.get(place.path)
    call = document.call_at(place) if document is not None else None
    return None if document is None or call is None else Spot(document, call)


def _without(spot: Spot | None) -> Change | None:
    """The change that takes a shuffle away."""
    if spot is None or not isinstance(spot.node, ast.Call):
        return None
    kept = _unshuffled(spot.document, spot.node)
    return None if kept is None else spot.document.change(spot.node, REPLACE, kept)


def _unshuffled(document: Document, call: ast.Call) -> str | None:
    """What stands for the call without its shuffle: the identity layer keeps the numbers of the layers behind it."""
    head, _, name = dotted(call.func).rpartition(".")
    if name == "ChannelShuffle" and head:
        return f"{head}.Identity()"
    if name == "channel_shuffle" and call.args and not isinstance(call.args[0], ast.Starred):
        text = document.source(call.args[0])
        return text if isinstance(call.args[0], (ast.Name, ast.Attribute)) else f"({text})"
    return None


def _is_method(node: ast.expr, *names: str) -> bool:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    return node.func.attr in names and dotted(node.func.value) != "torch"
