"""Findings and problems as diagnostics of the protocol."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

from lsprotocol import types
from pygls import uris
from pygls.workspace import PositionCodec

from gconv_lint.lsp.positions import Positions
from gconv_lint.model.findings import Finding, Severity
from gconv_lint.model.places import Place, Related
from gconv_lint.model.report import Problem, Report
from gconv_lint.reporters.excerpt import split_lines

SOURCE = "gconv-lint"
_SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.INFO: types.DiagnosticSeverity.Information,
}
#: A comment that does nothing is shown faded.
_UNUSED = "GC900"


class Diagnostics:
    """Makes diagnostics of one report; related places are left to editors that show them."""

    def __init__(self, report: Report, codec: PositionCodec, *, related: bool) -> None:
        self._report = report
        self._codec = codec
        self._related = related
        self._positions: dict[str, Positions] = {}

    def positions(self, path: str) -> Positions:
        """The positions in a file of the report."""
        if path not in self._positions:
            self._positions[path] = Positions(split_lines(self._report.sources.get(path, "")), self._codec)
        return self._positions[path]

    def of(self, finding: Finding) -> types.Diagnostic:
        """A finding as a diagnostic."""
        url = finding.rule.url
        return types.Diagnostic(
            range=self.positions(finding.place.path).range(finding.place),
            message=f"{finding.message}\nhelp: {finding.help}" if finding.help else finding.message,
            severity=_SEVERITIES[finding.severity],
            code=finding.rule.code,
            code_description=types.CodeDescription(href=url) if url else None,
            source=SOURCE,
            tags=[types.DiagnosticTag.Unnecessary] if finding.rule.code == _UNUSED else None,
            related_information=[self._note(each) for each in finding.related] if self._related else None,
        )

    def _note(self, related: Related) -> types.DiagnosticRelatedInformation:
        return types.DiagnosticRelatedInformation(location=self._location(related.place), message=related.message)

    def _location(self, place: Place) -> types.Location:
        uri = uris.from_fs_path(os.path.abspath(place.path))
        return types.Location(uri=uri or "", range=self.positions(place.path).range(place))

    def of_problem(self, problem: Problem) -> types.Diagnostic:
        """What keeps a file from being read, where it is known to be."""
        at = self.positions(problem.path).position(problem.line or 1, problem.column or 1)
        return types.Diagnostic(
            range=types.Range(start=at, end=at),
            message=problem.message,
            severity=types.DiagnosticSeverity.Error,
            source=SOURCE,
        )

    def by_path(self) -> Mapping[str, list[types.Diagnostic]]:
        """All diagnostics of the report by the absolute path of their file."""
        found: dict[str, list[types.Diagnostic]] = {}
        for path, diagnostic in self._all():
            found.setdefault(os.path.abspath(path), []).append(diagnostic)
        return found

    def _all(self) -> Iterator[tuple[str, types.Diagnostic]]:
        for finding in self._report.findings:
            yield finding.place.path, self.of(finding)
        for problem in self._report.problems:
            yield problem.path, self.of_problem(problem)
