"""What is known of a GPU by what its driver says, with a driver that a test stands in for."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from gconv_lint.costs import catalogue
from gconv_lint.probe import gpu
from gconv_lint.selection import SettingError

#: CUDA's numbers of a clock in kHz, the memory's clock, and bits of its bus.
ATTRIBUTES = {13: 2_000_000, 36: 10_000_000, 37: 384}


def cupy(title: str, capability: tuple[int, int], multiprocessors: int = 100) -> Any:
    """CuPy, as far as it is asked about a GPU."""
    properties = {
        "name": title.encode(),
        "major": capability[0],
        "minor": capability[1],
        "multiProcessorCount": multiprocessors,
        "l2CacheSize": 32 << 20,
    }
    runtime = SimpleNamespace(
        getDevice=lambda: 0,
        getDeviceProperties=lambda _: properties,
        deviceGetAttribute=lambda number, _: ATTRIBUTES[number],
        driverGetVersion=lambda: 13000,
        getDeviceCount=lambda: 1,
    )
    cuda = SimpleNamespace(is_available=lambda: True, runtime=runtime)
    return SimpleNamespace(__version__="14.0", cuda=cuda)


@pytest.fixture(autouse=True)
def a_gpu_seems_to_be_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(gpu, "_seems_present", lambda: True)
    monkeypatch.setenv("GCONV_LINT_DEVICES", str(tmp_path))


def found(monkeypatch: pytest.MonkeyPatch, *known: Any) -> gpu.Gpu:
    monkeypatch.setitem(sys.modules, "cupy", cupy(*known))
    here = gpu.look()
    assert isinstance(here, gpu.Gpu)
    return here


def test_a_gpu_of_the_table_is_known_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    here = found(monkeypatch, "NVIDIA H200", (9, 0))
    assert here.device == catalogue.find("h200")
    assert here.identity.startswith("NVIDIA H200, driver CUDA 13000, CuPy 14.0")


def test_another_gpu_is_described_by_its_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    device = found(monkeypatch, "NVIDIA RTX 6000 Special", (8, 9)).device
    assert (device.name, device.sms, device.l2_mb, device.bandwidth) == ("rtx-6000-special", 100, 32, 960)
    assert device.peak("fp32") == 100 * 2e9 * 256
    assert device.source == ""


def test_a_gpu_newer_than_the_table_has_the_rates_of_the_newest_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    device = found(monkeypatch, "NVIDIA X1000", (12, 1)).device
    assert device.flops == catalogue.find("b200").flops


def test_auto_is_the_gpu_that_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cupy", cupy("Tesla T4", (7, 5)))
    assert gpu.device_of("auto").name == "t4"
    assert gpu.device_of("a10").name == "a10"


def test_no_device_is_told_where_cuda_shows_none(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = cupy("Tesla T4", (7, 5))
    fake.cuda.is_available = lambda: False
    monkeypatch.setitem(sys.modules, "cupy", fake)
    here = gpu.look()
    assert isinstance(here, gpu.Missing)
    assert "CUDA cannot use it (it shows no device)" in here.sentence


def test_a_calibration_that_cannot_be_read_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "t4.json").write_text("{")
    monkeypatch.setitem(sys.modules, "cupy", cupy("Tesla T4", (7, 5)))
    with pytest.raises(SettingError, match=r"t4\.json: is no device file"):
        gpu.look()


@pytest.mark.parametrize(
    "error", [ImportError("libcudart.so.13: not found"), OSError("libcuda.so.1: file too short"), RuntimeError("numpy")]
)
def test_a_cupy_that_does_not_load_is_told_with_its_reason(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    class Finder:
        def find_spec(self, name: str, *_: object) -> None:
            if name == "cupy":
                raise error

    monkeypatch.delitem(sys.modules, "cupy", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Finder(), *sys.meta_path])
    here = gpu.look()
    assert isinstance(here, gpu.Missing)
    assert f"CuPy, which measures with it, does not load ({error})" in here.sentence


@pytest.mark.parametrize("broken", ["getDeviceProperties", "getDevice", "driverGetVersion", "deviceGetAttribute"])
def test_a_driver_that_fails_when_it_is_asked_is_told(monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    fake = cupy("NVIDIA Something", (9, 0))

    def failing(*_: object) -> None:
        raise RuntimeError("cudaErrorUnknown: unknown error")

    setattr(fake.cuda.runtime, broken, failing)
    monkeypatch.setitem(sys.modules, "cupy", fake)
    here = gpu.look()
    assert isinstance(here, gpu.Missing)
    assert "CUDA cannot use it (cudaErrorUnknown: unknown error); an NVIDIA driver" in here.sentence
