"""Files to a report: evaluation, rules by the settings of each file, comments that silence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Mapping, Sequence
from typing import NamedTuple, Protocol

from gconv_lint import engine, rulebook, suppress
from gconv_lint.comments import may_speak
from gconv_lint.config import Config
from gconv_lint.facts import OF_ANY_BLOCK
from gconv_lint.frontends.source import Analysis, analyse
from gconv_lint.model.constructs import Construct
from gconv_lint.model.findings import Finding
from gconv_lint.model.graph import LayerGraph
from gconv_lint.model.layers import Layer
from gconv_lint.model.places import Place
from gconv_lint.model.report import Counts, Problem, Report, Silenced
from gconv_lint.rulebook import Rule

Share = tuple[Config, frozenset[str]]


class Settings(Protocol):
    """The settings of a run as a whole, and those of each file in it."""

    @property
    def main(self) -> Config: ...

    def of(self, path: str) -> Config: ...

    def excludes(self, path: str) -> bool: ...


class _Comments(NamedTuple):
    """Comments as a program that rules judge."""

    constructs: Sequence[Construct]
    layers: Sequence[Layer] = ()
    graphs: Sequence[LayerGraph] = ()


def lint(
    names: Sequence[str],
    settings: Settings,
    *,
    stdin: tuple[str, bytes] | None = None,
    unsaved: Mapping[str, bytes] | None = None,
    silence: bool = True,
    watch: Callable[[float], None] = lambda _: None,
) -> Report:
    """What the active rules find in the files ``names``, or in the named text ``stdin``, as one program.

    Each finding comes with its fix. ``unsaved`` has the bytes of files that count in place of those on disk.
    """
    rules = settings.main.rules or rulebook.rules()
    shares = _shares([*([stdin[0]] if stdin is not None else []), *names], settings)
    wanted = [rule for rule in rules if any(rule.info.code in config.active for config, _ in shares)]
    thorough = any(not OF_ANY_BLOCK.isdisjoint(rule.match) for rule in wanted)
    hear = may_speak if silence else _deaf
    analysis = analyse(names, stdin=stdin, thorough=thorough, unsaved=unsaved, hear=hear, watch=watch)
    outcome = _judged(analysis, shares, rules)
    kept, silenced = _silenced(outcome, analysis, shares, rules) if silence else (outcome.findings, ())
    texts = {**(unsaved or {}), **dict([stdin] if stdin is not None else [])}
    return Report(
        findings=with_fixes(kept, texts, analysis.sources, settings),
        problems=(*analysis.problems, *outcome.skipped),
        counts=_counts(analysis, outcome.undecided, len(silenced)),
        gaps=analysis.gaps,
        sources={**analysis.heard, **analysis.sources} if analysis.heard else analysis.sources,
        silenced=silenced,
        unsafe_fixes=settings.main.fixing.unsafe,
    )


def with_fixes(
    findings: tuple[Finding, ...], texts: Mapping[str, bytes], linted: Container[str], settings: Settings
) -> tuple[Finding, ...]:
    """The findings with the fixes on offer; most runs have nothing to fix, and do without that code."""
    if not any(finding.plans for finding in findings):
        return findings
    from gconv_lint import fixes

    offered = fixes.attach(findings, texts, linted)
    return tuple(settings.of(finding.place.path).fixing.graded(finding) for finding in offered)


def _deaf(_: bytes) -> bool:
    return False


def _shares(names: Sequence[str], settings: Settings) -> list[Share]:
    """The files of a run by the settings that are theirs."""
    shares: dict[int, tuple[Config, list[str]]] = {}
    for name in names:
        config = settings.of(name)
        shares.setdefault(id(config), (config, []))[1].append(name)
    return [(config, frozenset(group)) for config, group in shares.values()] or [(settings.main, frozenset())]


def _judged(program: engine.Program, shares: Sequence[Share], rules: Sequence[Rule]) -> engine.Outcome:
    """What the rules that are on in each file find there."""
    findings: list[Finding] = []
    undecided: Counter[str] = Counter()
    skipped: dict[str, Problem] = {}
    places: frozenset[tuple[str, Place]] = frozenset()
    for config, names in shares:
        active = [rule for rule in rules if rule.info.code in config.active]
        within = names if len(shares) > 1 else None
        outcome = engine.run(program, active, config.options, strict=config.strict, within=within)
        findings += [graded(f, config) for f in outcome.findings if f.rule.code in config.active_in(f.place.path)]
        undecided += outcome.undecided
        places |= outcome.open
        skipped.update((problem.message, problem) for problem in outcome.skipped)
    return engine.Outcome(tuple(sorted(findings, key=order)), undecided, tuple(skipped.values()), places)


def order(finding: Finding) -> tuple[Place, str]:
    """What findings are sorted by."""
    return finding.place, finding.rule.code


def graded(finding: Finding, settings: Config) -> Finding:
    """The finding with the severity that the settings give to its rule."""
    severity = settings.severities.get(finding.rule.code)
    return finding._replace(severity=severity) if severity else finding


def _silenced(
    outcome: engine.Outcome, analysis: Analysis, shares: Sequence[Share], rules: Sequence[Rule]
) -> tuple[tuple[Finding, ...], tuple[Silenced, ...]]:
    """The findings that are left, those about comments among them, and those that comments silence."""
    infos = [rule.info for rule in rules]
    about = {f.place.path for f in outcome.findings} - analysis.heard.keys()
    texts = {**analysis.heard, **{path: analysis.sources[path] for path in about if path in analysis.sources}}
    first = suppress.apply(outcome.findings, texts, infos)
    if not any(first.found.values()):
        return first.kept, first.silenced
    judged = suppress.Judged(
        active={name: config.active_in(name) for config, names in shares for name in names},
        default=frozenset(info.code for info in infos if info.default and info.category != "suppression"),
        about_calls=frozenset(rule.info.code for rule in rules if _is_about_calls(rule)),
        undecided=outcome.open,
    )
    comments = _Comments(tuple(suppress.constructs(first, texts, infos, judged)))
    second = suppress.apply(_judged(comments, shares, rules).findings, texts, infos, by_name=True)
    kept = sorted((*first.kept, *second.kept), key=order)
    return tuple(kept), (*first.silenced, *second.silenced)


#: Kinds of subjects that the text of one file says all about.
_TEXTUAL = frozenset(
    [
        *("channel_flatten", "conv_assignment", "data_dependent_groups", "group_division", "groups_assignment"),
        *("groups_parameter", "init_call", "separable_class", "transposed_call", "view_chain", suppress.KIND),
    ]
)


def _is_about_calls(rule: Rule) -> bool:
    """Whether the verdict of a rule may depend on who calls a function."""
    return not _TEXTUAL.issuperset(rule.match)


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
