"""Floor 6: a report as text for people or as data for programs; each reporter is one ``render``."""

from __future__ import annotations

from importlib import import_module

from gconv_lint.model.report import Report

#: Formats for people, whose reporters take more than the report.
TEXT = ("full", "concise", "grouped")


def render(report: Report, output_format: str, *, colour: bool = False, quiet: bool = False) -> str:
    """The report in one of the formats of ``gconv_lint.settings.FORMATS``; only its own reporter is loaded.

    ``quiet`` leaves out of formats for people what is not a finding.
    """
    if output_format in ("full", "concise"):
        from gconv_lint.reporters import text

        return text.render(report, quote=output_format == "full", colour=colour, quiet=quiet)
    if output_format == "grouped":
        from gconv_lint.reporters import grouped

        return grouped.render(report, colour=colour, quiet=quiet)
    reporter = import_module(f"gconv_lint.reporters.{output_format.replace('-', '_')}")
    text_of: str = reporter.render(report)
    return text_of
