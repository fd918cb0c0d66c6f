"""Findings as one JSON object a line, for programs that read a stream."""

from __future__ import annotations

import json

from gconv_lint.model.report import Report
from gconv_lint.reporters.json import as_data


def render(report: Report) -> str:
    """The objects of the JSON format, in the report's order."""
    return "".join(f"{json.dumps(as_data(finding))}\n" for finding in report.findings)
