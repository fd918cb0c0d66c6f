"""Actions on tensors that are reshaped: copy where a view cannot be, swap the axes that were meant, drop a shuffle."""

from __future__ import annotations

import ast

from gconv_lint.fixes.actions.arguments import change_to
from gconv_lint.fixes.cases import Case, Draft, dotted
from gconv_lint.fixes.documents import Document
from gconv_lint.fixes.origins import Spot
from gconv_lint.fixes.rewriting import REPLACE
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
    if len(made) < len(changes):
        return None
    return Draft(made, "Leave out the shuffle, which changes nothing", Applicability.SAFE)


def regroup_shuffle(case: Case) -> Draft | None:
    """Give the shuffle that the finding names beside its place as many ``groups`` as are best."""
    for related in case.finding.related:
        spot = _call_at(case, related.place)
        name = dotted(spot.node.func).rpartition(".")[2] if spot and isinstance(spot.node, ast.Call) else ""
        if spot is not None and name in _SHUFFLES:
            change = change_to(case, spot, _SHUFFLES[name], "groups", case.word("groups"))
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
        return document.source(call.args[0])
    return None


def _is_method(node: ast.expr, *names: str) -> bool:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    return node.func.attr in names and dotted(node.func.value) != "torch"
