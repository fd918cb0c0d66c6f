"""Feature correlation and gradient ratio against numbers that are worked out otherwise."""

from __future__ import annotations

import math
from itertools import combinations
from typing import Any

import pytest
import torch
from torch import nn

from gconv_lint.testing import feature_correlation, gradient_ratio


def given(weight: torch.Tensor) -> nn.Sequential:
    """One pointwise convolution with this weight, (out, in), behind a name."""
    model = nn.Conv2d(weight.shape[1], weight.shape[0], 1, bias=False)
    model.weight.data = weight[:, :, None, None].clone()
    return nn.Sequential(model)


def test_correlation_is_that_of_torch() -> None:
    torch.manual_seed(0)
    x, model = torch.randn(4, 6, 5, 5), given(torch.randn(8, 6))
    found = feature_correlation(model, x, "0")
    expected = torch.corrcoef(model(x).detach().movedim(1, 0).flatten(1).double()).abs()
    pairs = [expected[a, b].item() for a, b in combinations(range(8), 2)]
    assert found.mean == pytest.approx(sum(pairs) / len(pairs))
    for channel, value in enumerate(found.per_channel):
        assert value == pytest.approx((expected[channel].sum().item() - 1) / 7)
    assert (found.dead, found.not_finite, found.samples) == ((), (), 100)


def test_equal_and_opposite_channels_are_alike() -> None:
    weight = torch.tensor([[1.0, 0.0], [2.0, 0.0], [-3.0, 0.0]])
    found = feature_correlation(given(weight), torch.randn(2, 2, 4, 4), "0")
    assert found.mean == pytest.approx(1.0)
    assert found.mean <= 1


def test_independent_channels_are_alike_by_chance_alone() -> None:
    torch.manual_seed(0)
    found = feature_correlation(nn.Sequential(nn.Identity()), torch.randn(8, 64, 8, 8), "0")
    assert found.by_chance == pytest.approx(math.sqrt(2 / (math.pi * 511)))
    assert found.mean == pytest.approx(found.by_chance, rel=0.1)


def test_dead_and_infinite_channels_are_told_and_left_out() -> None:
    model = given(torch.tensor([[1.0, 0.0], [0.0, 0.0], [0.0, 1.0], [math.inf, 0.0]]))
    model[0].bias = nn.Parameter(torch.tensor([0.0, 0.1, 0.0, 0.0]))
    found = feature_correlation(model, torch.randn(2, 2, 4, 4), "0")
    assert (found.dead, found.not_finite) == ((1,), (3,))
    assert [value is None for value in found.per_channel] == [False, True, False, True]
    assert found.mean is not None
    assert not math.isnan(found.mean)


def test_a_single_live_channel_has_nobody_to_be_like() -> None:
    found = feature_correlation(given(torch.tensor([[1.0], [0.0]])), torch.randn(2, 1, 4, 4), "0")
    assert (found.mean, found.per_channel, found.dead) == (None, (None, None), (1,))


@pytest.mark.parametrize("scale", [1e-30, 1e30])
def test_no_size_of_numbers_matters(scale: float) -> None:
    x = torch.randn(2, 3, 4, 4)
    plain, scaled = (feature_correlation(nn.Sequential(nn.Identity()), x * s, "0").mean for s in (1.0, scale))
    assert scaled == pytest.approx(plain, rel=1e-4)


def test_what_is_written_to_later_is_measured_before() -> None:
    model = nn.Sequential(nn.Identity(), nn.ReLU(inplace=True))
    x = torch.randn(2, 3, 4, 4)
    assert feature_correlation(model, x, "0") == feature_correlation(model[:1], x, "0")


@pytest.mark.parametrize(
    ("layer", "shape", "why"),
    [
        ("1", (2, 4, 2, 2), "there is no module `1` in Sequential"),
        ("0", (1, 4, 1, 1), "the output of `0` has 1 samples of each channel; two at least are needed"),
    ],
)
def test_what_cannot_be_measured(layer: str, shape: tuple[int, ...], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        feature_correlation(nn.Sequential(nn.Conv2d(4, 4, 1)), torch.randn(shape), layer)


GROUPED: dict[str, Any] = {
    "conv1d": (lambda: nn.Conv1d(8, 12, 3, groups=4), (2, 8, 9)),
    "conv2d": (lambda: nn.Conv2d(8, 12, 3, groups=2, padding=1, padding_mode="circular"), (2, 8, 5, 5)),
    "depthwise": (lambda: nn.Conv2d(8, 16, 3, groups=8, bias=False), (2, 8, 5, 5)),
    "transposed": (lambda: nn.ConvTranspose2d(8, 12, 3, groups=4, stride=2, output_padding=1), (2, 8, 5, 5)),
    "conv3d": (lambda: nn.Conv3d(8, 4, 2, groups=4), (2, 8, 3, 3, 3)),
}


@pytest.mark.parametrize("name", GROUPED)
def test_the_ratio_against_a_twin_made_by_hand(name: str) -> None:
    build, shape = GROUPED[name]
    torch.manual_seed(0)
    model, x = nn.Sequential(build(), nn.Tanh()), torch.randn(shape)
    layer = model[0]
    dense = type(layer)(
        *(layer.in_channels, layer.out_channels, layer.kernel_size, layer.stride, layer.padding),
        bias=layer.bias is not None,
        padding_mode=layer.padding_mode,
        **({"output_padding": layer.output_padding} if "transposed" in name else {}),
    )
    # Each column of the dense weight is the response of the grouped one to a single input channel.
    dense.weight.data.zero_()
    rows, columns = layer.weight.shape[0] // layer.groups, layer.weight.shape[1]
    for row in range(layer.weight.shape[0]):
        start = row // rows * columns
        dense.weight.data[row, start : start + columns] = layer.weight.data[row]
    if layer.bias is not None:
        dense.bias.data = layer.bias.data
    twin = nn.Sequential(dense, nn.Tanh())
    assert torch.allclose(model(x), twin(x), atol=1e-5)
    for each in (model, twin):
        each(x).square().mean().backward()
    expected = layer.weight.grad.abs().mean().item(), dense.weight.grad.abs().mean().item()
    layer.weight.grad = None
    found = gradient_ratio(model, x, "0")
    assert (found.grouped, found.dense) == pytest.approx(expected, rel=1e-4)
    assert found.ratio == pytest.approx(expected[0] / expected[1], rel=1e-4)
    assert 0 < found.ratio <= found.groups == layer.groups
    assert layer.weight.grad is None


def test_random_layers_are_the_same_in_both_runs() -> None:
    model = nn.Sequential(nn.Conv2d(8, 8, 1, groups=4), nn.Dropout(0.5))
    x = torch.randn(2, 8, 4, 4)
    torch.manual_seed(0)
    first = gradient_ratio(model, x, "0")
    assert gradient_ratio(model, x, "0") == first


def test_a_shape_stands_for_random_numbers() -> None:
    torch.manual_seed(0)
    assert feature_correlation(nn.Sequential(nn.Identity()), (2, 3, 4, 4), "0").samples == 32


def test_a_loss_of_ones_own() -> None:
    model, x = nn.Sequential(nn.Conv2d(8, 8, 1, groups=4)), torch.randn(2, 8, 4, 4)
    one, two = (gradient_ratio(model, x, "0", loss=lambda y, f=f: f * y.sum()) for f in (1, 2))
    assert two.grouped == pytest.approx(2 * one.grouped)
    assert two.ratio == pytest.approx(one.ratio)


def test_no_gradient_is_no_ratio() -> None:
    found = gradient_ratio(nn.Sequential(nn.Conv2d(4, 4, 1, groups=2)), torch.zeros(1, 4, 2, 2), "0", loss=torch.sum)
    assert (found.grouped, found.dense, found.ratio) == (0.0, 0.0, None)


def frozen() -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(4, 4, 1, groups=2)).requires_grad_(False)


@pytest.mark.parametrize(
    ("model", "loss", "why"),
    [
        (nn.Sequential(nn.Conv2d(4, 4, 1)), None, "`0` is no grouped convolution, so its dense twin is itself"),
        (frozen(), None, "the weight of `0` is not a parameter that is trained"),
        (nn.Sequential(nn.Conv2d(4, 4, 1, groups=2)), lambda y: y, "the loss is no single number"),
    ],
)
def test_what_has_no_ratio(model: nn.Module, loss: Any, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        gradient_ratio(model, torch.randn(1, 4, 2, 2), "0", loss=loss)
