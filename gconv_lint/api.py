"""The whole pipeline in one page: paths -> analysis -> findings -> report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from gconv_lint import engine, files, rulebook, suppress
from gconv_lint.config import Config, load
from gconv_lint.frontends.source import Analysis, analyse
from gconv_lint.model.findings import Finding
from gconv_lint.model.report import Counts, Report


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
    analysis = analyse(found, stdin=stdin, thorough=any("conv_use" in rule.match for rule in active))
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
