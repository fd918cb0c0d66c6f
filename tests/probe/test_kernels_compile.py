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
    "peak mma tf32": peaks.mma("tf32", 1024, 4096).spec,
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
    "grouped 3x3 of 8 tf32": _select(shape_of(64, 256, 256, 32, (56, 56), 3), "tf32", "nhwc"),
    "grouped 3x3 of 64 nchw": _select(shape_of(64, 256, 256, 4, (56, 56), 3), "fp16", "nchw"),
}


#: One of each source, quick to compile.
QUICK = (
    "copy",
    "shuffle nhwc",
    "direct",
    "depthwise 3 nhwc",
    "depthwise 3 nchw",
    "grouped 3x3 of 8",
    "grouped 3x3 of 8 tf32",
)


@pytest.mark.parametrize("name", SPECS)
def test_layers_of_networks_compile_for_hopper(name: str) -> None:
    assert nvrtc.faults(SPECS[name], nvrtc.compiled(SPECS[name], 90)) == []


@pytest.mark.parametrize("architecture", sorted({*nvrtc.ARCHITECTURES} - {90}))
def test_each_kernel_compiles_for_every_other_gpu(architecture: int) -> None:
    for name in QUICK:
        if not nvrtc.serves(SPECS[name], architecture):
            continue
        assert nvrtc.faults(SPECS[name], nvrtc.compiled(SPECS[name], architecture)) == [], name


@pytest.mark.parametrize("name", ["copy", "depthwise 3 nhwc", "shuffle nhwc", "transpose"])
def test_memory_is_read_and_written_16_bytes_at_a_time(name: str) -> None:
    ptx = nvrtc.compiled(SPECS[name], 90).ptx
    assert "ld.global.nc.v4" in ptx
    assert "st.global.v4" in ptx


@pytest.mark.parametrize(
    ("name", "instruction"),
    [
        ("grouped 3x3 of 8", "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32"),
        ("grouped 3x3 of 32", "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32"),
        ("grouped 3x3 of 8 tf32", "mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32"),
        ("grouped 3x3 of 8", "ldmatrix.sync.aligned.m8n8.x4.shared.b16"),
        ("grouped 3x3 of 8", "cp.async.cg.shared.global"),
        ("grouped 1x1", "st.global.v2.u32"),
        ("grouped 1x1 of 128", "st.global.v4.u32"),
    ],
)
def test_tensor_cores_are_fed_as_is_promised(name: str, instruction: str) -> None:
    assert instruction in nvrtc.compiled(SPECS[name], 90).ptx


def test_a_source_that_does_not_compile_says_why() -> None:
    with pytest.raises(nvrtc.CompileError, match=r"error: identifier .fp12. is undefined"):
        nvrtc.compiled(SPECS["direct"]._replace(macros=SPECS["direct"].macros | {"NUMBER": "fp12"}), 90)


def test_spills_and_greed_for_registers_are_seen() -> None:
    spec = SPECS["grouped 3x3 of 32"]
    assert nvrtc.faults(spec, nvrtc.Compiled(300, 8, 0, "")) == [
        "8 bytes are spilled",
        "300 registers for each of 128 threads",
        "no tensor cores are used",
    ]
