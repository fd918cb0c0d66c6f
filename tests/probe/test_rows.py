"""Verdicts and suggestions, from times that are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from gconv_lint.model.evidence import ProbeRow, Source, Verdict
from gconv_lint.model.shapes import ConvShape
from gconv_lint.probe import runs
from gconv_lint.probe.contests import Case, alternatives
from gconv_lint.probe.results import Results
from gconv_lint.probe.runs import Ways
from gconv_lint.probe.sweep import square
from tests.probe.fake_bench import FakeBench, by_library

#: 64 images of 256 channels, 56x56, 3x3 in 32 groups: its floor on an H200 is 42.8 microseconds in fp16.
SHAPE = square(64, 256, 32, 56, 3)
CASE = Case("block.conv", None, ("GC201",), SHAPE, None, 1_000_000)
WAYS = Ways(("fp16",), ("nhwc",))


def measured(bench: FakeBench, case: Case = CASE, folder: Path | None = None) -> ProbeRow:
    results = Results(None if folder is None else str(folder), bench.identity)
    (row,) = runs.measure([case], bench, WAYS, results, lambda _: None)
    return row


def test_the_dense_twin_and_fewer_groups_are_tried() -> None:
    assert list(alternatives(SHAPE)) == [1, 8, 16]
    assert list(alternatives(SHAPE, wanted=4)) == [1, 4]
    assert list(alternatives(square(1, 6, 2, 8, 3))) == [1]


def test_a_fix_that_is_faster_confirms() -> None:
    row = measured(FakeBench(by_library({32: 190, 16: 100, 8: 120, 1: 300})))
    assert row.evidence.verdict is Verdict.CONFIRMED
    assert row.evidence.source is Source.MEASURED
    assert row.evidence.reason == "groups=16 is 1.90 times as fast"
    assert row.evidence.measured_us == pytest.approx(190, rel=0.01)
    assert row.evidence.dense_us == pytest.approx(300, rel=0.01)
    assert row.evidence.fix_us == pytest.approx(100, rel=0.01)
    assert row.evidence.estimate_us is None
    assert row.evidence.floor_us == pytest.approx(42.8, abs=0.1)
    assert row.suggestion is not None
    assert row.suggestion[:2] == (32, 16)
    assert row.suggestion.speedup == pytest.approx(1.9, abs=0.02)
    assert row.suggestion.params == pytest.approx(1 + SHAPE.weights / 1_000_000)


def test_a_layer_near_its_floor_refutes_whatever_is_faster() -> None:
    row = measured(FakeBench(by_library({32: 60, 16: 50, 8: 45, 1: 300})))
    assert row.evidence.verdict is Verdict.REFUTED
    assert row.evidence.reason == "it takes 60.0 us, of which no kernel can save 42.8"
    assert row.suggestion is None


def test_alternatives_that_are_no_faster_refute() -> None:
    row = measured(FakeBench(by_library({32: 100, 16: 100.5, 8: 130, 1: 300})))
    assert row.evidence.verdict is Verdict.REFUTED
    assert row.evidence.reason == "no other groups are faster, the nearest being groups=16"


def test_a_gain_that_is_too_small_to_matter_refutes() -> None:
    assert measured(FakeBench(by_library({32: 100, 16: 97, 8: 130, 1: 300}))).evidence.verdict is Verdict.REFUTED


def test_times_that_overlap_are_inconclusive() -> None:
    row = measured(FakeBench(by_library({32: 110, 16: 98, 8: 130, 1: 300}), noise=0.15))
    assert row.evidence.verdict is Verdict.INCONCLUSIVE
    assert row.suggestion is None


def test_our_own_kernels_stand_in_where_there_is_no_library() -> None:
    row = measured(FakeBench(lambda by, shape: 4.0 * shape.groups if by == "kernel" else None))
    assert row.evidence.measured_us == row.evidence.kernel_us == pytest.approx(128, rel=0.01)


def test_our_own_kernel_is_told_beside_the_library() -> None:
    row = measured(FakeBench(lambda by, shape: 190.0 if by == "library" else 60.0))
    assert (round(row.evidence.measured_us or 0), round(row.evidence.kernel_us or 0)) == (190, 60)


def test_what_cannot_be_timed_has_no_row() -> None:
    bench = FakeBench(lambda *_: None)
    assert runs.measure([CASE], bench, WAYS, Results(None, ""), lambda _: None) == []


def test_measurements_are_remembered_by_device_shape_and_version(tmp_path: Path) -> None:
    first = FakeBench(by_library({32: 190, 16: 100, 8: 120, 1: 300}))
    row = measured(first, folder=tmp_path)
    again = FakeBench(by_library({32: 1, 16: 1, 8: 1, 1: 1}))
    assert measured(again, folder=tmp_path) == row
    assert (first.asked, again.asked) == (1, 0)
    other = FakeBench(by_library({32: 1, 16: 1, 8: 1, 1: 1}), identity="another driver")
    assert measured(other, folder=tmp_path) != row
    larger = CASE._replace(shape=SHAPE._replace(batch=65))
    assert measured(again, larger, tmp_path) != row
    assert (other.asked, again.asked) == (1, 1)


def test_a_run_that_was_interrupted_goes_on_where_it_ended(tmp_path: Path) -> None:
    cases = [CASE._replace(shape=SHAPE._replace(batch=batch)) for batch in (1, 2, 3)]

    def stopping(by: str, shape: object) -> float:
        if shape.batch == 3:  # type: ignore[attr-defined]
            raise KeyboardInterrupt
        return 100.0

    bench = FakeBench(stopping)
    with pytest.raises(KeyboardInterrupt):
        runs.measure(cases, bench, WAYS, Results(str(tmp_path), bench.identity), lambda _: None)
    bench = FakeBench(by_library({32: 100, 16: 100, 8: 100, 1: 100}))
    shares: list[float] = []
    assert len(runs.measure(cases, bench, WAYS, Results(str(tmp_path), bench.identity), shares.append)) == 3
    assert bench.asked == 1
    assert shares == [1 / 3, 2 / 3, 1]


def test_a_broken_record_is_measured_again(tmp_path: Path) -> None:
    bench = FakeBench(by_library({32: 190, 16: 100, 8: 120, 1: 300}))
    measured(bench, folder=tmp_path)
    for path in tmp_path.rglob("probe-*.json"):
        path.write_text("{")
    measured(bench, folder=tmp_path)
    assert bench.asked == 2


def test_estimates_are_never_called_measured_and_never_decide() -> None:
    (row,) = runs.estimate([CASE], FakeBench(lambda *_: None).device, WAYS)
    assert row.evidence.source is Source.ESTIMATE
    assert row.evidence.verdict is Verdict.INCONCLUSIVE
    assert row.evidence.measured_us is None
    assert row.evidence.estimate_us == pytest.approx(54, abs=3)
    assert row.evidence.reason.startswith("nothing was measured; the model expects")


def test_a_type_without_units_has_no_row() -> None:
    from gconv_lint.costs import catalogue

    assert runs.estimate([CASE], catalogue.find("t4"), Ways(("bf16",), ("nchw",))) == []


def test_what_failed_is_told_and_tried_again(tmp_path: Path) -> None:
    def failing(by: str, shape: object) -> float:
        raise RuntimeError("cudaErrorLaunchFailure: unspecified launch failure\nat 0x0")

    bench = FakeBench(failing)
    assert runs.measure([CASE], bench, WAYS, Results(str(tmp_path), bench.identity), lambda _: None) == []
    assert bench.faults == {f"{SHAPE}: cudaErrorLaunchFailure: unspecified launch failure"}
    mended = FakeBench(by_library({32: 190, 16: 100, 8: 120, 1: 300}))
    assert measured(mended, folder=tmp_path).evidence.measured_us == pytest.approx(190, rel=0.01)
    assert mended.asked == 1


def test_a_part_that_had_a_fault_is_not_remembered(tmp_path: Path) -> None:
    bench = FakeBench(by_library({32: 190, 16: 100, 8: 120, 1: 300}))

    def failing(by: str, shape: ConvShape) -> float | None:
        bench.faults.add("PyTorch on the layer: out of memory")
        return 100.0 if by == "kernel" else None

    bench._times = failing
    measured(bench, folder=tmp_path)
    measured(bench, folder=tmp_path)
    assert bench.asked == 1 + 1
