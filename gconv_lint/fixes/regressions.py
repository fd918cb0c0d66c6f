"""What a pass of fixes left as it was or made worse: findings are compared with those before it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from gconv_lint.fixes.documents import LINE_END
from gconv_lint.model.findings import Finding, Severity
from gconv_lint.model.fixes import Edit
from gconv_lint.model.places import Place


def stayed(applied: Sequence[Finding], found: Sequence[Finding], after: Sequence[Finding]) -> list[Finding]:
    """The findings that were to go and did not: as many say the same of the same file as before, or nearly."""
    left, mended = Counter(map(_words, after)), Counter(map(_words, applied))
    wanted = Counter(map(_words, found)) - mended
    return [finding for finding in applied if left[_words(finding)] > wanted[_words(finding)]]


def _words(finding: Finding) -> tuple[str, str, str]:
    return finding.place.path, finding.rule.code, finding.message


def new_errors(
    found: Sequence[Finding], after: Sequence[Finding], made: Mapping[str, Collection[Edit]]
) -> frozenset[str]:
    """The files where an error came up where there was none, or one rule finds another number wrong than before.

    Another rule's error in the same place is no new one: it was hidden behind the first. Nor is it where fewer are
    left than there were.
    """
    known, now = _by_place(found, made), _by_place(after, {})
    return frozenset(place[0] for place, here in now.items() if place not in known or _is_worse(here, known[place]))


def _is_worse(here: Mapping[str, set[str]], before: Mapping[str, set[str]]) -> bool:
    """Whether one rule says of a line what it did not say, and no less than it did."""
    both = ((messages, before[code]) for code, messages in here.items() if code in before)
    return any(messages - earlier and len(messages) >= len(earlier) for messages, earlier in both)


def _by_place(
    findings: Sequence[Finding], made: Mapping[str, Collection[Edit]]
) -> dict[tuple[str, int], dict[str, set[str]]]:
    """The messages of errors by line, where edits move it, and rule."""
    known: dict[tuple[str, int], dict[str, set[str]]] = {}
    for finding in findings:
        if finding.severity is Severity.ERROR:
            line = _moved(finding.place, made.get(finding.place.path, ()))
            known.setdefault((finding.place.path, line), {}).setdefault(finding.rule.code, set()).add(finding.message)
    return known


def _moved(place: Place, edits: Collection[Edit]) -> int:
    """The line of a place after edits."""
    before = [edit for edit in edits if (edit.place.line, edit.place.column) <= (place.line, place.column)]
    lines = (len(LINE_END.findall(edit.text)) - (edit.place.end_line - edit.place.line) for edit in before)
    return place.line + sum(lines)
