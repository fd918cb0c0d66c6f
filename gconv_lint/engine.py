"""Floor 5: rules are applied to what a front end found, and their verdicts gathered into findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain, zip_longest
from typing import Any, NamedTuple, Protocol

from gconv_lint.facts import UNKNOWN, Facts, Subject
from gconv_lint.fingerprints import fingerprint
from gconv_lint.model.constructs import Construct
from gconv_lint.model.dims import Sym
from gconv_lint.model.findings import Finding
from gconv_lint.model.fixes import OPTIONAL_ARGUMENTS, Plan, Recipe
from gconv_lint.model.graph import LayerGraph
from gconv_lint.model.layers import CallSite, Layer, Value
from gconv_lint.model.places import Place, Related
from gconv_lint.model.report import Problem
from gconv_lint.rulebook import Rule
from gconv_lint.rulebook.predicate import Predicate, compile_predicate

Options = Mapping[str, Mapping[str, Any]]

#: How many calls a finding names as responsible.
MAX_RELATED = 3

#: Arguments that a finding on a layer always carries, where they are known.
_REPORTED = ("in_channels", "out_channels", "kernel_size", "stride", "padding", "dilation", "groups", "transposed")

#: The site of a layer whose call is not known.
_NO_SITE = CallSite(function="")


class Program(Protocol):
    """What a front end hands over; what its graphs say is worked out here, for the rules that ask."""

    @property
    def layers(self) -> Sequence[Layer]: ...

    @property
    def graphs(self) -> Sequence[LayerGraph]: ...

    @property
    def constructs(self) -> Sequence[Construct]: ...


class Outcome(NamedTuple):
    """Findings by place, subjects that each rule could not judge, and the rules that were given up with the reason."""

    findings: tuple[Finding, ...]
    undecided: Counter[str]
    skipped: tuple[Problem, ...]
    #: the undecided subjects, as codes and places
    open: frozenset[tuple[str, Place]] = frozenset()


class _Judge(NamedTuple):
    """A rule with its options set and its condition compiled."""

    rule: Rule
    options: Mapping[str, Any]
    predicate: Predicate


class _Case(NamedTuple):
    """One rule at one place: the facts of every context in which it holds, and the calls that lead there."""

    judge: _Judge
    contexts: list[Facts]
    traces: list[tuple[Related, ...]]


class _Docket(NamedTuple):
    """What the run has found so far; ``doubtful`` are places of constructs of which a rule with a fix does not hold."""

    cases: dict[tuple[str, Place], _Case]
    undecided: set[tuple[str, Place]]
    skipped: dict[str, Problem]
    doubtful: set[tuple[str, Place]]


class _Verdict(NamedTuple):
    """The rules that hold for a subject, with its facts, and those that cannot be decided."""

    holds: tuple[tuple[_Judge, Facts], ...]
    unknown: tuple[_Judge, ...]


def run(
    analysis: Program,
    rules: Iterable[Rule],
    options: Options | None = None,
    *,
    strict: bool = False,
    within: Collection[str] | None = None,
) -> Outcome:
    """Apply ``rules`` to everything in ``analysis``; ``options`` are thresholds by rule code.

    Contexts of one place share one finding. With ``strict``, rules take their severity under ``--strict``. What is
    outside of the files ``within`` is not judged.
    Raises ``PredicateError`` when a rule's condition is no condition.
    """
    judges = _judges(rules, options or {})
    docket = _Docket(cases={}, undecided=set(), skipped={}, doubtful=set())
    known: dict[Any, _Verdict] = {}
    subjects: Iterable[Subject] = chain(analysis.layers, analysis.constructs, _told(analysis, judges))
    for subject in subjects:
        applicable = judges.get(subject.kind)
        if applicable and (within is None or subject.place.path in within):
            verdict = _verdict(docket, subject, applicable, known)
            _file(docket, subject, verdict)
            if isinstance(subject, Construct):
                docket.doubtful.update(_doubts(subject, applicable, verdict))
    undecided = frozenset(docket.undecided - docket.cases.keys())
    counts = Counter(code for code, _ in undecided)
    return Outcome(_findings(docket, strict), counts, tuple(docket.skipped.values()), undecided)


def _told(analysis: Program, kinds: Collection[str]) -> Iterator[Construct]:
    """What the graphs say of the kinds that rules ask for, with the sites of the layers that this is anchored at."""
    if not analysis.graphs:
        return
    from gconv_lint import channels  # most files need no channel algebra

    sites = {layer.place: layer.site for layer in analysis.layers if layer.site is not None}
    for construct in channels.constructs(analysis.graphs, kinds):
        yield construct._replace(site=sites.get(construct.place, _NO_SITE))


def _judges(rules: Iterable[Rule], options: Options) -> dict[str, list[_Judge]]:
    """The rules that can judge, by kind of subject: one whose threshold is not set judges nothing."""
    table: dict[str, list[_Judge]] = {}
    for rule in rules:
        settings = {**rule.options, **options.get(rule.info.code, {})}
        if None in settings.values():
            continue
        judge = _Judge(rule=rule, options=settings, predicate=compile_predicate(rule.when, settings))
        for kind in rule.match:
            table.setdefault(kind, []).append(judge)
    return table


def _verdict(docket: _Docket, subject: Subject, judges: Sequence[_Judge], known: dict[Any, _Verdict]) -> _Verdict:
    """What the rules say about ``subject``; layers of one call with equal arguments are judged once."""
    key = _identity(subject)
    if key is None:
        return _judged(docket, subject, judges)
    verdict = known.get(key)
    if verdict is None:
        verdict = known[key] = _judged(docket, subject, judges)
    return verdict


def _identity(subject: Subject) -> Any:
    """Equal for layers that no rule can tell apart; ``None`` where that cannot be said cheaply."""
    if not isinstance(subject, Layer):
        return None
    conv = subject.conv
    # 1, True and 1.0 are equal and hash alike, but not to the rules.
    types = () if conv is None else (type(conv.groups), type(conv.in_channels), type(conv.out_channels))
    key = (subject.place, subject.kind, subject.name, subject.may_raise, conv, types, tuple(subject.attrs.items()))
    try:
        hash(key)
    except TypeError:
        return None
    return key


def _judged(docket: _Docket, subject: Subject, judges: Sequence[_Judge]) -> _Verdict:
    facts = Facts(subject)
    holds: list[_Judge] = []
    unknown: list[_Judge] = []
    # Code that expects torch to raise is not told that it does.
    expected = isinstance(subject, Layer) and subject.may_raise
    for judge in judges:
        if expected and judge.rule.raises:
            continue
        try:
            truth = judge.predicate(facts)
        except Exception as error:  # a rule's own fault must not cost the user the other rules' findings
            _give_up(docket, judge, subject.place, error)
            continue
        if truth is False:
            continue
        (holds if truth is True else unknown).append(judge)
    return _Verdict(tuple((judge, facts) for judge in holds), tuple(unknown))


def _give_up(docket: _Docket, judge: _Judge, place: Place, error: Exception) -> None:
    """Note the failure of a rule, once: it is skipped wherever it fails."""
    code = judge.rule.info.code
    message = f"rule {code} is skipped: it failed here with {type(error).__name__}: {error}"
    problem = Problem(path=place.path, line=place.line, column=place.column, message=message)
    docket.skipped.setdefault(code, problem)


def _file(docket: _Docket, subject: Subject, verdict: _Verdict) -> None:
    trace = subject.trace if isinstance(subject, Layer) else subject.related
    for judge in verdict.unknown:
        docket.undecided.add((judge.rule.info.code, subject.place))
    for judge, facts in verdict.holds:
        case = docket.cases.setdefault((judge.rule.info.code, subject.place), _Case(judge, [], []))
        # A construct's related places explain its own message: those of another context explain another one.
        if not case.contexts or isinstance(subject, Layer):
            case.traces.append(trace)
            case.contexts.append(facts if facts.subject is subject else Facts(subject))


def _doubts(construct: Construct, judges: Sequence[_Judge], verdict: _Verdict) -> Iterator[tuple[str, Place]]:
    sure = {judge.rule.info.code for judge, _ in verdict.holds}
    codes = (judge.rule.info.code for judge in judges if judge.rule.recipe is not None)
    return ((code, construct.place) for code in codes if code not in sure)


def _findings(docket: _Docket, strict: bool) -> tuple[Finding, ...]:
    repeats: Counter[str] = Counter()
    ordered = sorted(docket.cases.items(), key=lambda item: (item[0][1], item[0][0]))
    return tuple(_finding(key[1], case, strict, repeats, key in docket.doubtful) for key, case in ordered)


def _finding(place: Place, case: _Case, strict: bool, repeats: Counter[str], doubtful: bool) -> Finding:
    rule, facts = case.judge.rule, case.contexts[0]
    words = _Texts(facts, case.judge.options)
    message = rule.message.format_map(words)
    return Finding(
        rule=rule.info,
        message=message,
        severity=rule.strict if strict and rule.strict else rule.info.severity,
        place=place,
        help=rule.help.format_map(words),
        related=_related(case.traces),
        facts=_reported(facts),
        fingerprint=fingerprint(rule.info.code, place, facts.subject, message, repeats),
        plans=tuple(_plans(rule.recipe, case, not doubtful)) if rule.recipe is not None else (),
    )


def _plans(recipe: Recipe, case: _Case, everywhere: bool) -> Iterator[Plan]:
    """How the rule would mend the place, for every context in which it holds; none where a word is not known."""
    for facts in case.contexts:
        words = _Known(facts, case.judge.options)
        try:
            arguments = dict(_filled(recipe.arguments, words))
            filled = recipe._replace(arguments=arguments, title=recipe.title.format_map(words))
        except KeyError:
            continue
        site = facts.subject.site
        if site is None or not site.elsewhere:
            called = (site.function, site.callers) if site is not None else ("", ())
            yield Plan(filled, *called, everywhere)


def _filled(arguments: Mapping[str, str], words: _Known) -> Iterator[tuple[str, str]]:
    """The arguments of an action without the optional ones that are not known. Raises ``KeyError`` for another one."""
    for name, text in arguments.items():
        try:
            yield name, text.format_map(words)
        except KeyError:
            if name not in OPTIONAL_ARGUMENTS:
                raise


class _Texts(dict[str, Any]):
    """Facts and options as they read in a message."""

    def __init__(self, facts: Facts, options: Mapping[str, Any]) -> None:
        super().__init__(options)
        self._facts = facts

    def __missing__(self, word: str) -> str:
        value = self._facts[word]
        return "unknown" if value is UNKNOWN or not _readable(value) else str(value)


class _Known(_Texts):
    """Words for a fix, which needs to know: ``KeyError`` for one that is unknown or empty."""

    def __missing__(self, word: str) -> str:
        text = super().__missing__(word)
        if text in ("", "unknown"):
            raise KeyError(word)
        return text


def _readable(value: Value) -> bool:
    return not isinstance(value, Sym) or value.readable


def _related(traces: Sequence[tuple[Related, ...]]) -> tuple[Related, ...]:
    """The distinct calls responsible, the innermost of every context first."""
    calls = dict.fromkeys(call for depth in zip_longest(*traces) for call in depth if call is not None)
    shown = list(calls)[:MAX_RELATED]
    more = len(calls) - len(shown)
    if more:
        shown[-1] = Related(message=f"{shown[-1].message} (and {more} more)", place=shown[-1].place)
    return tuple(shown)


def _reported(facts: Facts) -> dict[str, Value]:
    """The facts that a finding carries: what is known of the layer's arguments or of the construct."""
    subject = facts.subject
    values: Mapping[str, Value] = subject.values if isinstance(subject, Construct) else subject.attrs
    if not isinstance(subject, Construct) and subject.conv is not None:
        known = ((name, getattr(subject.conv, name)) for name in _REPORTED)
        values = {name: value for name, value in known if value is not None}
    return {name: value for name, value in values.items() if _readable(value)}
