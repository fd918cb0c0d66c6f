"""The kernels compiled for GPUs from Turing to Blackwell: no spills, registers enough for a block, tensor cores used."""

from __future__ import annotations

import sys

import pytest

from gconv_lint.model.shapes import ConvShape
from gconv_lint.probe.kernels import movers, peaks
from gconv_lint.probe.kernels.spec import KernelSpec
from gconv_lint.probe.specialise import select
from tests.probe import nvrtc
from tests.probe.kernel_matrix import shape_of

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the wheel of NVIDIA's compiler is used on Linux only")


def _select(shape: ConvShape, dtype: str, layout: str) -> KernelSpec:
    spec = select(shape, dtype, layout)
    assert spec is not None
    return spec


#: Layers as networks have them, so that constants are those that a GPU runs.
SPECS = {
    "copy": movers.copy(1 << 30),
    "shuffle nhwc": movers.shuffle(64, 240, 784, 3, "fp16", "nhwc"),
    "shuffle nchw": movers.shuffle(64, 240, 784, 3, "fp32", "nchw"),
    "transpose": movers.transpose(64, 256, 3136, "fp16"),
    "peak fma": peaks.fma(1024, 4096).spec,
    "peak mma": peaks.mma("fp16", 1024, 4096).spec,
    "peak mma bf16": peaks.mma("bf16", 1024, 4096).spec,
    "direct": _select(shape_of(64, 256, 256, 32, (56, 56), 3), "fp32", "nchw"),
    "depthwise 3 nhwc": _select(shape_of(64, 256, 256, 256, (56, 56), 3), "fp16", "nhwc"),
    "depthwise 3 nhwc fp32": _select(shape_of(64, 256, 256, 256, (56, 56), 3), "fp32", "nhwc"),
    "depthwise 5 nhwc stride 2": _select(shape_of(64, 256, 256, 256, (56, 56), 5, 2), "bf16", "nhwc"),
    "depthwise 7 nhwc": _select(shape_of(64, 384, 384, 384, (56, 56), 7), "fp16", "nhwc"),
    "depthwise 3 nchw": _select(shape_of(64, 256, 256, 256, (56, 56), 3), "fp32", "nchw"),
    "depthwise 7 nchw": _select(shape_of(64, 384, 384, 384, (56, 56), 7), "fp16", "nchw"),
    "grouped 1x1": _select(shape_of(64, 240, 240, 3, (28, 28), 1), "fp16", "nhwc"),
    "grouped 1x1 of 128": _select(shape_of(64, 256, 256, 2, (28, 28), 1), "bf16", "nhwc"),
    "grouped 3x3 of 2": _select(shape_of(64, 256, 256, 128, (56, 56), 3), "fp16", "nhwc"),
    "grouped 3x3 of 8": _select(shape_of(64, 256, 256, 32, (56, 56), 3), "fp16", "nhwc"),
    "grouped 3x3 of 32": _select(shape_of(64, 256, 256, 8, (56, 56), 3), "bf16", "nhwc"),
    "grouped 3x3 of 64 nchw": _select(shape_of(64, 256, 256, 4, (56, 56), 3), "fp16", "nchw"),
}


@pytest.mark.parametrize("architecture", nvrtc.ARCHITECTURES)
def test_layers_of_networks_compile_for_every_gpu(architecture: int) -> None:
    for name, spec in SPECS.items():
        if nvrtc.serves(spec, architecture):
            assert nvrtc.faults(spec, nvrtc.compiled(spec, architecture)) == [], name


@pytest.mark.parametrize("name", ["copy", "depthwise 3 nhwc", "shuffle nhwc", "transpose"])
def test_memory_is_read_and_written_16_bytes_at_a_time(name: str) -> None:
    ptx = nvrtc.compiled(SPECS[name], 90).ptx
    assert "ld.global.nc.v4.u32" in ptx or "ld.global.nc.v4.b32" in ptx
    assert "st.global.v4" in ptx


def test_a_source_that_does_not_compile_says_why() -> None:
    with pytest.raises(nvrtc.CompileError, match=r"direct.cu.*error"):
        nvrtc.compiled(SPECS["direct"]._replace(macros=SPECS["direct"].macros | {"NUMBER": "fp12"}), 90)


def test_spills_and_greed_for_registers_are_seen() -> None:
    spec = SPECS["grouped 3x3 of 32"]
    assert nvrtc.faults(spec, nvrtc.Compiled(300, 8, 0, "")) == [
        "8 bytes are spilled",
        "300 registers for each of 128 threads",
        "no tensor cores are used",
    ]
