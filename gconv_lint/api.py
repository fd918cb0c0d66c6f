"""The whole pipeline in one page: paths or models -> analysis -> findings -> report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from gconv_lint import engine, files, rulebook, suppress
from gconv_lint.config import Config, load
from gconv_lint.facts import OF_ANY_BLOCK
from gconv_lint.frontends.source import Analysis, analyse
from gconv_lint.model.findings import Finding
from gconv_lint.model.report import Counts, Report
from gconv_lint.selection import SettingError

if TYPE_CHECKING:
    from gconv_lint.frontends.fx.program import Program
    from gconv_lint.model.summary import Summary
    from gconv_lint.model.targets import Limits, Target

#: What can look at real models: a recorded run with torch.
ENGINES = ("fx",)
MISSING_TORCH = "models are run with torch, which is not installed here; `pip install 'gconv-lint[torch]'` installs it"


def check(paths: Sequence[str], config: Config | None = None, *, stdin: tuple[str, bytes] | None = None) -> Report:
    """Lint ``paths``, or the named text ``stdin``, and report what the active rules find.

    Without a ``config`` the settings are those of the nearest pyproject.toml. Raises ``SettingError`` when they
    cannot be used; what cannot be read or checked is a problem in the report.
    """
    rules = rulebook.rules()
    settings = config or load(paths, rules)
    found, unreadable = files.find(paths, settings.excludes)
    if stdin is not None and settings.excludes(stdin[0]):
        stdin = None
    active = [rule for rule in rules if rule.info.code in settings.active]
    thorough = any(not OF_ANY_BLOCK.isdisjoint(rule.match) for rule in active)
    analysis = analyse(found, stdin=stdin, thorough=thorough)
    findings, undecided, skipped = engine.run(analysis, active, settings.options, strict=settings.strict)
    kept, suppressed = suppress.apply([_graded(finding, settings) for finding in findings], analysis.sources)
    return Report(
        findings=kept,
        problems=(*unreadable, *analysis.problems, *skipped),
        counts=_counts(analysis, undecided, suppressed),
        gaps=analysis.gaps,
        sources=analysis.sources,
    )


def _graded(finding: Finding, settings: Config) -> Finding:
    severity = settings.severities.get(finding.rule.code)
    return finding._replace(severity=severity) if severity else finding


def _counts(analysis: Analysis, undecided: Mapping[str, int], suppressed: int) -> Counts:
    return Counts(
        files=analysis.files,
        parsed=analysis.parsed,
        layers=len(analysis.layers),
        groups_reached=analysis.groups_reached,
        groups_decided=analysis.groups_decided,
        suppressed=suppressed,
        undecided=undecided,
        gaps=Counter(gap.reason for gap in analysis.gaps),
    )


def models(targets: Sequence[Target], config: Config, limits: Limits, engine_name: str = ENGINES[0]) -> list[Summary]:
    """Build and run models, each in a process of its own, and report what the active rules find in each.

    Raises ``SettingError`` where torch is missing; what goes wrong in the user's code is a problem in the report.
    """
    from gconv_lint.frontends.fx.process import MissingTorch
    from gconv_lint.frontends.fx.program import analyse as record

    try:
        found = record(targets, limits)
    except MissingTorch:
        raise SettingError(MISSING_TORCH) from None
    return [_summary(target, engine_name, each, config) for target, each in zip(targets, found, strict=True)]


def _summary(target: Target, engine_name: str, found: Program, settings: Config) -> Summary:
    from gconv_lint import costs
    from gconv_lint.channels.connectivity import connectivity
    from gconv_lint.model.summary import Summary

    report = _model_report(found, settings)
    told = (found.problem,) if found.problem is not None and found.problem not in report.problems else ()
    rows, totals = costs.table([layer for graph in found.graphs for layer in graph.layers], found.owners or {})
    built = found.owners is not None
    return Summary(
        target=target.name,
        engine=engine_name,
        report=report,
        rows=rows,
        totals=totals if built else None,
        connections=tuple(connection for graph in found.graphs for connection in connectivity(graph)),
        notes=(*found.notes, *(problem.message for problem in told)),
        exceeded=tuple(costs.exceeded(target, totals)) if built else (),
    )


def _model_report(found: Program, settings: Config) -> Report:
    """What the active rules find; what ended the run is a problem unless a finding tells of it."""
    active = [rule for rule in rulebook.rules() if rule.info.code in settings.active]
    findings, undecided, skipped = engine.run(found, active, settings.options, strict=settings.strict)
    kept, suppressed = suppress.apply([_graded(finding, settings) for finding in findings], found.sources)
    problems = (found.problem,) if found.problem is not None and not _tells(kept, found) else ()
    return Report(
        findings=kept,
        problems=(*problems, *skipped),
        counts=Counts(
            files=len(found.sources),
            layers=len(found.layers),
            suppressed=suppressed,
            undecided=undecided,
            gaps=Counter(gap.reason for gap in found.gaps),
        ),
        gaps=found.gaps,
        sources=found.sources,
    )


def _tells(findings: Sequence[Finding], found: Program) -> bool:
    """Whether a finding says why torch refused to go on."""
    raising = {rule.info.code for rule in rulebook.rules() if rule.raises}
    return any(finding.place == found.refused and finding.rule.code in raising for finding in findings)
