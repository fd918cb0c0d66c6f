"""The findings on published packages beside what a person said of each, in the table of docs/verdicts.md."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import NamedTuple

from gconv_lint import api, rulebook
from gconv_lint.config import Flags, load
from gconv_lint.model.findings import Finding
from gconv_lint.model.report import Report

PAGE = Path(__file__).resolve().parent.parent / "docs" / "verdicts.md"
#: ``mistake``: the code is wrong; ``fair``: true and worth a look; ``wrong``: the finding should not be there.
WORDS = ("mistake", "fair", "wrong")
#: The tables of the page: what is said of packages, of models that are run, and of repositories.
SOURCE, MODELS, FIELD = "verdicts", "verdicts about models", "verdicts about repositories"


class Place(NamedTuple):
    """Where a rule reports: ``place`` is ``path:line`` from the folder that the package lies in."""

    package: str
    version: str
    rule: str
    place: str

    def row(self, verdict: str, why: str) -> str:
        """The line of the table about this place."""
        return f"| {self.package} | {self.version} | {self.rule} | `{self.place}` | {verdict} | {why} |"


def recorded(part: str = SOURCE) -> dict[Place, tuple[str, str]]:
    """The rows of a table: the verdict and the reason by place.

    Raises ``ValueError`` for a row that cannot be read, has another verdict or stands there twice.
    """
    rows: dict[Place, tuple[str, str]] = {}
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    for line in lines[lines.index(f"<!-- begin {part} -->") + 3 : lines.index(f"<!-- end {part} -->")]:
        package, version, rule, place, verdict, why = (cell.strip() for cell in line.strip("|").split(" | "))
        where = Place(package, version, rule, place.strip("`"))
        if where in rows or verdict not in WORDS:
            raise ValueError(f"{PAGE.name}: `{line}` stands there twice or has a verdict other than {', '.join(WORDS)}")
        rows[where] = (verdict, why)
    return rows


def reported(package: str, version: str, folder: Path) -> Counter[Place]:
    """What the rules that are on by default report below ``folder``, which holds the package."""
    report = api.check([str(folder)], load([str(folder)], rulebook.rules(), Flags(isolated=True)))
    if report.problems or not report.counts.parsed:
        raise RuntimeError(f"{package} could not be checked: {report.problems or 'there is nothing to parse'}")
    return places(package, version, folder, report)


def places(package: str, version: str, folder: Path, report: Report) -> Counter[Place]:
    """The places of findings, as one sees them from ``folder``."""
    root = folder.resolve()
    return Counter(Place(package, version, f.rule.code, _place(f, root)) for f in report.findings)


def _place(finding: Finding, root: Path) -> str:
    cell = "" if finding.place.cell is None else f":cell {finding.place.cell}"
    path = Path(finding.place.path).resolve().relative_to(root).as_posix()
    return f"{path}{cell}:{finding.place.line}"
