"""Probes models and source: what their grouped convolutions cost, as evidence for the findings on them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from gconv_lint import engine, rulebook
from gconv_lint.config import Config
from gconv_lint.costs.shapes import assumed_shape
from gconv_lint.lint import MEASURED, graded
from gconv_lint.model.constructs import Construct
from gconv_lint.model.devices import Device
from gconv_lint.model.evidence import Evidence, Probed, ProbeRow, Source
from gconv_lint.model.findings import Finding
from gconv_lint.model.graph import LayerGraph
from gconv_lint.model.layers import CallSite, Layer
from gconv_lint.model.places import Place
from gconv_lint.model.report import Report
from gconv_lint.model.shapes import ConvShape
from gconv_lint.model.summary import Summary
from gconv_lint.probe import gpu, runs
from gconv_lint.probe.bench import Bench, GpuBench
from gconv_lint.probe.contests import Case
from gconv_lint.probe.results import Results
from gconv_lint.probe.runs import Ways
from gconv_lint.request import Watch
from gconv_lint.selection import SettingError


class Prober(NamedTuple):
    """A device and how layers are timed on it; without a ``bench`` times are estimates. ``notes`` say why."""

    device: Device
    ways: Ways
    bench: Bench | None = None
    results: str | None = None
    notes: tuple[str, ...] = ()

    def run(self, cases: Sequence[Case], unknown: int, watch: Watch) -> Probed:
        """Time layers; ``unknown`` counts those whose shape is not known."""
        if self.bench is None:
            found = runs.estimate(cases, self.device, self.ways)
            return Probed(self.device.name, self.device.title, Source.ESTIMATE, tuple(found), unknown, self.notes)
        results = Results(self.results, self.bench.identity)
        found = runs.measure(cases, self.bench, self.ways, results, watch)
        notes = (*self.notes, *sorted(self.bench.faults))
        return Probed(self.device.name, self.bench.identity, Source.MEASURED, tuple(found), unknown, notes)


def prober(name: str, ways: Ways, results: str | None) -> Prober:
    """A prober for a device by its name, its file, or ``auto``. Raises ``SettingError``.

    ``results`` is the folder that remembers measurements.
    """
    here = gpu.look()
    if isinstance(here, gpu.Gpu) and name in (gpu.AUTO, here.device.name):
        return _checked(Prober(here.device, ways, GpuBench(here), results))
    device = gpu.device_of(name)
    notes: tuple[str, ...] = ()
    if name == gpu.AUTO and isinstance(here, gpu.Missing):
        notes = (f"{here.sentence}: what follows are estimates for {device.title}, not measurements",)
    return _checked(Prober(device, ways, None, None, notes))


def _checked(made: Prober) -> Prober:
    for dtype in made.ways.dtypes:
        if made.device.peak(dtype) is None:
            allowed = ", ".join(made.device.flops)
            raise SettingError(f"{made.device.title} has no units for {dtype}; allowed there are {allowed}")
    return made


def of_model(found: Summary, *, every: bool, batch: int | None = None) -> tuple[list[Case], int]:
    """The grouped convolutions that findings are on, or all of them, and how many have no known shape."""
    flags = _flags(found.report.findings)
    params = found.totals.params if found.totals is not None else 0
    rows = [row for row in found.rows if (row.groups or 1) > 1 and (every or row.place in flags)]
    known = [(row, row.shape) for row in rows if row.shape is not None]
    cases = [_case(row.name, row.place, _with_batch(shape, batch), flags, params) for row, shape in known]
    return cases, len(rows) - len(known)


def of_source(report: Report, *, every: bool, batch: int, size: Sequence[int] | None) -> tuple[list[Case], int]:
    """The same of layers in source, whose inputs are taken to have ``size``; equal ones of one line are one."""
    flags = _flags(report.findings)
    found = [each for each in report.grouped if every or each.place in flags]
    shapes = {(each.place, assumed_shape(each.conv, batch, size)): each.name for each in found}
    cases = [_case(name, place, shape, flags, 0) for (place, shape), name in shapes.items() if shape is not None]
    return cases, sum(shape is None for _, shape in shapes)


def _with_batch(shape: ConvShape, batch: int | None) -> ConvShape:
    return shape if batch is None else shape._replace(batch=batch)


Flags = Mapping[Place | None, Sequence[Finding]]


def _flags(findings: Sequence[Finding]) -> Flags:
    flags: dict[Place | None, list[Finding]] = {}
    for finding in findings:
        flags.setdefault(finding.place, []).append(finding)
    return flags


def _case(name: str, place: Place | None, shape: ConvShape, flags: Flags, params: int) -> Case:
    own = flags.get(place, ())
    wanted = [f.fix.price.after.groups for f in own if f.fix is not None and f.fix.price is not None]
    return Case(name, place, tuple(f.rule.code for f in own), shape, wanted[0] if wanted else None, params)


def with_evidence(findings: Iterable[Finding], probed: Probed) -> tuple[Finding, ...]:
    """The findings, each with what was found of its layer, or of the slowest one that its line makes."""
    best: dict[Place | None, Evidence] = {}
    for row in probed.rows:
        known = best.get(row.place)
        if known is None or (row.evidence.time_us or 0) > (known.time_us or 0):
            best[row.place] = row.evidence
    return tuple(finding._replace(evidence=best.get(finding.place)) for finding in findings)


class _Measured(NamedTuple):
    """What rules about measurements judge."""

    constructs: Sequence[Construct]
    layers: Sequence[Layer] = ()
    graphs: Sequence[LayerGraph] = ()


def slower(probed: Probed, settings: Callable[[str], Config]) -> list[Finding]:
    """What the active rules find in measurements; ``settings`` are those of a file. Nothing comes of estimates."""
    by_path: dict[str, list[Construct]] = {}
    for made in constructs(probed.rows):
        by_path.setdefault(made.place.path, []).append(made)
    return [finding for path, group in by_path.items() for finding in _judged(group, settings(path), path)]


def _judged(group: Sequence[Construct], config: Config, path: str) -> Iterator[Finding]:
    rules = [rule for rule in config.rules or rulebook.rules() if rule.info.code in config.active_in(path)]
    about = [rule for rule in rules if MEASURED in rule.match]
    for finding in engine.run(_Measured(group), about, config.options, strict=config.strict).findings:
        yield graded(finding, config)


def constructs(rows: Iterable[ProbeRow]) -> Iterator[Construct]:
    """What rules judge of rows that were measured."""
    for row in rows:
        evidence, place = row.evidence, row.place
        own, dense = evidence.measured_us, evidence.dense_us
        if evidence.source is Source.MEASURED and place is not None and own is not None and dense is not None:
            values = {
                "name": row.layer,
                "device": evidence.device,
                "dtype": evidence.dtype,
                "layout": evidence.layout,
                "groups": row.shape.groups,
                "measured_us": round(own, 1),
                "dense_us": round(dense, 1),
                "slowdown": round(own / dense, 2),
                "dense_faster": evidence.dense_faster,
            }
            site = CallSite(function="", target=row.layer.rpartition(".")[2])
            yield Construct(kind=MEASURED, place=place, values=values, site=site)
