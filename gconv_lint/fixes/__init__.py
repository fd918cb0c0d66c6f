"""Floor 4: findings to changes of the source text, and from there to text edits, by LibCST."""

from __future__ import annotations

import math
from collections.abc import Container, Iterable, Mapping

from gconv_lint.fixes.actions import ACTIONS
from gconv_lint.fixes.cases import Case, Unplaced
from gconv_lint.fixes.documents import Documents
from gconv_lint.fixes.prices import price
from gconv_lint.model.findings import Finding
from gconv_lint.model.fixes import Change, Fix

__all__ = ["attach"]


def attach(findings: Iterable[Finding], unsaved: Mapping[str, bytes], linted: Container[str]) -> tuple[Finding, ...]:
    """The findings, each with the fix that its rule's recipe gives in the files, or in what is not saved of them.

    Only files under test are changed: a fix that would change another one is none. Plans, which hold on to all that the
    evaluator knows, are done with.

    Nothing is rewritten yet: ``gconv_lint.fixes.rewriting`` makes text of a fix.
    """
    documents = Documents(unsaved)
    return tuple(f._replace(fix=_within(linted, _fix(f, documents)), plans=()) if f.plans else f for f in findings)


def _within(linted: Container[str], fix: Fix | None) -> Fix | None:
    return fix if fix is not None and all(change.place.path in linted for change in fix.changes) else None


def _fix(finding: Finding, documents: Documents) -> Fix | None:
    """What mends the finding for all the ways that lead to it; ``None`` where one of them cannot be mended."""
    fixes = [_drafted(Case(finding, plan, documents)) for plan in finding.plans]
    made = [fix for fix in fixes if fix is not None]
    if not made or None in fixes:
        return None
    changes = _merged([change for fix in made for change in fix.changes])
    return made[0]._replace(changes=changes) if changes else None


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
        price=price(case.finding, case.plan) if not draft.title else None,
    )


def _merged(changes: list[Change]) -> tuple[Change, ...]:
    """Each change once; where two ways ask for different numbers in one place, a divisor of both suits both."""
    chosen: dict[tuple[str, int, int, str], Change] = {}
    for change in changes:
        key = (change.place.path, change.start, change.end, change.operation)
        other = chosen.setdefault(key, change)
        if other.arguments != change.arguments:
            numbers = [each.arguments[-1] for each in (other, change)]
            if not all(number.isdecimal() for number in numbers):
                return ()
            divisor = math.gcd(*map(int, numbers))
            chosen[key] = change._replace(arguments=(*change.arguments[:-1], str(divisor)))
    return tuple(sorted(chosen.values()))
