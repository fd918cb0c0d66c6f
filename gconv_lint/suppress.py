"""Silences findings that a comment on their lines waves through: ``# noqa: GC101``, ``# gconv-lint: ignore[name]``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from gconv_lint.model.findings import Finding, RuleInfo

_NOQA = re.compile(r"#\s*noqa\b(?P<colon>\s*:\s*(?P<codes>[A-Z]+[0-9]+(?:[\s,]+[A-Z]+[0-9]+)*)?)?", re.IGNORECASE)
_IGNORE = re.compile(r"#\s*gconv-lint:\s*ignore\b(?P<bracket>\s*\[(?P<words>[^\]]*)\])?")
_SEPARATORS = re.compile(r"[\s,]+")


def apply(findings: Sequence[Finding], sources: Mapping[str, str]) -> tuple[tuple[Finding, ...], int]:
    """The findings that no comment silences, and how many were silenced."""
    by_path: dict[str, list[Finding]] = {}
    for finding in findings:
        by_path.setdefault(finding.place.path, []).append(finding)
    comments = {path: _comments(sources.get(path, ""), group) for path, group in by_path.items()}
    kept = tuple(f for f in findings if not _silenced(f, comments[f.place.path]))
    return kept, len(findings) - len(kept)


def _silenced(finding: Finding, comments: Mapping[int, str]) -> bool:
    place = finding.place
    return any(place.covers(line) and waves(text, finding.rule) for line, text in comments.items())


def waves(comment: str, rule: RuleInfo) -> bool:
    """Whether the text of one comment silences ``rule``; a list that names only other rules does not."""
    for match in _NOQA.finditer(comment):
        if not match["colon"] or rule.code in _SEPARATORS.split((match["codes"] or "").upper()):
            return True
    for match in _IGNORE.finditer(comment):
        if not match["bracket"] or {rule.code, rule.name} & set(_SEPARATORS.split(match["words"])):
            return True
    return False


def _comments(text: str, findings: Iterable[Finding]) -> dict[int, str]:
    """Comments by line, of the lines that findings cover and that could hold a word for us."""
    if "noqa" not in text.lower() and "gconv-lint:" not in text:
        return {}
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    wanted = {
        line
        for finding in findings
        for line in range(finding.place.line, min(finding.place.end_line, len(lines)) + 1)
        if _NOQA.search(lines[line - 1]) or _IGNORE.search(lines[line - 1])
    }
    return _real_comments(lines, wanted) if wanted else {}


def _real_comments(lines: Sequence[str], wanted: set[int]) -> dict[int, str]:
    """The comments on the ``wanted`` lines by Python's own tokens: a ``# noqa`` inside a string is none."""
    import tokenize

    found: dict[int, str] = {}
    last = max(wanted)
    feed = iter(f"{line}\n" for line in lines)
    try:
        for token in tokenize.generate_tokens(lambda: next(feed, "")):
            if token.start[0] > last:
                break
            if token.type == tokenize.COMMENT and token.start[0] in wanted:
                found[token.start[0]] = token.string
    except (tokenize.TokenError, SyntaxError):
        # What parsed but does not tokenize ends early: what was read until there counts.
        return found
    return found
