"""The devices that there are, by what their vendors print of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gconv_lint.costs import catalogue
from gconv_lint.model.devices import Ceilings, Device, Efficiency

ALL = catalogue.devices()
#: How far a peak that follows from parts and clock may be from the printed one.
TOLERANCE = 0.035


@pytest.fixture(autouse=True)
def no_calibrations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GCONV_LINT_DEVICES", str(tmp_path / "devices"))


def test_sixteen_devices_are_known() -> None:
    assert len(ALL) == 16


@pytest.mark.parametrize("device", ALL.values(), ids=ALL)
def test_peaks_follow_from_parts_and_clock(device: Device) -> None:
    assert device.printed
    for dtype, printed in device.printed.items():
        assert (device.peak(dtype) or 0) / 1e12 == pytest.approx(printed, rel=TOLERANCE), dtype


@pytest.mark.parametrize("device", ALL.values(), ids=ALL)
def test_every_device_has_a_source(device: Device) -> None:
    assert device.source.startswith("https://")


def test_a_device_without_units_for_a_type_has_no_peak() -> None:
    assert ALL["t4"].peak("bf16") is None
    assert ALL["t4"].ridge_point("tf32") is None


def test_group_widths_at_which_a_layer_turns_from_memory_to_arithmetic() -> None:
    """2 x 9 taps x width multiplications for 2 x 2 bytes: the ridge point in channels of a group."""
    widths = {name: round((ALL[name].ridge_point("fp16") or 0) * 4 / 18) for name in ("t4", "a100-80", "h100", "h200")}
    assert widths == {"t4": 45, "a100-80": 34, "h100": 66, "h200": 46}


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("NVIDIA H100 80GB HBM3", "h100"),
        ("NVIDIA H100 PCIe", "h100-pcie"),
        ("NVIDIA H100 NVL", None),
        ("NVIDIA A100-SXM4-40GB", "a100-40"),
        ("NVIDIA A100-SXM4-80GB", "a100-80"),
        ("NVIDIA A100 80GB PCIe", None),
        ("NVIDIA A10G", None),
        ("NVIDIA L40S", "l40s"),
        ("NVIDIA GeForce RTX 3090 Ti", None),
        ("NVIDIA GeForce RTX 2080 Ti", "rtx-2080-ti"),
        ("Tesla T4", "t4"),
    ],
)
def test_a_name_of_a_driver_is_that_of_one_device_or_of_none(title: str, name: str | None) -> None:
    found = catalogue.named_like(title)
    assert (found.name if found else None) == name


def test_a_device_file_stands_in_place_of_the_datasheet(tmp_path: Path) -> None:
    measured = ALL["h200"]._replace(
        ceilings=Ceilings(4.3e12, {"fp16": 7.9e14}),
        efficiencies=(Efficiency("fp16", "nhwc", "grouped spatial", 8, 0.5),),
        calibrated="2026-01-01",
    )
    catalogue.to_file(measured, catalogue.folder() / "h200.json")
    assert catalogue.find("H200") == measured
    assert catalogue.devices()["h200"] == measured


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"name": "x"}', '{"name": 1, "title": 2, "sms": "many"}', "\udcff"])
def test_a_broken_device_file_is_told_in_a_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(catalogue.DeviceError, match=r"x\.json: (is no device file; allowed is|cannot be read)"):
        catalogue.find(str(path))


def test_a_device_that_does_not_exist_is_told_with_the_nearest() -> None:
    with pytest.raises(catalogue.DeviceError, match=r"no device `h10` \(did you mean `h100`\?\); allowed are gtx"):
        catalogue.find("h10")


@pytest.mark.parametrize(
    "wrong",
    [
        {"sms": -5},
        {"sms": 0},
        {"sms": 1.5},
        {"shared": 0},
        {"capability": "new"},
        {"title": ["a"]},
        {"flops": {"fp16": 4096}},
        {"flops": {"fp32": 256, "fp16": -1}},
        {"flops": {"fp32": 0}},
        {"flops": {"fp32": 256, "fp12": 256}},
        {"ceilings": {"copy": 1e12, "flops": {"fp16": -1}}},
        {"ceilings": {"copy": 1e12, "flops": {"fp16": "a"}}},
        {"ceilings": {"copy": 0, "flops": {}}},
    ],
    ids=str,
)
def test_a_device_that_cannot_be_is_refused(tmp_path: Path, wrong: dict[str, object]) -> None:
    path = tmp_path / "wrong.json"
    path.write_text(json.dumps({**catalogue.as_data(ALL["h100"]), **wrong}))
    with pytest.raises(catalogue.DeviceError, match=r"wrong\.json: is no device file; allowed is a file that"):
        catalogue.from_file(path)
