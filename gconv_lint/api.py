"""The whole pipeline in one page: paths or models -> analysis -> findings -> report."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from gconv_lint import files, rulebook
from gconv_lint.config import Config, Configs
from gconv_lint.model.findings import Finding
from gconv_lint.model.report import Counts, Problem, Report
from gconv_lint.notebook_report import notebook_cells
from gconv_lint.request import Settings, Watch, nobody, requested
from gconv_lint.selection import SettingError

if TYPE_CHECKING:
    from gconv_lint.cache import Cache
    from gconv_lint.frontends.fx.program import Program
    from gconv_lint.model.summary import Row, Summary
    from gconv_lint.model.targets import Limits, Target

#: What can look at models: a recorded run with torch, or an evaluation of their text without it.
ENGINES = ("fx", "source")
#: Files, the name and the bytes of standard input, and what cannot be read.
Found = tuple[list[str], tuple[str, bytes] | None, list[Problem]]
MISSING_TORCH = "models are run with torch, which is not installed here; `pip install 'gconv-lint[torch]'` installs it"


def files_of(
    paths: Sequence[str],
    settings: Settings,
    stdin: tuple[str, bytes] | None = None,
    unsaved: Mapping[str, bytes] | None = None,
) -> Found:
    """The files that a run over ``paths`` reads, standard input unless it is excluded, and what cannot be read.

    A path in ``unsaved`` need not be there.
    """
    forced = settings.main.force_exclude

    def excludes_any(path: str) -> bool:
        return forced and settings.of(path).excludes_any(path)

    if stdin is not None and excludes_any(os.path.realpath(stdin[0])):
        stdin = None
    choice = files.Choice(settings.excludes, excludes_any, settings.main.respect_gitignore)
    only_there = [path for path in paths if path in (unsaved or ()) and not os.path.exists(path)]
    found, unreadable = files.find([path for path in paths if path not in only_there], choice)
    return [*found, *(path for path in only_there if not excludes_any(os.path.realpath(path)))], stdin, unreadable


def check(
    paths: Sequence[str],
    settings: Settings | None = None,
    *,
    stdin: tuple[str, bytes] | None = None,
    unsaved: Mapping[str, bytes] | None = None,
    silence: bool = True,
    cache: Cache | None = None,
    jobs: int = 1,
    watch: Watch = nobody,
) -> Report:
    """Lint ``paths``, or the named text ``stdin``, and report what the active rules find.

    ``unsaved`` has the bytes of files, by path, that count in place of those on disk, or of none there.

    Without ``settings`` those of the nearest configuration files count. Raises ``SettingError`` when they cannot be
    used; what cannot be read or checked is a problem in the report. Comments silence nothing without ``silence``.
    ``cache`` remembers reports between runs, ``jobs`` processes share the work. ``watch`` is told the share of it that
    is done, 0 to 1.
    """
    settings = settings or Configs(paths, rulebook.rules())
    found = files_of(paths, settings, stdin, unsaved)
    return check_files(found, settings, unsaved=unsaved, silence=silence, cache=cache, jobs=jobs, watch=watch)


def check_files(
    found: Found,
    settings: Settings,
    *,
    unsaved: Mapping[str, bytes] | None = None,
    silence: bool = True,
    cache: Cache | None = None,
    jobs: int = 1,
    watch: Watch = nobody,
) -> Report:
    """Lint what ``files_of`` found, as ``check`` does."""
    names, stdin, unreadable = found
    request = requested(settings, silence=silence)
    if stdin is not None or unsaved:
        from gconv_lint.lint import Linter

        report = Linter(request).whole(names, stdin, watch, unsaved)
    else:
        from gconv_lint import runs

        report = runs.run(names, request, watch, cache=cache, jobs=jobs)
    offered = tuple(settings.of(finding.place.path).fixing.graded(finding) for finding in report.findings)
    report = report._replace(findings=offered, unsafe_fixes=settings.main.fixing.unsafe)
    return notebook_cells(report._replace(problems=(*unreadable, *report.problems)))


def with_roots(
    report: Report,
    found: Found,
    settings: Settings,
    *,
    silence: bool = True,
    cache: Cache | None = None,
    jobs: int = 1,
    watch: Watch = nobody,
) -> Report:
    """The report on files with what rules find in the whole models that these build; standard input builds none."""
    names, stdin, _ = found
    if stdin is not None:
        return report
    from gconv_lint import root_findings, roots

    request, budget = requested(settings, silence=silence), settings.main.roots_budget
    seen = roots.run(names, request, watch, budget=budget, cache=cache, jobs=jobs)
    return root_findings.merged(report, seen, [rule.info for rule in request.rules], silence=silence)


def models(
    targets: Sequence[Target],
    config: Config,
    limits: Limits,
    engine_name: str = ENGINES[0],
    search: Sequence[str] = (),
) -> list[Summary]:
    """Build and run models, each in a process of its own, and report what the active rules find in each.

    The engine ``source`` runs none of their code, and looks for imports in the folders of ``search`` too.
    Raises ``SettingError`` where torch is missing; what goes wrong in the user's code is a problem in the report.
    """
    if engine_name == "source":
        from gconv_lint.frontends.whole.program import analyse as evaluate

        found = evaluate(targets, limits, search)
    else:
        found = _recorded(targets, limits)
    return [_summary(target, engine_name, each, config) for target, each in zip(targets, found, strict=True)]


def _recorded(targets: Sequence[Target], limits: Limits) -> list[Program]:
    from gconv_lint.frontends.fx.process import MissingTorch
    from gconv_lint.frontends.fx.program import analyse as record

    try:
        return record(targets, limits)
    except MissingTorch:
        raise SettingError(MISSING_TORCH) from None


def _summary(target: Target, engine_name: str, found: Program, settings: Config) -> Summary:
    from gconv_lint import costs
    from gconv_lint.channels.connectivity import connectivity
    from gconv_lint.channels.receptive import receptive_field
    from gconv_lint.model.summary import Summary

    report = _model_report(found, settings)
    told = (found.problem,) if found.problem is not None and found.problem not in report.problems else ()
    rows, totals = costs.table([layer for graph in found.graphs for layer in graph.layers], found.owners or {})
    built = found.owners is not None
    report = report._replace(findings=tuple(_with_times(report.findings, rows, settings)))
    return Summary(
        target=target.name,
        engine=engine_name,
        report=report,
        rows=rows,
        totals=totals if built else None,
        connections=() if found.missed else tuple(c for graph in found.graphs for c in connectivity(graph)),
        notes=(*found.notes, *(problem.message for problem in told)),
        exceeded=tuple(costs.exceeded(target, totals)) if built else (),
        field=receptive_field(found.graphs[0], *target.watched) if target.watched and found.graphs else None,
        partial=bool(found.missed),
        stopped=found.problem is not None,
    )


def _with_times(findings: Sequence[Finding], rows: Sequence[Row], settings: Config) -> Iterator[Finding]:
    """The findings; where a device is configured, with estimated times in the prices of fixes for layers that ran."""
    named = settings.values.get("device")
    shapes = {row.place: row.shape for row in rows if row.shape is not None} if named else {}
    priced = [f for f in findings if f.fix is not None and f.fix.price is not None and f.place in shapes]
    if not named or not priced:
        yield from findings
        return
    from gconv_lint.fixes.prices import timed
    from gconv_lint.probe.gpu import device_of

    device = device_of(named)
    for finding in findings:
        fix, shape = finding.fix, shapes.get(finding.place)
        if fix is not None and fix.price is not None and shape is not None:
            finding = finding._replace(fix=fix._replace(price=timed(fix.price, shape, device)))
        yield finding


def _model_report(found: Program, settings: Config) -> Report:
    """What the active rules find; what ended the run is a problem unless a finding tells of it.

    A graph that is not whole is judged by no rule: what is missing could be what mixes.
    """
    from gconv_lint import engine, suppress
    from gconv_lint.lint import graded, with_fixes

    active = [rule for rule in settings.rules or rulebook.rules() if rule.info.code in settings.active]
    judged = found._replace(graphs=()) if found.missed else found
    outcome = engine.run(judged, active, settings.options, strict=settings.strict)
    infos = [rule.info for rule in settings.rules or rulebook.rules()]
    kept, silenced, _ = suppress.apply([graded(f, settings) for f in outcome.findings], found.sources, infos)
    problems = (found.problem,) if found.problem is not None and not _tells(kept, found) else ()
    offered = with_fixes(kept, {}, found.sources, found)
    return Report(
        findings=tuple(settings.fixing.graded(finding) for finding in offered),
        problems=(*problems, *outcome.skipped),
        counts=Counts(
            files=len(found.sources),
            layers=len(found.layers),
            suppressed=len(silenced),
            undecided=outcome.undecided,
            gaps=Counter(gap.reason for gap in found.gaps),
        ),
        gaps=found.gaps,
        sources=found.sources,
        silenced=silenced,
    )


def _tells(findings: Sequence[Finding], found: Program) -> bool:
    """Whether a finding says why torch refused to go on."""
    raising = {rule.info.code for rule in rulebook.rules() if rule.raises}
    return any(finding.place == found.refused and finding.rule.code in raising for finding in findings)
