"""The pages of the rules that a place in a text speaks of: by a comment that names them, or by what they found."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from gconv_lint import comments, rulebook
from gconv_lint.model.findings import Finding, RuleInfo
from gconv_lint.reporters.rule_page import markdown
from gconv_lint.rulebook.load import document_of
from gconv_lint.rulebook.schema import RuleError
from gconv_lint.suppress import words_of

_WORD = re.compile(r"[\w-]+")


def pages(text: str, lines: Sequence[str], at: tuple[int, int], findings: Sequence[Finding]) -> str:
    """The pages of the rules at a line and column, in Markdown; empty where there is none."""
    infos = {rule.info.code: rule.info for rule in rulebook.rules()}
    infos |= {finding.rule.code: finding.rule for finding in findings}
    found = list(_named(text, lines, at, infos.values())) or [f.rule for f in findings if encloses(f, at)]
    return "\n---\n\n".join(filter(None, map(_page, dict.fromkeys(found))))


def encloses(finding: Finding, at: tuple[int, int]) -> bool:
    """Whether a line and column lie in the place of a finding, or right behind it."""
    place = finding.place
    return (place.line, place.column) <= at <= (place.end_line, place.end_column)


def _named(text: str, lines: Sequence[str], at: tuple[int, int], infos: Iterable[RuleInfo]) -> Iterator[RuleInfo]:
    """The rule whose code or name stands at a line and column, in a comment that silences it."""
    line, column = at
    if not 0 < line <= len(lines):
        return
    by_code = {info.code: info for info in infos}
    known = words_of(by_code.values())
    word = next((m[0] for m in _WORD.finditer(lines[line - 1]) if m.start() < column <= m.end() + 1), "")
    code = known.get(word, known.get(word.upper(), ""))
    if code and any(each.line == line and _spans(each, column) for each in comments.find(text, known)):
        yield by_code[code]


def _spans(comment: comments.Comment, column: int) -> bool:
    return comment.column <= column <= comment.column + len(comment.text)


def _page(info: RuleInfo) -> str:
    try:
        return markdown(document_of(info))
    except RuleError:
        return ""  # a rule file that is being edited
