"""The row of a layer: from what was measured, or from the cost model where nothing was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gconv_lint.costs.times import estimate_us, floor_us
from gconv_lint.model.devices import Device
from gconv_lint.model.evidence import Evidence, ProbeRow, Regrouping, Source, Verdict
from gconv_lint.model.shapes import ConvShape
from gconv_lint.probe.contests import Case, alternatives
from gconv_lint.probe.samples import Order, Sample, compare, median
from gconv_lint.probe.verdict import GAIN, judge

#: Samples by what was timed: ``library 32`` and ``kernel 32`` for 32 groups.
Measured = Mapping[str, Sequence[Sample]]


def estimated(case: Case, device: Device, dtype: str, layout: str) -> ProbeRow | None:
    """The row by the cost model; ``None`` where the device has no units for the type."""
    floor, time = floor_us(case.shape, device, dtype), estimate_us(case.shape, device, dtype, layout)
    if floor is None or time is None:
        return None
    times = {groups: _known(estimate_us(each, device, dtype, layout)) for groups, each in _others(case).items()}
    best = min(times, key=times.__getitem__) if times else case.shape.groups
    speedup = time / times.get(best, time)
    expected = (
        f"{speedup:.2f} times the speed from groups={best}" if speedup >= GAIN else "no other groups to be faster"
    )
    evidence = Evidence(
        device=device.name,
        dtype=dtype,
        layout=layout,
        floor_us=floor,
        verdict=Verdict.INCONCLUSIVE,
        reason=f"nothing was measured; the model expects {expected}",
        source=Source.ESTIMATE,
        estimate_us=time,
        dense_us=times.get(1),
        fix_us=times.get(best),
    )
    suggestion = _regrouping(case, best, speedup) if speedup >= GAIN else None
    return _row(case, evidence, suggestion)


def measured(case: Case, device: Device, dtype: str, layout: str, found: Measured) -> ProbeRow | None:
    """The row by what was measured: of PyTorch, or of our own kernels where that is not there."""
    floor, own = floor_us(case.shape, device, dtype), case.shape.groups
    by = "library" if f"library {own}" in found else "kernel"
    if floor is None or f"{by} {own}" not in found:
        return None
    others = {groups: found[f"{by} {groups}"] for groups in _others(case) if f"{by} {groups}" in found}
    judgement = judge(floor, found[f"{by} {own}"], others)
    evidence = Evidence(
        device=device.name,
        dtype=dtype,
        layout=layout,
        floor_us=floor,
        verdict=judgement.verdict,
        reason=judgement.reason,
        source=Source.MEASURED,
        measured_us=_middle(found, f"{by} {own}"),
        kernel_us=_middle(found, f"kernel {own}"),
        dense_us=_middle(found, f"{by} 1"),
        fix_us=_middle(found, f"{by} {judgement.groups}"),
        dense_faster=1 in others and compare(others[1], found[f"{by} {own}"]) is Order.FAST,
    )
    supported = judgement.verdict is Verdict.CONFIRMED and judgement.groups is not None
    suggestion = _regrouping(case, judgement.groups or 1, judgement.speedup or 1) if supported else None
    return _row(case, evidence, suggestion)


def _others(case: Case) -> Mapping[int, ConvShape]:
    return alternatives(case.shape, case.wanted)


def _row(case: Case, evidence: Evidence, suggestion: Regrouping | None) -> ProbeRow:
    return ProbeRow(case.layer, case.place, case.codes, case.shape, evidence, suggestion)


def _regrouping(case: Case, groups: int, speedup: float) -> Regrouping | None:
    """Other groups with what they cost: in parts of the model, where its parameters are known."""
    other = case.shape.with_groups(groups)
    if other is None:
        return None
    more = other.weights - case.shape.weights
    whole = case.model_params or case.shape.weights
    return Regrouping(case.shape.groups, groups, speedup, 1 + more / whole, bool(case.model_params))


def _middle(found: Measured, name: str) -> float | None:
    return median([sample.us for sample in found[name]]) if name in found else None


def _known(time: float | None) -> float:
    return time if time is not None else float("inf")
