"""``make gpu-check``, where there is no GPU and on one that tells its times."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.gpu.__main__ import check, main
from gconv_lint.model.shapes import ConvShape
from gconv_lint.probe import gpu
from tests.probe.fake_bench import FakeBench


def times(by: str, shape: ConvShape) -> float | None:
    """More groups take longer; our own kernels are twice as fast."""
    return (100.0 + shape.groups) / (1 if by == "library" else 2)


def test_without_a_gpu_it_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(gpu, "_seems_present", lambda: False)
    assert main() == 2
    assert capsys.readouterr() == ("", "no GPU is checked: there is no NVIDIA GPU here\n")


def test_results_are_written_for_programs_and_for_people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gconv_lint.probe.samples.LEAST", 3)
    bench = FakeBench(times, noise=0)
    assert check(bench, tmp_path, tmp_path, "no errors") == 0
    data = json.loads((tmp_path / "h200.json").read_text())
    assert (data["device"], data["identity"]) == ("h200", bench.identity)
    assert data["ceilings"] == {"copy": 4.3e12, "flops": {"fp16": 7.9e14}}
    assert [len(data[section]) for section in ("shufflenet_v2", "replknet", "reports", "sweep")] == [12, 5, 9, 224]
    assert data["shufflenet_v2_in_order"] is True
    assert data["kernels_right"] == 234
    page = (tmp_path / "gpu-h200.md").read_text()
    assert "as published: yes" in page
    assert "Checks: 234 results of our own kernels are right; sanitizer: no errors." in page
    assert "| copy | 4300 GB/s | 4800 GB/s |" in page
    assert (
        "| grouped spatial | 64x256->256 56x56, 3x3, groups=32 | fp16 nhwc | 47.8 | 132.0 | 36 % | 66.0 | 72 % |"
        in page
    )


def test_what_there_is_no_time_for_is_left_out(tmp_path: Path) -> None:
    assert check(FakeBench(times), tmp_path, tmp_path, "no errors", most=0) == 0
    data = json.loads((tmp_path / "h200.json").read_text())
    assert data["sweep"] == []
    assert data["shufflenet_v2_in_order"] is None


def test_a_wrong_kernel_fails_the_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bench = FakeBench(times)
    bench.faults.add("grouped.cu is wrong at (0, 0, 0, 0)")
    assert check(bench, tmp_path, tmp_path, "no errors", most=0) == 1
    assert "grouped.cu is wrong" in capsys.readouterr().err
    assert json.loads((tmp_path / "h200.json").read_text())["faults"] == ["grouped.cu is wrong at (0, 0, 0, 0)"]
