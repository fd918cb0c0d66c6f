"""Floors and estimates beside what others measured and published."""

from __future__ import annotations

from itertools import pairwise

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.gpu.published import REPLKNET, SHUFFLENET_V2, replknet, shufflenet_v2
from gconv_lint.costs import catalogue
from gconv_lint.costs.shapes import shape_of
from gconv_lint.costs.times import estimate_us, floor_us, moved_bytes, needed_flops
from gconv_lint.model.devices import Efficiency
from gconv_lint.model.layers import ConvAttrs, Layer
from gconv_lint.model.places import Place
from gconv_lint.model.shapes import ConvShape
from gconv_lint.probe.sweep import square

HERE = Place("", 1, 1, 1, 1)
ALL = catalogue.devices()


def known(time: float | None) -> float:
    assert time is not None
    return time


@st.composite
def shapes(draw: st.DrawFn) -> ConvShape:
    """Convolutions of two axes that torch accepts."""
    groups = draw(st.sampled_from([1, 2, 3, 8]))
    inside, outside = (groups * draw(st.integers(1, 6)) for _ in range(2))
    axes = [[draw(st.integers(*bounds)) for _ in range(2)] for bounds in ((7, 12), (1, 3), (1, 3), (0, 3), (1, 3))]
    size, kernel, stride, padding, dilation = axes
    conv = ConvAttrs(
        rank=2,
        in_channels=inside,
        out_channels=outside,
        groups=groups,
        kernel_size=tuple(kernel),
        stride=tuple(stride),
        padding=tuple(padding),
        dilation=tuple(dilation),
    )
    found = shape_of(Layer(id=0, kind="conv", name="", place=HERE, conv=conv), draw(st.integers(1, 3)), size)
    assert found is not None
    return found


@settings(max_examples=60)
@given(shapes())
def test_sizes_and_work_are_those_of_torch(shape: ConvShape) -> None:
    """Counted by torch itself: a one for each input and weight sums to the products that are no padding."""
    x = torch.ones(shape.batch, shape.in_channels, *shape.in_size, dtype=torch.float64, requires_grad=True)
    weight = torch.ones(shape.out_channels, shape.group_width, *shape.kernel, dtype=torch.float64)
    how = {"stride": shape.stride, "padding": shape.padding, "dilation": shape.dilation, "groups": shape.groups}
    made = torch.nn.functional.conv2d(x, weight, **how)
    (gradient,) = torch.autograd.grad(made.sum(), x)
    assert made.shape == (shape.batch, shape.out_channels, *shape.out_size)
    assert needed_flops(shape) == 2 * made.sum()
    assert moved_bytes(shape, "fp32") == 4 * (int((gradient != 0).sum()) + made.numel() + weight.numel())


@given(shapes(), st.sampled_from(sorted(ALL)), st.sampled_from(["fp32", "tf32", "fp16", "bf16"]))
def test_no_estimate_is_below_the_floor(shape: ConvShape, name: str, dtype: str) -> None:
    floor = floor_us(shape, ALL[name], dtype)
    estimate = estimate_us(shape, ALL[name], dtype, "nchw")
    assert (floor is None) == (estimate is None) == (ALL[name].peak(dtype) is None)
    assert floor is None or 0 < floor <= known(estimate)


@given(shapes(), st.sampled_from(sorted(ALL)), st.integers(1, 64))
def test_more_work_takes_no_less_time(shape: ConvShape, name: str, more: int) -> None:
    device, dense = ALL[name], shape.with_groups(1)
    larger = shape._replace(batch=shape.batch + more)
    assert dense is not None
    for dtype in device.flops:
        assert known(floor_us(shape, device, dtype)) <= known(floor_us(larger, device, dtype))
        assert known(floor_us(shape, device, dtype)) <= known(floor_us(dense, device, dtype))
        assert known(floor_us(shape, device, dtype)) <= known(floor_us(shape, device, "fp32"))
        assert known(estimate_us(shape, device, dtype, "nchw")) <= known(estimate_us(larger, device, dtype, "nchw"))


@pytest.mark.parametrize("groups", SHUFFLENET_V2)
def test_shufflenet_v2_wider_layers_take_longer(groups: int) -> None:
    device = ALL["gtx-1080-ti"]
    times = [known(estimate_us(shufflenet_v2(groups, width), device, "fp32", "nchw")) for width in (1, 2, 4)]
    measured = [1 / speed for speed in SHUFFLENET_V2[groups][1]]
    assert sorted(times) == times
    assert sorted(measured) == measured


@pytest.mark.parametrize("groups", SHUFFLENET_V2)
def test_shufflenet_v2_nothing_was_measured_below_the_floor(groups: int) -> None:
    for width, speed in zip((1, 2, 4), SHUFFLENET_V2[groups][1], strict=True):
        assert 10 * known(floor_us(shufflenet_v2(groups, width), ALL["gtx-1080-ti"], "fp32")) < 1e6 / speed


def test_shufflenet_v2_large_dense_layers_take_what_was_measured() -> None:
    estimate = 10 * known(estimate_us(shufflenet_v2(1, 4), ALL["gtx-1080-ti"], "fp32", "nchw"))
    assert 1e6 / estimate == pytest.approx(SHUFFLENET_V2[1][1][2], rel=0.1)


def test_shufflenet_v2_more_groups_are_estimated_to_be_no_faster_at_equal_work() -> None:
    """The order of the table at four times the channels, dense first. How much slower is a known miss."""
    device = ALL["gtx-1080-ti"]
    times = {groups: known(estimate_us(shufflenet_v2(groups, 4), device, "fp32", "nchw")) for groups in SHUFFLENET_V2}
    assert min(times, key=times.__getitem__) == 1
    assert max(times, key=times.__getitem__) == 8


def test_known_miss_libraries_are_slower_at_grouped_layers_than_any_bound_says() -> None:
    """Measured, 8 groups take 1.9 times as long as none; the floor is flat. A calibration has to carry that."""
    device = ALL["gtx-1080-ti"]
    floors = [known(floor_us(shufflenet_v2(groups, 4), device, "fp32")) for groups in SHUFFLENET_V2]
    assert max(floors) / min(floors) < 1.02
    assert SHUFFLENET_V2[1][1][2] / SHUFFLENET_V2[8][1][2] == pytest.approx(1.9, abs=0.01)


def test_replknet_larger_kernels_take_longer_and_nothing_was_measured_below_the_floor() -> None:
    device = ALL["rtx-2080-ti"]
    layers = {kernel: replknet(kernel) for kernel in REPLKNET}
    estimates = [24 * known(estimate_us(layer, device, "fp32", "nchw")) / 1e3 for layer in layers.values()]
    assert all(first < second for first, second in pairwise(estimates))
    for kernel, layer in layers.items():
        assert 24 * known(floor_us(layer, device, "fp32")) / 1e3 < min(REPLKNET[kernel])


def test_groups_of_a_wide_layer_save_far_less_time_than_work() -> None:
    """256 channels, 3x3, 64 images of 56x56 in fp16 on an H200: 1/256 of the work in between 1/5 and 1/7 of the time."""
    dense, depthwise = (
        known(estimate_us(square(64, 256, groups, 56, 3), ALL["h200"], "fp16", "nhwc")) for groups in (1, 256)
    )
    assert dense == pytest.approx(313, rel=0.05)
    assert 5 < dense / depthwise < 7


def test_a_calibration_corrects_the_estimate_by_the_nearest_width() -> None:
    layer = square(64, 256, 32, 56, 3)
    plain = ALL["h200"]
    slow = plain._replace(
        efficiencies=(
            Efficiency("fp16", "nhwc", "grouped spatial", 8, 0.25),
            Efficiency("fp16", "nhwc", "grouped spatial", 64, 0.9),
            Efficiency("fp16", "nchw", "grouped spatial", 8, 0.1),
        )
    )
    estimate = known(estimate_us(layer, plain, "fp16", "nhwc"))
    assert known(estimate_us(layer, slow, "fp16", "nhwc")) == pytest.approx(4 * estimate)
    assert known(estimate_us(square(64, 256, 8, 56, 3), slow, "fp16", "nhwc")) < 4 * estimate
    assert floor_us(layer, slow, "fp16") == floor_us(layer, plain, "fp16")


def test_a_layer_whose_sizes_are_not_known_has_no_shape() -> None:
    conv = ConvAttrs(rank=2, in_channels=8, out_channels=8, kernel_size=3, groups=4)
    layer = Layer(id=0, kind="conv", name="", place=HERE, conv=conv)
    assert shape_of(layer) is None
    refused = Layer(
        id=0, kind="conv", name="", place=HERE, conv=ConvAttrs(rank=2, in_channels=8, out_channels=8, kernel_size=9)
    )
    assert shape_of(refused, size=(4, 4)) is None
