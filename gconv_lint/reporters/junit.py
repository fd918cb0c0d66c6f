"""JUnit XML, which most build servers read: a test suite for each file, a failed test for each finding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from gconv_lint.model.findings import Finding
from gconv_lint.model.report import Problem, Report
from gconv_lint.reporters.excerpt import printable


def render(report: Report) -> str:
    """The document; a run without findings is one test that passed, a problem is an error."""
    suites = [
        *(_suite(path, list(found)) for path, found in groupby(report.findings, lambda f: f.place.source)),
        *map(_problem, report.problems),
    ]
    failures, errors = len(report.findings), len(report.problems)
    if not suites:
        suites = [
            _element("testsuite", ['    <testcase name="No findings" classname="gconv-lint"/>'], name="gconv-lint")
        ]
    head = f'<testsuites name="gconv-lint" tests="{max(1, failures + errors)}" failures="{failures}" errors="{errors}">'
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', head, *suites, "</testsuites>"]) + "\n"


def _suite(path: str, findings: Sequence[Finding]) -> str:
    number = str(len(findings))
    cases = [line for finding in findings for line in _case(finding)]
    return _element("testsuite", cases, name=path, tests=number, failures=number, errors="0", package="gconv-lint")


def _case(finding: Finding) -> Iterator[str]:
    place, rule = finding.place, finding.rule
    names = f"name={_quoted(rule.code)} classname={_quoted(place.source.removesuffix('.py'))}"
    yield f'    <testcase {names} line="{place.line}" column="{place.column}">'
    text = f"line {place.line}, col {place.column}, {rule.name}: {finding.message}"
    body = "\n".join([text, *([f"help: {finding.help}"] if finding.help else [])])
    kind = f"message={_quoted(finding.message)} type={_quoted(finding.severity.value)}"
    yield f"      <failure {kind}>{_text(body)}</failure>"
    yield "    </testcase>"


def _problem(problem: Problem) -> str:
    case = [
        f"    <testcase name={_quoted('problem')} classname={_quoted(problem.path or 'gconv-lint')}>",
        f"      <error message={_quoted(problem.message)}/>",
        "    </testcase>",
    ]
    return _element("testsuite", case, name=problem.path or "gconv-lint", tests="1", failures="0", errors="1")


def _element(tag: str, lines: Sequence[str], **attributes: str) -> str:
    given = "".join(f" {name}={_quoted(value)}" for name, value in attributes.items())
    return "\n".join([f"  <{tag}{given}>", *lines, f"  </{tag}>"])


def _quoted(text: str) -> str:
    return quoteattr(_clean(text))


def _text(text: str) -> str:
    return escape(_clean(text))


def _clean(text: str) -> str:
    """XML can hold no control characters but those of white space, however they are escaped."""
    return "".join(c if c.isprintable() or c in "\n\t" else printable(c) for c in text)
