"""Runs the examples that rule files hold: each is linted as users lint, and has to report exactly what it says."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from gconv_lint.config import Config
from gconv_lint.lint import Linter
from gconv_lint.request import nobody, requested
from gconv_lint.rulebook import Rule
from gconv_lint.rulebook.document import Example, RuleDocument
from gconv_lint.rulebook.examples import Outcome, broken_promise, cases


class Result(NamedTuple):
    """One example of a rule; ``complaint`` is empty where it keeps its promise."""

    kind: str
    example: Example
    complaint: str


def results(document: RuleDocument, rules: Sequence[Rule]) -> Iterator[Result]:
    """Every example of a rule, linted with the default rules among ``rules`` and this one."""
    for kind, example in cases(document):
        if not example.model:  # models are run with torch
            yield Result(kind, example, complaint(document.rule.info.code, kind, example, rules))


def complaint(code: str, kind: str, example: Example, rules: Sequence[Rule]) -> str:
    """How an example fails to give exactly what it says, empty when it holds."""
    return broken_promise(code, kind, example, partial(_lint, rules))


def _lint(rules: Sequence[Rule], files: Mapping[str, str], code: str, options: Mapping[str, Any]) -> Outcome:
    active = frozenset(rule.info.code for rule in rules if rule.info.default or rule.info.code == code)
    settings = Config(active=active, options={code: options}, rules=tuple(rules))
    with tempfile.TemporaryDirectory(prefix="gconv-lint-") as folder:
        for name, text in files.items():
            path = os.path.join(folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as stream:
                stream.write(text)
        report = Linter(requested(settings)).whole([os.path.join(folder, name) for name in files], None, nobody)
    found = ((os.path.relpath(f.place.path, folder), f.place.line, f.rule.code) for f in report.findings)
    problems = "; ".join(problem.message for problem in report.problems)
    return Outcome(spots=frozenset(found), undecided=report.counts.undecided.get(code, 0), problems=problems)
