"""The action on shuffles that do not divide: the groups of the convolution before, else the nearest divisor."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gconv_lint.facts.derived import divisors_beside
from gconv_lint.fixes import layers
from gconv_lint.fixes.actions.arguments import change_to
from gconv_lint.fixes.cases import Case, Draft
from gconv_lint.fixes.documents import Document
from gconv_lint.fixes.rewriting import REPLACE
from gconv_lint.fixes.spots import Spot, assignments
from gconv_lint.frontends.source.constructs.imports import dotted
from gconv_lint.model.fixes import Change

#: What a hand-written shuffle splits its channels into: ``x.view(batch, groups, ...)``.
_VIEW = ("batch", "groups")


def fit_shuffle(case: Case) -> Draft | None:
    """Give a shuffle the groups of the convolution before it, or else the nearest divisor of its ``channels``.

    One group, and one channel in each, would shuffle nothing.
    """
    channels, given = int(case.word("channels")), int(case.word("groups"))
    ways = list(case.ways())
    before = {groups for spot in ways if (groups := _before(case, spot, channels)) is not None}
    found = next(iter(before)) if len(before) == 1 else _nearest(given, channels)
    if found is None:
        return None
    changes = [each for spot in ways for each in _changes(case, spot, given, found)]
    made = tuple(dict.fromkeys(change for change in changes if change is not None))
    source = "as the convolution before it has" if found in before else f"the nearest number that divides {channels}"
    return Draft(made, f"Use groups={found}, {source}") if made and None not in changes else None


def _changes(case: Case, spot: Spot, given: int, found: int) -> list[Change | None]:
    """The number of a shuffle changed where it is written; a view may hold it twice."""
    assert isinstance(spot.node, ast.Call)
    if dotted(spot.node.func).rpartition(".")[2] not in ("view", "reshape"):
        return [change_to(case, spot, case.positions, "groups", str(found))]
    here = [each for each in ast.walk(spot.node) if isinstance(each, ast.Constant) and each.value == given]
    if here:
        return [spot.document.change(each, REPLACE, str(found)) for each in here]
    return [change_to(case, spot, _VIEW, "groups", str(found))]


def _nearest(given: int, channels: int) -> int | None:
    """The divisor nearest to a number, of those that shuffle anything."""
    below, above = divisors_beside(given, channels)
    useful = [each for each in (*below[-1:], *above[:1]) if 1 < each < channels]
    return min(useful, key=lambda each: abs(each - given), default=None)


def _before(case: Case, spot: Spot, channels: int) -> int | None:
    """The groups of the nearest grouped convolution in front of a shuffle, where they divide its channels."""
    for document, call in _calls_before(case, spot):
        values = case.readers.values(document.place(*document.span(call)), "groups")
        groups = next(iter(values)) if len(values) == 1 else None
        if type(groups) is int and 1 < groups < channels and channels % groups == 0:
            return groups
    return None


def _calls_before(case: Case, spot: Spot) -> Iterator[tuple[Document, ast.Call]]:
    """The calls that make what runs before a shuffle, nearest first: in its sequence, or in the class that runs it."""
    here: Spot | None = spot
    while here is not None:
        document, call = here.document, here.node
        inside = layers.element(document, call) if isinstance(call, ast.Call) else None
        if inside is not None:
            yield from ((document, each) for each in inside.before if isinstance(each, ast.Call))
            return
        owner = document.class_of(call)
        if owner is not None:
            yield from ((document, each) for each in _in_class(document, owner, call))
            return
        here = case.origins.caller(here)


def _in_class(document: Document, owner: ast.ClassDef, call: ast.expr) -> Iterator[ast.Call]:
    """What a class stores and calls before one of its calls; before it is stored, where it is a layer itself."""
    made = {dotted(target): value for target, value in assignments(owner)}
    end = document.span(call)[1]
    before = [node for node in ast.walk(owner) if isinstance(node, ast.Call) and document.span(node)[1] <= end]
    for node in sorted(before, key=document.span, reverse=True):
        stored = made.get(dotted(node.func))
        if node is not call and node in made.values():
            yield node
        elif isinstance(stored, ast.Call) and dotted(node.func).startswith("self."):
            yield stored
