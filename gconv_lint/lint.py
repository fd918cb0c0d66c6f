"""Files to a report: evaluation, rules by the settings of each file, comments that silence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from gconv_lint import engine, suppress
from gconv_lint.config import Config
from gconv_lint.facts import OF_ANY_BLOCK
from gconv_lint.frontends import source
from gconv_lint.model.constructs import Construct
from gconv_lint.model.findings import Finding, order
from gconv_lint.model.graph import Gap, LayerGraph
from gconv_lint.model.layers import ConvAttrs, Layer
from gconv_lint.model.places import Place
from gconv_lint.model.report import Counts, GroupedConv, Problem, Report, Silenced
from gconv_lint.request import Request, Watch, nobody
from gconv_lint.rulebook import Rule

if TYPE_CHECKING:
    from gconv_lint.frontends.source import Analysis
    from gconv_lint.frontends.source.lookups import Key
    from gconv_lint.frontends.source.units import Scale

#: The kind of the constructs that measurements become.
MEASURED = "measured_conv"
Share = tuple[Config, frozenset[str]]


class _Some(NamedTuple):
    """Parts of a program that rules judge by themselves."""

    constructs: Sequence[Construct] = ()
    layers: Sequence[Layer] = ()
    graphs: Sequence[LayerGraph] = ()


class Evaluated(NamedTuple):
    """What evaluating a unit gave; what was found in its text alone may still have to be judged."""

    names: tuple[str, ...]
    outcome: engine.Outcome
    constructs: tuple[Construct, ...]
    counts: Counts
    problems: tuple[Problem, ...]
    gaps: tuple[Gap, ...]
    heard: Mapping[str, str]
    lookups: Mapping[Key, str]
    grouped: tuple[GroupedConv, ...]


class Linter:
    """Lints files by some settings; one for each run."""

    def __init__(self, request: Request) -> None:
        self.settings, self.rules, self.silence = request
        self._hear = request.hears
        #: the bytes of files that count in place of those on disk
        self._unsaved: Mapping[str, bytes] = {}

    def whole(
        self,
        names: Sequence[str],
        stdin: tuple[str, bytes] | None,
        watch: Watch,
        unsaved: Mapping[str, bytes] | None = None,
    ) -> Report:
        """What the active rules find in some files, or in the named text ``stdin``, as one program.

        ``unsaved`` has the bytes of files that count in place of those on disk.
        """
        self._unsaved = {**(unsaved or {}), **dict([stdin] if stdin is not None else [])}
        shares = self._shares([*([stdin[0]] if stdin is not None else []), *names])
        analysis = source.analyse(
            names, stdin=stdin, thorough=self._thorough(shares), hear=self._hear, watch=watch, unsaved=unsaved
        )
        sources = {**analysis.heard, **analysis.sources} if analysis.heard else analysis.sources
        return self._report(self._evaluated(names, analysis, shares), analysis.constructs, shares, sources)

    def evaluate(
        self,
        names: Sequence[str],
        scale: Scale,
        watch: Watch = nobody,
        *,
        scanning: bool = True,
        idle: Container[str] = (),
    ) -> Evaluated:
        """Evaluate one unit of a run, of which ``idle`` files say nothing.

        Without ``scanning`` its constructs are found by ``scan_files``.
        """
        shares = self._shares(names)
        analysis = source.analyse(
            names,
            thorough=self._thorough(shares),
            hear=self._hear,
            watch=watch,
            scale=scale,
            scanning=scanning,
            idle=idle,
        )
        return self._evaluated(names, analysis, shares)

    def finish(self, found: Evaluated, constructs: Sequence[Construct], sources: Mapping[str, str]) -> Report:
        """The report on a unit, given its constructs and the texts of its files."""
        return self._report(found, constructs, self._shares(found.names), sources)

    def _report(
        self, found: Evaluated, constructs: Sequence[Construct], shares: Sequence[Share], sources: Mapping[str, str]
    ) -> Report:
        outcome = _joined(found.outcome, self._judged(_Some(constructs), shares))
        texts = {path: sources[path] for path in {f.place.path for f in outcome.findings} if path in sources}
        kept, silenced = outcome.findings, tuple[Silenced, ...]()
        if self.silence:
            kept, silenced = self._silenced(outcome, {**texts, **found.heard}, shares)
        return Report(
            findings=kept,
            problems=(*found.problems, *outcome.skipped),
            counts=found.counts._replace(undecided=outcome.undecided, suppressed=len(silenced)),
            gaps=found.gaps,
            sources=sources,
            silenced=silenced,
            grouped=found.grouped,
        )

    def _evaluated(self, names: Sequence[str], analysis: Analysis, shares: Sequence[Share]) -> Evaluated:
        return Evaluated(
            names=tuple(names),
            outcome=self._judged(_Some((), analysis.layers, analysis.graphs), shares),
            constructs=analysis.constructs,
            counts=_counts(analysis),
            problems=analysis.problems,
            gaps=analysis.gaps,
            heard=analysis.heard,
            lookups=analysis.lookups,
            grouped=_grouped(analysis.layers),
        )

    def _thorough(self, shares: Sequence[Share]) -> bool:
        on = frozenset[str]().union(*(config.active for config, _ in shares))
        return any(not OF_ANY_BLOCK.isdisjoint(rule.match) for rule in self.rules if rule.info.code in on)

    def _shares(self, names: Sequence[str]) -> list[Share]:
        """The files of a run by the settings that are theirs."""
        shares: dict[int, tuple[Config, list[str]]] = {}
        for name in names:
            config = self.settings.of(name)
            shares.setdefault(id(config), (config, []))[1].append(name)
        return [(config, frozenset(group)) for config, group in shares.values()] or [(self.settings.main, frozenset())]

    def judged(self, program: engine.Program, names: Sequence[str]) -> engine.Outcome:
        """What the rules that are on in each of some files find there, without fixes."""
        return self._found(program, self._shares(names))

    def _judged(self, program: engine.Program, shares: Sequence[Share]) -> engine.Outcome:
        """What the rules that are on in each file find there, with fixes."""
        found = self._found(program, shares)
        linted = frozenset[str]().union(*(names for _, names in shares))
        return found._replace(findings=with_fixes(found.findings, self._unsaved, linted, program))

    def _found(self, program: engine.Program, shares: Sequence[Share]) -> engine.Outcome:
        findings: list[Finding] = []
        undecided: Counter[str] = Counter()
        skipped: dict[str, Problem] = {}
        places: frozenset[tuple[str, Place]] = frozenset()
        for config, names in shares:
            active = [rule for rule in self.rules if rule.info.code in config.active]
            within = names if len(shares) > 1 else None
            outcome = engine.run(program, active, config.options, strict=config.strict, within=within)
            findings += [graded(f, config) for f in outcome.findings if f.rule.code in config.active_in(f.place.path)]
            undecided += outcome.undecided
            places |= outcome.open
            skipped.update((problem.message, problem) for problem in outcome.skipped)
        return engine.Outcome(tuple(sorted(findings, key=order)), undecided, tuple(skipped.values()), places)

    def _silenced(
        self, outcome: engine.Outcome, texts: Mapping[str, str], shares: Sequence[Share]
    ) -> tuple[tuple[Finding, ...], tuple[Silenced, ...]]:
        """The findings that are left, those about comments among them, and those that comments silence."""
        infos = [rule.info for rule in self.rules]
        first = suppress.apply(outcome.findings, texts, infos)
        if not any(first.found.values()):
            return first.kept, first.silenced
        # What is measured speaks up in runs with a GPU alone, and what is said of comments later: here, comments about
        # these are neither used nor unused.
        elsewhere = frozenset(r.info.code for r in self.rules if r.match in ((MEASURED,), (suppress.KIND,)))
        default = (info.code for info in infos if info.default and info.category != "suppression")
        judged = suppress.Judged(
            active={name: config.active_in(name) - elsewhere for config, names in shares for name in names},
            default=frozenset(default) - elsewhere,
            about_calls=frozenset(rule.info.code for rule in self.rules if _is_about_calls(rule)),
            undecided=outcome.open,
        )
        comments = _Some(tuple(suppress.constructs(first, texts, infos, judged)))
        second = suppress.apply(self._judged(comments, shares).findings, texts, infos, by_name=True)
        kept = sorted((*first.kept, *second.kept), key=order)
        return tuple(kept), (*first.silenced, *second.silenced)


def with_fixes(
    findings: Sequence[Finding],
    unsaved: Mapping[str, bytes],
    linted: Container[str],
    program: engine.Program,
) -> tuple[Finding, ...]:
    """The findings with their fixes; most runs have nothing to fix, and do without that code."""
    if not any(finding.plans for finding in findings):
        return tuple(findings)
    from gconv_lint import fixes

    return fixes.attach(findings, unsaved, linted, program.layers, program.graphs)


def _joined(first: engine.Outcome, second: engine.Outcome) -> engine.Outcome:
    """What both say; where they find the same, the first one."""
    seen = {(finding.rule.code, finding.place) for finding in first.findings}
    more = [finding for finding in second.findings if (finding.rule.code, finding.place) not in seen]
    still_open = (first.open | second.open) - seen - {(f.rule.code, f.place) for f in more}
    return engine.Outcome(
        findings=tuple(sorted((*first.findings, *more), key=order)),
        undecided=Counter(code for code, _ in still_open),
        skipped=(*first.skipped, *second.skipped),
        open=still_open,
    )


def graded(finding: Finding, settings: Config) -> Finding:
    """The finding with the severity that the settings give to its rule."""
    severity = settings.severities.get(finding.rule.code)
    return finding._replace(severity=severity) if severity else finding


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


def _counts(analysis: Analysis) -> Counts:
    return Counts(
        files=analysis.files,
        parsed=analysis.parsed,
        layers=len(analysis.layers),
        groups_reached=analysis.groups_reached,
        groups_decided=analysis.groups_decided,
        gaps=Counter(gap.reason for gap in analysis.gaps),
    )


#: Arguments that the shape of a convolution follows from.
_OF_SHAPE = ("in_channels", "out_channels", "kernel_size", "stride", "padding", "dilation", "groups")


def _grouped(layers: Sequence[Layer]) -> tuple[GroupedConv, ...]:
    """The convolutions that may have several groups, each once."""
    found = ((layer, layer.conv) for layer in layers if layer.conv is not None and layer.conv.groups != 1)
    return tuple(dict.fromkeys(GroupedConv(layer.name, layer.place, _plain(conv)) for layer, conv in found))


def _plain(conv: ConvAttrs) -> ConvAttrs:
    """The arguments as far as they are numbers or words, which a record holds as they are."""
    numbers = {name: _known(getattr(conv, name)) for name in _OF_SHAPE}
    return ConvAttrs(rank=conv.rank, transposed=conv.transposed, bias=None, **numbers)


def _known(value: Any) -> Any:
    if isinstance(value, (tuple, list)):
        return tuple(value) if all(type(each) is int for each in value) else None
    return value if type(value) in (int, str) else None
