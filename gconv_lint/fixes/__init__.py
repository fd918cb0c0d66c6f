"""Floor 4: findings to changes of the source text, and from there to text edits, by LibCST."""

from __future__ import annotations

import math
from collections.abc import Container, Iterable, Mapping, Sequence

from gconv_lint.fixes.actions import ACTIONS
from gconv_lint.fixes.cases import Case, Draft, Unplaced
from gconv_lint.fixes.documents import Documents
from gconv_lint.fixes.prices import price
from gconv_lint.fixes.readers import Readers
from gconv_lint.model.findings import Finding
from gconv_lint.model.fixes import Applicability, Change, Fix
from gconv_lint.model.graph import LayerGraph
from gconv_lint.model.layers import Layer

__all__ = ["attach"]


def attach(
    findings: Iterable[Finding],
    unsaved: Mapping[str, bytes],
    linted: Container[str],
    layers: Iterable[Layer] = (),
    graphs: Sequence[LayerGraph] = (),
) -> tuple[Finding, ...]:
    """The findings, each with the fix that its rule's recipe gives in the files, or in what is not saved of them.

    A number that others of the ``layers`` read, and torch accepts there, is not changed for all of them.

    Only files under test are changed: a fix that would change another one is none. Plans, which hold on to all that the
    evaluator knows, are done with.

    Nothing is rewritten yet: ``gconv_lint.fixes.rewriting`` makes text of a fix.
    """
    documents = Documents(unsaved)
    files = (documents, Readers(layers, documents), graphs)
    return tuple(f._replace(fix=_within(linted, _fix(f, *files)), plans=()) if f.plans else f for f in findings)


def _within(linted: Container[str], fix: Fix | None) -> Fix | None:
    return fix if fix is not None and all(path in linted for path in fix.paths) else None


def _fix(finding: Finding, documents: Documents, readers: Readers, graphs: Sequence[LayerGraph]) -> Fix | None:
    """What mends the finding for all the ways that lead to it; ``None`` where one of them cannot be mended."""
    cases = [Case(finding, plan, documents, readers, graphs) for plan in finding.plans]
    made = _all_of(cases)
    if not made:
        return None
    changes, common = _merged([change for fix in made for change in fix.changes])
    grades = {fix.applicability for fix in made}
    made[0] = made[0]._replace(applicability=next(grade for grade in _STRICTEST if grade in grades))
    if common is None:
        return made[0]._replace(changes=changes) if changes else None
    return _together(made[0], changes, common) if common > 1 else _apart(cases) or _dense(made[0], changes)


_STRICTEST = (Applicability.DISPLAY, Applicability.UNSAFE, Applicability.SAFE)


def _all_of(cases: Sequence[Case]) -> list[Fix]:
    """The fix of every case; none where one of them has none."""
    fixes = [_drafted(case) for case in cases]
    made = [fix for fix in fixes if fix is not None]
    return made if len(made) == len(fixes) else []


def _together(fix: Fix, changes: tuple[Change, ...], number: int) -> Fix:
    """One number for layers that are made in one place and would each be best off with another."""
    message = f"Use {number}, which divides the channels of all layers here"
    return fix._replace(message=message, changes=changes, price=None)


def _dense(fix: Fix, changes: tuple[Change, ...]) -> Fix:
    """The only number that suits layers with nothing in common leaves no groups: that is for the author to choose."""
    message = "Use 1, which leaves no groups: no other number divides the channels of all layers here"
    return fix._replace(message=message, changes=changes, price=None, applicability=Applicability.DISPLAY)


def _apart(cases: Sequence[Case]) -> Fix | None:
    """A number of its own for each way, passed where the ways part; ``None`` where they do not."""
    ways = [[(case.finding.place, *row) for row in case.plan.callers] for case in cases]
    others = [[way for rows in ways[:number] + ways[number + 1 :] for way in rows] for number in range(len(cases))]
    made = _all_of([case._replace(apart=apart) for case, apart in zip(cases, others, strict=True)])
    changes, common = _merged([change for fix in made for change in fix.changes])
    if not changes or common is not None:
        return None
    numbers = ", ".join(dict.fromkeys(case.word("value") for case in cases))
    return made[0]._replace(message=f"Pass each its own number of groups: {numbers}", changes=changes, price=None)


def _drafted(case: Case) -> Fix | None:
    recipe = case.plan.recipe
    try:
        draft = ACTIONS[recipe.action](case)
    except Unplaced:
        return None
    if draft is None:
        return None
    return Fix(
        message=draft.title or recipe.title,
        applicability=draft.applicability or recipe.applicability,
        changes=tuple(draft.changes),
        price=price(case.finding, case.plan, case.graphs, draft.inserts) if _is_priced(case, draft) else None,
    )


def _is_priced(case: Case, draft: Draft) -> bool:
    """Whether an action did what its recipe says, or says what else it inserted."""
    return bool(draft.inserts) or not draft.title or draft.title.startswith(case.plan.recipe.title)


def _merged(changes: list[Change]) -> tuple[tuple[Change, ...], int | None]:
    """Each change once; where ways ask for different numbers in one place, a divisor of them suits all, and is told."""
    chosen: dict[tuple[str, int, int, str], Change] = {}
    common = None
    for change in changes:
        key = (change.place.path, change.start, change.end, change.operation)
        other = chosen.setdefault(key, change)
        if other.arguments != change.arguments:
            numbers = [each.arguments[-1] for each in (other, change)]
            if not all(number.isdecimal() for number in numbers):
                return (), None
            common = math.gcd(*map(int, numbers))
            chosen[key] = change._replace(arguments=(*change.arguments[:-1], str(common)))
    return tuple(sorted(chosen.values())), common
