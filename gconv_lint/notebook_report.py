"""Puts what was found in the text of a notebook where the user sees it: in a cell, by the lines of this cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from gconv_lint.model.findings import Finding
from gconv_lint.model.places import Place
from gconv_lint.model.report import Problem, Report

if TYPE_CHECKING:
    from gconv_lint.frontends.source.notebooks import Cells

ENDING = ".ipynb"


def notebook_cells(report: Report) -> Report:
    """The report with places in notebooks as places in cells; the text of each cell is a source of its own."""
    paths = {path for path in report.sources if path.endswith(ENDING)}
    if not paths:
        return report
    from gconv_lint.frontends.source.notebooks import Cells

    books = {path: Cells(report.sources[path]) for path in paths}
    cells = {f"{path}:cell {cell}": text for path, book in books.items() for cell, text in book.texts()}

    def moved(place: Place) -> Place:
        return books[place.path].place(place) if place.path in books else place

    return report._replace(
        findings=tuple(_finding(finding, moved) for finding in report.findings),
        problems=tuple(_problem(problem, books) for problem in report.problems),
        sources={**{path: report.sources[path] for path in report.sources}, **cells},
    )


def _finding(finding: Finding, moved: Callable[[Place], Place]) -> Finding:
    related = tuple(each._replace(place=moved(each.place)) for each in finding.related)
    return finding._replace(place=moved(finding.place), related=related)


def _problem(problem: Problem, books: Mapping[str, Cells]) -> Problem:
    if problem.path not in books or problem.line is None:
        return problem
    cell, line = books[problem.path].position(problem.line)
    return problem._replace(path=f"{problem.path}:cell {cell}" if cell else problem.path, line=line)
