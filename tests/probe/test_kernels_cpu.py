"""The kernels as they are, run on a CPU: equal to torch in double precision, whatever order threads run in."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from gconv_lint.model.shapes import ConvShape
from gconv_lint.probe.kernels import movers, peaks
from gconv_lint.probe.kernels.spec import KernelSpec
from gconv_lint.probe.specialise import select
from tests.probe import cpu
from tests.probe.kernel_matrix import DEFAULT, shape_of


def _convolve(shape: ConvShape, dtype: str, layout: str, edit: tuple[str, str] | None = None) -> list[torch.Tensor]:
    spec = select(shape, dtype, layout)
    assert spec is not None
    program = cpu.build(spec, edit)
    return [cpu.compute(program, spec, shape, dtype, layout, order) for order in cpu.ORDERS]


def _moved(spec: KernelSpec, x: torch.Tensor, made: torch.Tensor) -> torch.Tensor:
    return cpu.run(cpu.build(spec), spec, [x, made], "shuffled")


@pytest.mark.parametrize("case", DEFAULT, ids=str)
def test_kernels_compute_convolutions(case: Any) -> None:
    spec = select(case.shape, case.dtype, case.layout)
    assert spec is not None
    assert spec.name == case.kernel
    found = _convolve(case.shape, case.dtype, case.layout)
    assert cpu.error(case.shape, case.dtype, found[0]) <= 1
    assert all(torch.equal(found[0], each) for each in found[1:])


def test_copy_writes_every_byte_once() -> None:
    x = torch.randn(4 * 1300)
    assert torch.equal(_moved(movers.copy(x.numel() * 4), x, torch.empty_like(x)), x)


@pytest.mark.parametrize(("dtype", "layout"), [("fp16", "nhwc"), ("fp32", "nchw")])
def test_channels_are_shuffled_as_torch_does(dtype: str, layout: str) -> None:
    x = torch.randn(2, 24, 35).to(cpu.TYPES[dtype])
    spec = movers.shuffle(2, 24, 35, 3, dtype, layout)
    found = _moved(spec, cpu.laid_out(x, layout), torch.empty_like(cpu.laid_out(x, layout)))
    expected = x.view(2, 3, 8, 35).transpose(1, 2).reshape(2, 24, 35)
    assert torch.equal(found, cpu.laid_out(expected, layout))


@pytest.mark.parametrize(("dtype", "rows", "columns"), [("fp16", 72, 81), ("fp32", 35, 130)])
def test_matrices_are_turned(dtype: str, rows: int, columns: int) -> None:
    x = torch.randn(2, rows, columns).to(cpu.TYPES[dtype])
    found = _moved(movers.transpose(2, rows, columns, dtype), x, torch.empty(2, columns, rows, dtype=x.dtype))
    assert torch.equal(found, x.transpose(1, 2))


def test_chains_of_multiply_adds_are_done_in_full() -> None:
    peak = peaks.fma(blocks=2, rounds=5)
    x = torch.randn(peak.inputs)
    found = _moved(peak.spec, x, torch.empty(peak.outputs))
    assert torch.allclose(found, x * peaks.CHAINS * sum(0.5**each for each in range(5)))
    assert peak.flops == 2 * peak.inputs * peaks.CHAINS * 5


def test_chains_of_matrix_multiplications_are_done_in_full() -> None:
    peak = peaks.mma("fp16", blocks=1, rounds=2)
    x = torch.randn(peak.inputs, 2, dtype=torch.float16)
    found = _moved(peak.spec, x, torch.empty(peak.outputs)).view(-1, 32).double()
    # Lane l has columns 2 * (l % 4) of rows l / 4, and of rows 8 below; then of the columns 8 to the right.
    parts = x.double().view(-1, 8, 4, 4, 2).permute(0, 3, 1, 2, 4).reshape(-1, 4, 8, 8)
    a = torch.cat([torch.cat([parts[:, 0], parts[:, 1]], 1), torch.cat([parts[:, 2], parts[:, 3]], 1)], 2)
    product = 2 * peaks.CHAINS * a @ torch.cat([parts[:, 0], parts[:, 1]], 2).transpose(1, 2)
    halves = product.view(-1, 2, 8, 4, 2)
    assert torch.allclose(found, halves.sum((1, 4)).flatten(1), rtol=1e-4, atol=1e-2)


GROUPED, DEPTHWISE = shape_of(1, 32, 32, 4, (7, 9), 3), shape_of(2, 24, 24, 24, (9, 10), 3)
SECOND_BARRIER = ("(merged - within) * WIDTH);\n        __syncthreads();", "(merged - within) * WIDTH);")


@pytest.mark.parametrize(
    ("shape", "layout", "edit"),
    [
        (GROUPED, "nhwc", SECOND_BARRIER),
        (DEPTHWISE, "nchw", ("    __syncthreads();\n", "")),
        (DEPTHWISE, "nhwc", ("    __syncthreads();\n", "")),
    ],
    ids=["grouped", "depthwise nchw", "depthwise nhwc"],
)
def test_a_missing_barrier_is_seen(shape: ConvShape, layout: str, edit: tuple[str, str]) -> None:
    found = _convolve(shape, "fp16", layout, edit)
    assert max(cpu.error(shape, "fp16", each) for each in found) > 1


@pytest.mark.parametrize(
    ("edit", "stopped"),
    [
        (("h >= 0 && h < IN_H && w >= 0", "h < IN_H && w >= 0"), "AddressSanitizer: heap-buffer-overflow"),
        (("write<VECTOR>(rows + i * VECTOR,", "write<VECTOR>(rows + (i + 1) * VECTOR,"), "heap-buffer-overflow"),
        (("    __syncthreads();", "    if (threadIdx.x < 32) __syncthreads();"), "waits at line"),
        (("    __syncthreads();", "    if (threadIdx.x) __syncthreads(); else\n__syncthreads();"), "wait at lines"),
    ],
    ids=["input out of bounds", "shared memory out of bounds", "half a barrier", "two barriers"],
)
def test_a_kernel_that_goes_astray_is_stopped(edit: tuple[str, str], stopped: str) -> None:
    with pytest.raises(cpu.KernelFault, match=stopped):
        _convolve(DEPTHWISE, "fp16", "nchw", edit)
