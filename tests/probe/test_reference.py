"""The check of kernels, on convolutions that torch computes and on ones that are wrong in one place."""

from __future__ import annotations

import pytest
import torch

from gconv_lint.model.shapes import ConvShape
from gconv_lint.probe import library
from gconv_lint.probe.reference import faults

CASES = {
    "grouped": ConvShape(2, 12, 8, 4, (7, 9), (7, 9), (3, 3), (1, 1), (1, 1), (1, 1)),
    "depthwise": ConvShape(1, 6, 12, 6, (8, 8), (4, 4), (3, 3), (2, 2), (1, 1), (1, 1)),
    "dilated": ConvShape(1, 4, 4, 2, (9, 9), (5, 7), (3, 2), (1, 1), (0, 0), (2, 2)),
    "transposed": ConvShape(2, 8, 4, 4, (5, 4), (10, 8), (4, 4), (2, 2), (1, 1), (1, 1), transposed=True),
    "one axis": ConvShape(3, 6, 6, 3, (11,), (11,), (5,), (1,), (2,), (1,)),
}


def tensors(shape: ConvShape) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(1)
    x = torch.randn(shape.batch, shape.in_channels, *shape.in_size, generator=generator)
    weight = torch.randn(shape.weight_size, generator=generator)
    made = library.convolution(torch, shape)(x, weight)
    return x, weight, made


@pytest.mark.parametrize("shape", CASES.values(), ids=CASES)
def test_a_right_convolution_has_no_faults(shape: ConvShape) -> None:
    assert faults(shape, "fp32", *tensors(shape)) == []


@pytest.mark.parametrize("shape", CASES.values(), ids=CASES)
def test_what_was_not_written_is_a_fault(shape: ConvShape) -> None:
    x, weight, made = tensors(shape)
    made[-1, -1, ..., -1] = float("nan")
    assert faults(shape, "fp32", x, weight, made)


@pytest.mark.parametrize("shape", CASES.values(), ids=CASES)
def test_groups_that_read_their_neighbours_are_a_fault(shape: ConvShape) -> None:
    x, weight, _ = tensors(shape)
    _, _, made = tensors(shape)
    shifted = torch.roll(made, shape.out_group_width, 1)
    assert faults(shape, "fp32", x, weight, shifted)


def test_rounding_to_sixteen_bits_is_no_fault() -> None:
    shape = CASES["grouped"]
    x, weight, _ = (each.half().float() for each in tensors(shape))
    made = torch.nn.functional.conv2d(x, weight, padding=shape.padding, groups=shape.groups).half()
    assert faults(shape, "fp16", x, weight, made) == []
    assert faults(shape, "fp32", x, weight, made)
