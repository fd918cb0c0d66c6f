"""Actions on tensors that are reshaped: copy where a view cannot be, swap the axes that were meant, drop a shuffle."""

from __future__ import annotations

import ast

from gconv_lint.fixes.cases import Case, Draft, dotted
from gconv_lint.fixes.documents import Document
from gconv_lint.fixes.rewriting import REPLACE
from gconv_lint.model.fixes import Applicability


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
    kept = _unshuffled(spot.document, spot.node)
    if kept is None:
        return None
    changes = [spot.document.change(spot.node, REPLACE, kept)]
    return Draft(changes, "Leave the shuffle out: it changes nothing", Applicability.SAFE)


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
