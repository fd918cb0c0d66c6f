"""Silences findings that a comment waves through, and tells which of these comments silence nothing or are broken."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from gconv_lint import comments
from gconv_lint.comments import Comment
from gconv_lint.model.constructs import Construct
from gconv_lint.model.findings import Finding, RuleInfo
from gconv_lint.model.places import Place
from gconv_lint.model.report import Silenced

#: The kind of the constructs that comments become, for rules to judge.
KIND = "suppression"
#: The rule about comments that silence nothing.
UNUSED = "unused-suppression"


class Silencing(NamedTuple):
    """The findings that no comment silences, those that one does, and the comments by file."""

    kept: tuple[Finding, ...]
    silenced: tuple[Silenced, ...]
    found: Mapping[str, Sequence[Comment]]


class Judged(NamedTuple):
    """What is known of rules, for saying that a comment silences nothing.

    ``active`` has the codes that are on in a file, ``about_calls`` the rules whose verdict may depend on who calls a
    function, ``undecided`` the places where a rule could not say.
    """

    active: Mapping[str, frozenset[str]]
    default: frozenset[str]
    about_calls: frozenset[str]
    undecided: frozenset[tuple[str, Place]]


def apply(
    findings: Sequence[Finding], sources: Mapping[str, str], rules: Iterable[RuleInfo], *, by_name: bool = False
) -> Silencing:
    """Sort ``findings`` by whether a comment on any of their lines, or for their file, names their rule.

    ``sources`` has the texts by path; comments are read in all of them. Only comments that name rules count with
    ``by_name``: what is said of a comment that silences everything is not silenced by itself.
    """
    known = words_of(rules)
    by_path: dict[str, list[range]] = {path: [] for path in sources}
    for finding in findings:
        place = finding.place
        by_path.setdefault(place.path, []).append(range(place.line, place.end_line + 1))
    found = {path: comments.find(sources.get(path, ""), known, lines) for path, lines in by_path.items()}
    counting = {path: [c for c in group if c.words or not by_name] for path, group in found.items()}
    by_whom = [next(_silencing(finding, counting[finding.place.path]), None) for finding in findings]
    return Silencing(
        kept=tuple(f for f, by in zip(findings, by_whom, strict=True) if by is None),
        silenced=tuple(
            Silenced(f, "comment", by.text) for f, by in zip(findings, by_whom, strict=True) if by is not None
        ),
        found=found,
    )


def words_of(rules: Iterable[RuleInfo]) -> dict[str, str]:
    """The code of each rule by its code and by its name."""
    return {word: rule.code for rule in rules for word in (rule.code, rule.name)}


def _silencing(finding: Finding, found: Iterable[Comment]) -> Iterator[Comment]:
    place, rule = finding.place, finding.rule
    for comment in found:
        if comment.covers(place.line, place.end_line) and comment.names(rule.code, rule.name):
            yield comment


def constructs(
    silencing: Silencing, sources: Mapping[str, str], rules: Sequence[RuleInfo], judged: Judged
) -> Iterator[Construct]:
    """Each comment with what is wrong with it, as far as this run can say."""
    findings: dict[str, list[Finding]] = {}
    for silenced in silencing.silenced:
        findings.setdefault(silenced.finding.place.path, []).append(silenced.finding)
    known = words_of(rules)
    for path, found in silencing.found.items():
        file = _File(path, sources.get(path, ""), findings.get(path, []), judged)
        for comment in found:
            values = {"comment": comment.text, "fault": comment.fault, "unused": file.unused(comment, known)}
            end = comment.column + len(comment.text)
            place = Place(path, comment.line, comment.column, comment.line, end)
            yield Construct(kind=KIND, place=place, values=values)


class _File:
    """One file's comments against its silenced findings."""

    def __init__(self, path: str, text: str, silenced: Sequence[Finding], judged: Judged) -> None:
        self.path, self.text, self.silenced, self.judged = path, text, silenced, judged
        self.active = judged.active.get(path, frozenset())

    def unused(self, comment: Comment, known: Mapping[str, str]) -> str:
        """The words of a comment that silence nothing; nothing where that cannot be said."""
        covered = [f.rule for f in self.silenced if comment.covers(f.place.line, f.place.end_line)]
        if comment.fault:
            return ""
        if comment.words is None:
            idle = comment.own and not covered and self.judged.default <= self.active
            return "every rule" if idle and not self._depends(comment, self.active) else ""
        codes = {word: known.get(word.upper(), known.get(word, "")) for word in comment.words}
        used = {rule.code for rule in covered}
        idle_words = [word for word, code in codes.items() if code in self.active and code not in used]
        return ", ".join(f"`{word}`" for word in idle_words if not self._depends(comment, {codes[word]}))

    def _depends(self, comment: Comment, codes: Iterable[str]) -> bool:
        """Whether somebody outside of this run may make one of the rules speak up here."""
        codes = set(codes)
        if any(code in codes and self._is_at(comment, place) for code, place in self.judged.undecided):
            return True
        if not codes & self.judged.about_calls:
            return False
        return self._has_parameters(None if comment.whole_file else comment.line)

    def _is_at(self, comment: Comment, place: Place) -> bool:
        return place.path == self.path and comment.covers(place.line, place.end_line)

    def _has_parameters(self, line: int | None) -> bool:
        """Whether a line, or any, is in a function that callers give something to, or the text is no Python."""
        try:
            tree = ast.parse(self.text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return True
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
        return any(
            bool(_parameters(node.args)) and (line is None or node.lineno <= line <= (node.end_lineno or line))
            for node in ast.walk(tree)
            if isinstance(node, kinds)
        )


def _parameters(arguments: ast.arguments) -> list[str]:
    several = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    return [a.arg for a in several if a is not None and a.arg not in ("self", "cls")]
