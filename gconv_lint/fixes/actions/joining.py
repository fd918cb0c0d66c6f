"""The action that joins the groups of stacked grouped convolutions: a shuffle, a dense convolution, or fewer groups."""

from __future__ import annotations

import ast
from itertools import product

from gconv_lint.fixes.actions.arguments import COUNTS
from gconv_lint.fixes.actions.insertions import attributes, inserted, is_shared
from gconv_lint.fixes.cases import Case, Draft
from gconv_lint.fixes.documents import Document
from gconv_lint.fixes.rewriting import REPLACE
from gconv_lint.fixes.spots import Spot
from gconv_lint.frontends.source.constructs.imports import dotted
from gconv_lint.frontends.source.constructs.syntax import integer
from gconv_lint.model.fixes import Change, overlap

DENSE = "Insert a dense 1x1 convolution in front of `{}`: no shuffle joins so many groups in so few layers"
FEWER = "Use groups={} in `{}`, which then sees all {} groups"
BEHIND = "Use groups={} in `{}`, which then sees all {} groups behind a channel shuffle"


def insert_shuffle(case: Case) -> Draft | None:
    """A channel shuffle in front of the flagged convolution.

    Where that cannot join as many groups, a dense 1x1 convolution; where there is no place for one, fewer groups.
    """
    if case.word("joins") == "True":
        return inserted(case)
    return inserted(case, DENSE.format(case.word("layer"))) or _with_fewer_groups(case)


def _with_fewer_groups(case: Case) -> Draft | None:
    """As many groups in the flagged convolution as hold a channel of each group that a shuffle puts in front of it."""
    number, spot = case.word("fewer"), _flagged(case)
    change = _regrouped(case, spot, number) if spot is not None and number != "0" else None
    if change is None:
        return None
    words = number, case.word("layer"), case.word("groups")
    if number == "1" or case.word("shuffled") == "True":
        return Draft([change], FEWER.format(*words), inserts="fewer")
    shuffle = inserted(case)
    if shuffle is None or any(overlap(*pair) for pair in product([change], shuffle.changes)):
        return None
    renamed = shuffle.title.removeprefix(case.plan.recipe.title)
    return Draft([change, *shuffle.changes], BEHIND.format(*words) + renamed, inserts="shuffle and fewer")


def _flagged(case: Case) -> Spot | None:
    """The flagged call, with the call of the function or class around it that makes this one convolution, if any."""
    spot = case.call
    if spot is None or not isinstance(spot.node, ast.Call):
        return None
    earlier, later = attributes(case, spot.document, spot.node)
    if earlier is None or later is None or later.made is spot.node:
        return None if is_shared(case, spot.document) else spot
    if dotted(later.made.func).rpartition(".")[2] not in _names_around(spot.document, spot.node):
        return None
    return spot._replace(callers=(later.document.place(*later.document.span(later.made)),))


def _names_around(document: Document, node: ast.expr) -> set[str]:
    """The names under which what makes a layer is called: its function, or its class."""
    around = document.function_of(node), document.class_of(node)
    return {each.name for each in around if each is not None}


def _regrouped(case: Case, spot: Spot, number: str) -> Change | None:
    """The number of groups changed where it is written, if no other layer reads it there."""
    passed = case.origins.argument(spot, case.positions, "groups")
    written = case.origins.of(passed, COUNTS.search)
    if written is None or integer(written.node) is None:
        return None
    own = (case.finding.place, *spot.callers)
    others = [way for way in case.sound(written) if way[: len(own)] != own]
    return None if others else written.document.change(written.node, REPLACE, number)
