"""Alternatives for the flagged layers of a model, each judged by running the model with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import gcd

from gconv_lint import api
from gconv_lint.config import Config
from gconv_lint.costs.times import estimate_us, shuffle_us
from gconv_lint.facts.derived import divisors_beside
from gconv_lint.model.devices import Device
from gconv_lint.model.findings import Finding
from gconv_lint.model.suggestions import Advice, Standing, Suggestion
from gconv_lint.model.summary import Row, Summary
from gconv_lint.model.targets import Alteration, Limits, Target

#: What times are estimated for.
DTYPE, LAYOUT = "fp16", "nchw"
#: How many group counts on each side of the present one are tried.
NEIGHBOURS = 3

Budget = Mapping[str, int]


def suggest(
    target: Target, settings: Config, limits: Limits, budget: Budget, device: Device
) -> tuple[Summary, list[Advice]]:
    """The model as it is, and for each finding on a convolution what would mend it, the best first.

    Times are estimated for ``device``. ``budget`` has the most ``params`` and ``macs`` that the model may have. Raises
    ``SettingError`` without torch.
    """
    (base,) = api.models([target], settings, limits)
    flagged = [(finding, rows) for finding in base.report.findings if (rows := _rows_at(base, finding))]
    plans = [(finding, rows, each) for finding, rows in flagged for each in (None, *_alternatives(finding, rows))]
    targets = [_altered(target, base, *plan) for plan in plans]
    found = api.models(targets, settings, limits) if targets else []
    advice = dict[int, Advice]()
    for (finding, rows, each), after in zip(plans, found, strict=True):
        standing = _standing(after, rows, each, device)
        if standing is None:
            continue
        if each is None:
            advice[id(finding)] = Advice(finding, tuple(row.name for row in rows), standing)
        elif id(finding) in advice:
            advice[id(finding)] = _with(advice[id(finding)], _suggestion(base, after, finding, each, standing), budget)
    return base, [each._replace(suggestions=tuple(sorted(each.suggestions, key=_order))) for each in advice.values()]


def _altered(target: Target, base: Summary, finding: Finding, rows: Sequence[Row], each: Alteration | None) -> Target:
    """The model with an alteration, or as it is; it watches what the flagged layer sees of what its row reads."""
    watched = (_first(base, finding, rows[0]), rows[0].name)
    return target._replace(alterations=() if each is None else _everywhere(rows, each), watched=watched)


def _first(base: Summary, finding: Finding, row: Row) -> str:
    """The convolution nearest in front of the flagged one of those that the finding also names; else the input."""
    places = {related.place for related in finding.related}
    before = base.rows[: base.rows.index(row)]
    return next((each.name for each in reversed(before) if each.place in places and each.groups), "")


def _with(advice: Advice, made: Suggestion, budget: Budget) -> Advice:
    if _exceeds(made, budget):
        return advice._replace(over_budget=advice.over_budget + 1)
    return advice._replace(suggestions=(*advice.suggestions, made))


def _rows_at(base: Summary, finding: Finding) -> list[Row]:
    """The convolutions that the flagged line makes."""
    return [row for row in base.rows if row.place == finding.place and "conv" in row.kind.lower() and row.groups]


def _alternatives(finding: Finding, rows: Sequence[Row]) -> Iterator[Alteration]:
    """What could stand in place of a layer: other groups, a shuffle before, a pointwise one behind, a separable one."""
    row = rows[0]
    inside, outside, groups = row.in_channels or 1, row.out_channels or 1, row.groups or 1
    if any((each.in_channels, each.out_channels, each.groups) != row[2:5] for each in rows):
        groups, inside, outside = 0, gcd(*(each.in_channels or 1 for each in rows)), outside
    below, above = divisors_beside(groups, gcd(inside, outside))
    for number in sorted({1, *below[-NEIGHBOURS:], *above[:NEIGHBOURS]} - {groups}):
        yield Alteration(row.name, "groups", number)
    first = finding.facts.get("groups")
    if type(first) is int and first > 1 and inside % first == 0:
        yield Alteration(row.name, "shuffle", first)
    if groups > 1:
        yield Alteration(row.name, "pointwise")
    if row.kernel and any(size > 1 for size in row.kernel) and groups != inside:
        yield Alteration(row.name, "separable")


def _everywhere(rows: Sequence[Row], each: Alteration) -> tuple[Alteration, ...]:
    """The alteration for every layer of the flagged line: a block that is used many times changes everywhere."""
    return tuple(each._replace(layer=row.name) for row in rows)


def _suggestion(base: Summary, after: Summary, finding: Finding, each: Alteration, standing: Standing) -> Suggestion:
    before, left = _keys(base), _keys(after)
    return Suggestion(
        alteration=each,
        after=standing,
        mends=(finding.rule.code, finding.place) not in left,
        new=tuple(sorted({code for code, place in left - before})),
    )


def _standing(after: Summary, rows: Sequence[Row], each: Alteration | None, device: Device) -> Standing | None:
    """What a run showed; ``None`` where the model does not run."""
    if after.totals is None or after.stopped:
        return None
    time = _time(after, rows if each is not None and each.kind == "shuffle" else (), device)
    return Standing(after.totals, _width(after, rows[0]), after.field, _parts(after), time)


def _time(found: Summary, shuffled: Sequence[Row], device: Device) -> float | None:
    """The estimated time of a run's convolutions, and of shuffles of what some rows read; ``None`` without sizes."""
    shapes = [row.shape for row in found.rows if row.groups]
    times = [None if shape is None else estimate_us(shape, device, DTYPE, LAYOUT) for shape in shapes]
    times += [None if row.shape is None else shuffle_us(row.shape, device, DTYPE) for row in shuffled]
    known = [time for time in times if time is not None]
    return sum(known) if len(known) == len(times) else None


def _keys(found: Summary) -> set[tuple[str, object]]:
    return {(finding.rule.code, finding.place) for finding in found.report.findings}


def _width(after: Summary, row: Row) -> int | None:
    """The width of a group of the layer, or of the convolution that took its name as a first part."""
    names = {row.name, f"{row.name}.0", f"{row.name}.1"}
    return next((each.group_width for each in after.rows if each.name in names and each.group_width), None)


def _parts(after: Summary) -> int | None:
    """The most parts of channels that exchange nothing between an input and an output."""
    counts = [connection.components for connection in after.connections]
    return max((number for number in counts if number is not None), default=None) if None not in counts else None


def _exceeds(made: Suggestion, budget: Budget) -> bool:
    totals = {"params": made.after.totals.params, "macs": made.after.totals.macs}
    return any(totals[name] > most for name, most in budget.items())


def _order(made: Suggestion) -> tuple[bool, int, int, int]:
    """What mends the finding and makes no other comes first, then what costs least."""
    return not made.mends, len(made.new), made.after.totals.macs, made.after.totals.params
