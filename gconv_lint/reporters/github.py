"""Workflow commands that GitHub shows as annotations of a pull request."""

from __future__ import annotations

from gconv_lint.model.findings import Finding, Severity
from gconv_lint.model.report import Report

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def render(report: Report) -> str:
    """A line for each finding."""
    return "".join(map(_line, report.findings))


def _line(finding: Finding) -> str:
    place, rule = finding.place, finding.rule
    properties = {
        "title": f"gconv-lint ({rule.code})",
        "file": place.path,
        "line": place.line,
        "col": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }
    listed = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    text = f"{place.source}:{place.line}:{place.column}: {rule.code} {rule.name}: {finding.message}"
    return f"::{_COMMANDS[finding.severity]} {listed}::{_data(text)}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
