"""GitLab's code quality report: https://docs.gitlab.com/ci/testing/code_quality/."""

from __future__ import annotations

import json
import os
from collections import Counter
from typing import Any

from gconv_lint.model.findings import Finding, Severity
from gconv_lint.model.report import Report

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}


def render(report: Report) -> str:
    """An array with one object for each finding; GitLab wants fingerprints that differ."""
    seen: Counter[str] = Counter()
    return json.dumps([_item(finding, seen) for finding in report.findings], indent=2) + "\n"


def _item(finding: Finding, seen: Counter[str]) -> dict[str, Any]:
    place = finding.place
    again = seen[finding.fingerprint]
    seen[finding.fingerprint] += 1
    return {
        "description": f"{finding.rule.code} {finding.rule.name}: {finding.message}",
        "check_name": finding.rule.code,
        "fingerprint": f"{finding.fingerprint}-{again}" if again else finding.fingerprint,
        "severity": _SEVERITIES[finding.severity],
        "location": {
            "path": _in_project(place.path),
            "positions": {
                "begin": {"line": place.line, "column": place.column},
                "end": {"line": place.end_line, "column": place.end_column},
            },
        },
    }


def _in_project(path: str) -> str:
    """Relative to the project's folder, which GitLab names to its jobs."""
    root = os.environ.get("CI_PROJECT_DIR")
    relative = os.path.relpath(path, root) if root else path
    return relative.replace(os.sep, "/")
