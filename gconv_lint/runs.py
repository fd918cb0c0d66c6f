"""A run over many files: cut into units, of which earlier runs may have left reports, and put together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from gconv_lint.frontends.source.units import Units
from gconv_lint.memory import Memory
from gconv_lint.model.findings import order
from gconv_lint.model.report import Counts, Report
from gconv_lint.request import Request, Watch
from gconv_lint.texts import Texts

if TYPE_CHECKING:
    from gconv_lint.cache import Cache


def run(names: Sequence[str], request: Request, watch: Watch, *, cache: Cache | None = None, jobs: int = 1) -> Report:
    """What the active rules find in some files."""
    units = Units(names, request.hears)
    memory = cache.open(names, request, units.add) if cache is not None else Memory(names, units.add)
    known = memory.whole()
    if known is not None:
        return known._replace(sources=Texts(names))
    scale = units.scale._replace(recorded=cache is not None)
    reports, waiting = [], []
    for unit in units.cut():
        key = memory.key(unit.names, scale)
        found = memory.load(key)
        if found is None:
            waiting.append((unit, key))
        else:
            reports.append(found)
    if waiting:
        from gconv_lint.work import Work  # with all of the evaluator

        # A record says what was in every file when it was looked at.
        idle = units.idle if cache is None else frozenset[str]()
        reports += Work(names, request, scale, memory, jobs, idle).done(waiting, watch)
    report = _together(reports, names)
    memory.store_whole(report)
    return report


def _together(reports: Sequence[Report], names: Sequence[str]) -> Report:
    """One report of those on all units."""
    position = {name: index for index, name in enumerate(names)}
    problems = [problem for report in reports for problem in report.problems]
    silenced = [each for report in reports for each in report.silenced]
    gaps = [gap for report in reports for gap in report.gaps]
    return Report(
        findings=tuple(sorted((f for report in reports for f in report.findings), key=order)),
        problems=tuple(sorted(dict.fromkeys(problems), key=lambda problem: position.get(problem.path, len(names)))),
        counts=_sum([report.counts for report in reports]),
        gaps=tuple(sorted(gaps, key=lambda gap: position.get(gap.place.path, 0) if gap.place else 0)),
        sources=Texts(names),
        silenced=tuple(sorted(silenced, key=lambda each: order(each.finding))),
        grouped=tuple(dict.fromkeys(each for report in reports for each in report.grouped)),
    )


def _sum(counts: Sequence[Counts]) -> Counts:
    undecided: Counter[str] = Counter()
    gaps: Counter[str] = Counter()
    for each in counts:
        undecided.update(each.undecided)
        gaps.update(each.gaps)
    numbers = ("files", "parsed", "layers", "groups_reached", "groups_decided", "suppressed")
    return Counts(**{name: sum(getattr(c, name) for c in counts) for name in numbers}, undecided=undecided, gaps=gaps)
