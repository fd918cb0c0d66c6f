"""Findings below the name of their file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import groupby

from gconv_lint.model.findings import Finding
from gconv_lint.model.report import Report
from gconv_lint.reporters.excerpt import printable
from gconv_lint.reporters.text import BOLD, COLOURS, paint, summary


def render(report: Report, *, colour: bool = False, quiet: bool = False) -> str:
    """A block for each file, then the summary line unless ``quiet``."""
    groups = groupby(report.findings, lambda finding: finding.place.source)
    blocks = ["\n".join(_block(path, list(found), colour)) + "\n" for path, found in groups]
    return "".join(f"{part}\n" for part in (*blocks, *(() if quiet else (summary(report),))))


def _block(path: str, findings: Sequence[Finding], colour: bool) -> Iterator[str]:
    style = partial(paint, on=colour)
    yield f"{style(printable(path), BOLD)}:"
    positions = [f"{finding.place.line}:{finding.place.column}" for finding in findings]
    width = max(map(len, positions))
    for position, finding in zip(positions, findings, strict=True):
        code = style(finding.rule.code, COLOURS[finding.severity])
        yield f"  {position:{width}}  {code} {finding.rule.name}: {printable(finding.message)}"
