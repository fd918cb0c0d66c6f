"""Floor 6: a report as text for people or as data for programs; each reporter is one ``render``."""

from __future__ import annotations

from gconv_lint.model.report import Report


def render(report: Report, output_format: str, *, colour: bool = False) -> str:
    """The report in one of the formats ``full``, ``concise`` and ``json``."""
    if output_format == "json":
        from gconv_lint.reporters import json

        return json.render(report)
    from gconv_lint.reporters import text

    return text.render(report, quote=output_format == "full", colour=colour)
