"""Puts what was found in the text of a notebook where the user sees it: in a cell, by the lines of this cell."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from gconv_lint.frontends.source.notebooks import ENDING, Cells
from gconv_lint.model.findings import Finding
from gconv_lint.model.places import Place
from gconv_lint.model.report import Problem, Report


def notebook_cells(report: Report) -> Report:
    """The report with places in notebooks as places in cells; the text of each cell is a source of its own."""
    places = [f.place for f in report.findings] + [r.place for f in report.findings for r in f.related]
    silenced = [each.finding.place for each in report.silenced]
    about = {*(place.path for place in (*places, *silenced)), *(problem.path for problem in report.problems)}
    paths = {path for path in about if path.endswith(ENDING) and path in report.sources}
    if not paths:
        return report
    books = {path: Cells(report.sources[path]) for path in paths}
    cells = {f"{path}:cell {cell}": text for path, book in books.items() for cell, text in book.texts()}

    def moved(place: Place) -> Place:
        return books[place.path].place(place) if place.path in books else place

    return report._replace(
        findings=tuple(_finding(finding, moved) for finding in report.findings),
        silenced=tuple(each._replace(finding=_finding(each.finding, moved)) for each in report.silenced),
        problems=tuple(_problem(problem, books) for problem in report.problems),
        sources=_Both(cells, report.sources),
    )


class _Both(Mapping[str, str]):
    """The texts of cells, and of files, which are read when somebody asks."""

    def __init__(self, cells: Mapping[str, str], files: Mapping[str, str]) -> None:
        self._cells, self._files = cells, files

    def __getitem__(self, name: str) -> str:
        return self._cells[name] if name in self._cells else self._files[name]

    def __contains__(self, name: object) -> bool:
        return name in self._cells or name in self._files

    def __iter__(self) -> Iterator[str]:
        yield from self._cells
        yield from self._files

    def __len__(self) -> int:
        return len(self._cells) + len(self._files)


def _finding(finding: Finding, moved: Callable[[Place], Place]) -> Finding:
    related = tuple(each._replace(place=moved(each.place)) for each in finding.related)
    return finding._replace(place=moved(finding.place), related=related)


def _problem(problem: Problem, books: Mapping[str, Cells]) -> Problem:
    if problem.path not in books or problem.line is None:
        return problem
    cell, line = books[problem.path].position(problem.line)
    return problem._replace(path=f"{problem.path}:cell {cell}" if cell else problem.path, line=line)
