"""``gconv-lint probe``, ``devices`` and ``--probe``, where there is no GPU and where one is told of."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from pathlib import Path
from typing import Any

import pytest

from gconv_lint import probing
from gconv_lint.model.shapes import ConvShape
from gconv_lint.probe import gpu, library
from tests.cli_support import Folder
from tests.probe.fake_bench import FakeBench, by_library

NET = """from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 64, 3, stride=2, padding=1)
        self.first = nn.Conv2d(64, 64, 3, padding=1, groups=4)
        self.second = nn.Conv2d(64, 128, 1, groups=4)
        self.last = nn.Conv2d(128, 10, 1)

    def forward(self, x):
        return self.last(self.second(self.first(self.stem(x))))
"""
MODEL = ("net.py:Net", "--input", "8x3x64x64")
#: The same layers as text, which takes no torch.
SOURCE = ("net.py", "--size", "32x32", "--batch", "8")
#: Microseconds by groups: four groups take longer than none.
SLOW = {4: 400.0, 2: 200.0, 1: 100.0}


@pytest.fixture
def net(project: Folder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Folder:
    """A folder with a model, on a machine without a GPU."""
    monkeypatch.setenv("GCONV_LINT_DEVICES", str(tmp_path / "devices"))
    monkeypatch.setattr(gpu, "_seems_present", lambda: False)
    project.write({"net.py": NET})
    return project


def with_gpu(monkeypatch: pytest.MonkeyPatch, bench: FakeBench) -> None:
    """From now on the machine has the GPU of ``bench``."""
    monkeypatch.setattr(gpu, "look", lambda: gpu.Gpu(bench.device, bench.identity))
    monkeypatch.setattr(probing, "GpuBench", lambda _: bench)


def rows(net: Folder, *words: str) -> list[dict[str, Any]]:
    ran = net.run("probe", *words, "--output-format", "json")
    assert ran.code == 0, ran.err
    found: list[dict[str, Any]] = json.loads(ran.out)["rows"]
    return found


def test_without_a_gpu_rows_are_estimates_and_say_so(net: Folder) -> None:
    ran = net.run("probe", *SOURCE)
    assert ran.code == 0
    assert ran.lines[0] == "net.py: *estimate* for H100 SXM, microseconds; nothing was measured"
    assert "measured on" not in ran.out
    assert "there is no NVIDIA GPU here: what follows are estimates for H100 SXM, not measurements" in ran.err


def test_flagged_layers_are_probed_and_all_grouped_ones_on_demand(net: Folder) -> None:
    (flagged,) = rows(net, *SOURCE)
    assert (flagged["layer"], flagged["codes"]) == ("second", ["GC101"])
    found = rows(net, *MODEL, "--all", "--batch", "3")
    assert [(row["layer"], row["codes"]) for row in found] == [("first", []), ("second", ["GC101"])]
    shape = found[0]["shape"]
    assert (shape["batch"], shape["in_size"], shape["groups"]) == (3, [32, 32], 4)


def test_rows_hold_every_type_and_layout(net: Folder) -> None:
    found = rows(net, *SOURCE, "--dtype", "fp16,fp32", "--layout", "nchw,nhwc", "--device", "a100-80")
    ways = [(row["evidence"]["dtype"], row["evidence"]["layout"]) for row in found]
    assert ways == [("fp16", "nchw"), ("fp16", "nhwc"), ("fp32", "nchw"), ("fp32", "nhwc")]
    assert {row["evidence"]["device"] for row in found} == {"a100-80"}
    assert {row["evidence"]["source"] for row in found} == {"estimate"}
    assert all(row["evidence"]["measured_us"] is None for row in found)


def test_rows_can_be_written_to_a_file(net: Folder) -> None:
    assert net.run("probe", *SOURCE, "--json", "out/rows.json").code == 0
    assert json.loads((net.path / "out/rows.json").read_text())["rows"][0]["layer"] == "second"


def test_the_device_may_stand_in_the_configuration(net: Folder) -> None:
    net.write({"gconv-lint.toml": 'device = "t4"\n'})
    assert net.run("probe", *SOURCE).lines[0].startswith("net.py: *estimate* for T4")


def test_source_has_no_sizes_before_they_are_given(net: Folder) -> None:
    ran = net.run("probe", "net.py", "--all")
    assert ran.lines[-1] == "2 grouped convolutions more whose sizes are not known."
    assert "source does not tell the sizes of inputs: give --size HxW" in ran.err
    found = rows(net, "net.py", "--all", "--size", "28x14")
    assert [row["shape"]["in_size"] for row in found] == [[28, 14], [28, 14]]
    assert [row["codes"] for row in found] == [[], ["GC101"]]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "nothing is given to probe; allowed are models, such as path/file.py:name, and paths"),
        ((*SOURCE, "--device", "h10"), "there is no device `h10` (did you mean `h100`?); allowed are gtx-1080-ti"),
        ((*SOURCE, "--device", "gone.json"), "gone.json: cannot be read: No such file or directory"),
        ((*SOURCE, "--dtype", "fp17"), "--dtype cannot be `fp17` (did you mean `fp16`?); allowed are fp16, bf16"),
        ((*SOURCE, "--layout", "nhw"), "--layout cannot be `nhw` (did you mean `nhwc`?); allowed are nchw, nhwc"),
        ((*SOURCE, "--device", "t4", "--dtype", "bf16"), "T4 has no units for bf16; allowed there are fp32, fp16"),
        ((*SOURCE, "--batch", "0"), "--batch cannot be 0; allowed is a number above 0"),
        (("net.py", "--size", "56"), "--size cannot be `56`; allowed is a height and a width, such as 56x56"),
        (("net.py", "--size", "0x5"), "--size cannot be `0x5`"),
        (("net.py", "--size", f"5x{10**12}"), f"--size cannot be `5x{10**12}`"),
        ((*SOURCE, "--batch", f"{10**400}"), f"--batch cannot be {10**400}; allowed is a number above 0"),
        ((*SOURCE, "--json", ""), "--json needs the name of a file"),
        (("--calibrate",), "--calibrate needs a GPU: there is no NVIDIA GPU here"),
        (("--calibrate", "net.py"), "--calibrate measures the GPU itself: give it no target"),
    ],
)
def test_misuse_is_told_in_a_sentence(net: Folder, words: Sequence[str], sentence: str) -> None:
    ran = net.run("probe", *words)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"gconv-lint: {sentence}")
    assert len(ran.err.splitlines()) == 1


def test_a_model_that_does_not_run_is_a_problem(net: Folder) -> None:
    ran = net.run("probe", "net.py:Gone", "--input", "1x3x8x8")
    assert ran.code == 2
    assert "Gone" in ran.err


def test_a_gpu_without_cupy_is_told_what_to_install(net: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpu, "_seems_present", lambda: True)
    monkeypatch.setitem(sys.modules, "cupy", None)
    sentence = "there is a GPU here, but CuPy, which measures with it, is not installed; "
    install = "`pip install 'gconv-lint[gpu]'` installs it"
    assert sentence + install in net.run("probe", *SOURCE).err
    ran = net.run("probe", "--calibrate")
    assert (ran.code, ran.err) == (2, f"gconv-lint: --calibrate needs a GPU: {sentence}{install}\n")


def test_a_broken_driver_is_told_what_to_install(net: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    class Cupy:
        class cuda:
            is_available = staticmethod(lambda: False)

            class runtime:
                @staticmethod
                def getDeviceCount() -> int:
                    raise RuntimeError("cudaErrorInsufficientDriver: CUDA driver version is insufficient")

    monkeypatch.setattr(gpu, "_seems_present", lambda: True)
    monkeypatch.setitem(sys.modules, "cupy", Cupy)
    found = gpu.look()
    assert isinstance(found, gpu.Missing)
    assert found.sentence.startswith("there is a GPU here, but CUDA cannot use it (cudaErrorInsufficientDriver: ")
    assert "an NVIDIA driver of at least version" in found.sentence


class _Raising:
    """An importer by which one module raises."""

    def __init__(self, name: str, error: Exception) -> None:
        self._name, self._error = name, error

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        return spec_from_loader(name, self) if name == self._name else None  # type: ignore[arg-type]

    def create_module(self, spec: object) -> None:
        raise self._error

    def exec_module(self, module: object) -> None:
        """Never reached."""


@pytest.mark.parametrize(
    "error",
    [
        ImportError("libcudart.so.13: cannot open shared object file"),
        ValueError("numpy.dtype size changed, may indicate binary incompatibility"),
        AttributeError("module 'numpy' has no attribute 'bool8'"),
    ],
)
def test_a_cupy_that_does_not_load_is_told_in_a_sentence(
    net: Folder, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    monkeypatch.setattr(gpu, "_seems_present", lambda: True)
    monkeypatch.delitem(sys.modules, "cupy", raising=False)
    monkeypatch.setattr(sys, "meta_path", [_Raising("cupy", error), *sys.meta_path])
    ran = net.run("probe", *SOURCE)
    assert (ran.code, ran.err.count("\n")) == (0, 1)
    assert f"but CuPy, which measures with it, does not load ({error}); " in ran.err
    assert "*estimate*" in ran.lines[0]


def test_a_pytorch_that_does_not_load_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "torch", raising=False)
    monkeypatch.setattr(sys, "meta_path", [_Raising("torch", OSError("libcudnn.so.9: no such file")), *sys.meta_path])
    assert not library.available()
    assert library.versions() == []


@pytest.mark.parametrize("error", [RuntimeError("an illegal memory access"), MemoryError("out of memory")])
def test_a_gpu_that_fails_in_the_middle_costs_one_layer(
    net: Folder, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def times(by: str, shape: ConvShape) -> float:
        if shape.out_channels == 64:
            raise error
        return 100.0

    with_gpu(monkeypatch, FakeBench(times))
    ran = net.run("probe", *SOURCE, "--all")
    assert ran.code == 0
    assert f"warning: 8x64->64 32x32, 3x3, groups=4: {error}" in ran.err
    assert ran.lines[-1].startswith("1 row: ")


def test_a_measurement_says_on_what_and_what_it_supports(net: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    net.write({"gconv-lint.toml": '[[models]]\ntarget = "net.py:Net"\ninput = "8x3x64x64"\n'})
    with_gpu(monkeypatch, FakeBench(lambda by, shape: 80.0 if by == "kernel" else SLOW[shape.groups]))
    ran = net.run("probe")
    assert ran.code == 0
    assert ran.lines[2].split()[5:10] == ["floor", "takes", "own", "kernel", "dense"]
    assert re.search(r" (399|400)\.\d +(79|80)\.\d +(99|100)\.\d ", ran.lines[3])
    assert ran.lines[0] == "net.py:Net: measured on NVIDIA H200, as a test has it, microseconds"
    assert "times as fast; groups=4 -> 1: 4.0x faster, 1.42x params" in ran.out
    assert ran.lines[-1] == "1 row: 1 CONFIRMED."
    assert "warning" not in ran.err


def test_measurements_are_cached_beside_the_configuration(net: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = FakeBench(by_library(SLOW))
    with_gpu(monkeypatch, bench)
    assert rows(net, *SOURCE) == rows(net, *SOURCE)
    assert bench.asked == 1
    rows(net, *SOURCE, "--no-cache")
    assert bench.asked == 2


def test_faults_of_a_bench_are_told(net: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = FakeBench(by_library(SLOW))
    bench.faults.add("depthwise.cu on 8x64->64: does not compile")
    with_gpu(monkeypatch, bench)
    assert "warning: depthwise.cu on 8x64->64: does not compile" in net.run("probe", *SOURCE).err


def test_findings_gain_evidence_by_a_measurement(net: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    with_gpu(monkeypatch, FakeBench(by_library(SLOW)))
    ran = net.run("model", *MODEL, "--probe", "--output-format", "json")
    found = {finding["code"]: finding for finding in json.loads(ran.out)["findings"]}
    assert set(found) == {"GC101", "GC205"}
    evidence = found["GC101"]["evidence"]
    assert (evidence["source"], evidence["verdict"], evidence["device"]) == ("measured", "CONFIRMED", "h200")
    assert (evidence["measured_us"], evidence["dense_us"]) == pytest.approx((400, 100), rel=0.01)
    assert found["GC205"]["message"].startswith("`second` takes ")
    assert "us on h200 in fp16, nchw: " in found["GC205"]["message"]


def test_evidence_by_an_estimate_makes_no_finding(net: Folder) -> None:
    ran = net.run(*SOURCE, "--probe", "--no-cache", "--output-format", "json", "--device", "h200")
    (finding,) = json.loads(ran.out)
    assert finding["evidence"]["source"] == "estimate"
    assert finding["evidence"]["verdict"] == "INCONCLUSIVE"
    assert finding["evidence"]["measured_us"] is None


def test_source_findings_gain_evidence_at_a_given_size(net: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    net.write(
        {
            "stack.py": "from torch import nn\nnet = nn.Sequential(nn.Conv2d(64, 64, 1, groups=4), nn.Conv2d(64, 64, 1, groups=4))\n"
        }
    )
    with_gpu(monkeypatch, FakeBench(by_library(SLOW)))
    words = ("stack.py", "--probe", "--size", "56x56", "--no-cache")
    found = json.loads(net.run(*words, "--output-format", "json").out)
    assert [finding["code"] for finding in found] == ["GC101", "GC205"]
    assert all(finding["evidence"]["source"] == "measured" for finding in found)
    assert "probe: CONFIRMED (measured; h200, fp16, nchw): " in net.run(*words).out
    sarif = json.loads(net.run(*words, "--output-format", "sarif").out)
    assert {result["properties"]["evidence"]["verdict"] for result in sarif["runs"][0]["results"]} == {"CONFIRMED"}


def test_what_is_remembered_of_source_is_enough_to_probe_it(net: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ("net.py", "--probe", "--size", "32x32", "--output-format", "json")
    found = json.loads(net.run(*words).out)
    assert found[0]["evidence"]["source"] == "estimate"

    def unused(*_: object, **__: object) -> None:
        raise AssertionError("source is read again")

    monkeypatch.setattr("gconv_lint.frontends.source.analyse", unused)
    monkeypatch.setattr("gconv_lint.frontends.source.analysis.analyse", unused)
    assert json.loads(net.run(*words).out) == found


def test_numbers_that_torch_would_refuse_are_sizes_that_are_not_known(net: Folder) -> None:
    net.write(
        {"huge.py": "from torch import nn\nnet = nn.Sequential(nn.Conv2d(10**200, 10**200, 3, groups=10**199))\n"}
    )
    ran = net.run("probe", "huge.py", "--all", "--size", "9x9")
    assert (ran.code, ran.lines[-1]) == (0, "1 grouped convolution more whose sizes are not known.")


def test_standard_input_is_probed_like_a_file(net: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    with_gpu(monkeypatch, FakeBench(by_library(SLOW)))
    ran = net.run("-", "--probe", "--size", "32x32", "--output-format", "json", stdin=NET)
    assert [finding["code"] for finding in json.loads(ran.out)] == ["GC101", "GC205"]


def test_without_a_size_source_findings_have_no_evidence(net: Folder) -> None:
    net.write(
        {
            "stack.py": "from torch import nn\nnet = nn.Sequential(nn.Conv2d(8, 8, 1, groups=4), nn.Conv2d(8, 8, 1, groups=4))\n"
        }
    )
    ran = net.run("stack.py", "--probe", "--output-format", "json")
    assert [finding["evidence"] for finding in json.loads(ran.out)] == [None]
    assert "nothing is timed without --size HxW" in ran.err


def test_comments_silence_what_was_measured_and_are_not_unused_elsewhere(
    net: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = "from torch import nn\nnet = nn.Sequential(nn.Conv2d(64, 64, 3, groups=4))  # gconv-lint: ignore[GC205]\n"
    line += "kept = nn.Sequential(nn.Conv2d(64, 64, 3, groups=4))  # noqa: GC205\n"
    net.write({"stack.py": line})
    plain = net.run("stack.py", "--extend-select", "GC900")
    assert plain.code == 0, plain.out
    with_gpu(monkeypatch, FakeBench(by_library(SLOW)))
    ran = net.run("stack.py", "--probe", "--size", "9x9", "--output-format", "json")
    assert "GC205" not in [finding["code"] for finding in json.loads(ran.out)]


def test_a_rule_about_measurements_can_be_left_out(net: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    with_gpu(monkeypatch, FakeBench(by_library(SLOW)))
    ran = net.run(*SOURCE, "--probe", "--no-cache", "--ignore", "GC205", "--output-format", "json")
    assert [finding["code"] for finding in json.loads(ran.out)] == ["GC101"]
    ran = net.run(
        *SOURCE, "--probe", "--no-cache", "--config", "rules.GC205.slowdown-max = 5", "--output-format", "json"
    )
    assert [finding["code"] for finding in json.loads(ran.out)] == ["GC101"]


def test_a_calibration_is_what_estimates_use_from_then_on(net: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    before = rows(net, *SOURCE, "--device", "h200")[0]["evidence"]["estimate_us"]
    bench = FakeBench(lambda by, shape: 1000.0)
    monkeypatch.setattr(gpu, "look", lambda: gpu.Gpu(bench.device, bench.identity))
    monkeypatch.setattr("gconv_lint.probe.bench.GpuBench", lambda _: bench)
    monkeypatch.setattr("gconv_lint.probe.samples.LEAST", 3)
    ran = net.run("probe", "--calibrate", "--dtype", "fp16", "--layout", "nchw")
    assert (ran.code, ran.err) == (0, "")
    path = net.path / "devices/h200.json"
    assert ran.out == f"H200 SXM is written to {path}: 28 efficiencies.\n"
    monkeypatch.undo()
    monkeypatch.chdir(net.path)
    monkeypatch.setattr(gpu, "_seems_present", lambda: False)
    monkeypatch.setenv("GCONV_LINT_DEVICES", str(path.parent))
    assert rows(net, *SOURCE, "--device", "h200")[0]["evidence"]["estimate_us"] > 2 * before
    listed = {device["name"]: device for device in json.loads(net.run("devices", "--output-format", "json").out)}
    assert listed["h200"]["calibrated"]
    assert not listed["h100"]["calibrated"]


def test_a_gpu_that_cannot_be_measured_is_told_in_a_sentence(net: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = FakeBench(lambda *_: None)
    with_gpu(monkeypatch, bench)

    def broken() -> None:
        raise RuntimeError("the copy is\nwrong")

    bench.ceilings = broken  # type: ignore[assignment,method-assign]
    monkeypatch.setattr("gconv_lint.probe.bench.GpuBench", lambda _: bench)
    ran = net.run("probe", "--calibrate")
    assert (ran.code, ran.err) == (2, "gconv-lint: H200 SXM cannot be measured: the copy is wrong\n")


def test_devices_are_listed(net: Folder) -> None:
    ran = net.run("devices")
    assert ran.code == 0
    assert len(ran.lines) == 17
    assert ran.lines[0].split()[:3] == ["name", "device", "sm"]
    assert any(line.startswith("h200 ") and " 989.4 " in line and " 4800 " in line for line in ran.lines)
    ran = net.run("devices", "--output-format", "xml")
    assert (ran.code, ran.err) == (2, "gconv-lint: --output-format cannot be `xml`; allowed is full, json\n")


def test_fixes_of_layers_that_ran_have_estimated_times(net: Folder) -> None:
    net.write(
        {"plain.py": "from torch import nn\n\ndef net():\n    return nn.Sequential(nn.Conv2d(8, 8, 3, groups=1))\n"}
    )
    words = ("--input", "4x8x32x32", "--select", "GC501", "--config", 'device = "t4"', "--output-format", "json")
    (finding,) = json.loads(net.run("model", "plain.py:net", *words).out)["findings"]
    price = finding["fix"]["price"]
    assert price["device"] == "t4"
    assert price["before"]["estimated_us"] == price["after"]["estimated_us"] > 2


def test_probing_needs_neither_cupy_nor_torch_where_there_is_no_gpu(net: Folder) -> None:
    program = (
        "import sys; from gconv_lint.probe import gpu; gpu._seems_present = lambda: False; from gconv_lint.cli import main;"
        "code = main(['probe', 'net.py', '--all', '--size', '9x9', '--isolated']);"
        "print(code, sorted({'cupy', 'torch', 'numpy', 'libcst'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=net.path)
    assert ran.stdout.splitlines()[-1] == "0 []"
