"""What convolutions cost, against torch's own counter of forward operations and the parameters of real modules."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from gconv_lint.costs import cost, training_macs
from gconv_lint.frontends.fx.lowering import lower
from gconv_lint.frontends.fx.recording import record
from gconv_lint.model.costs import Cost
from gconv_lint.model.layers import Layer
from gconv_lint.model.places import Place


def layers_of(model: nn.Module, x: torch.Tensor) -> tuple[Layer, ...]:
    return lower(record(model, [x], {}), "model", lambda path: Place(path, 1, 1, 1, 1)).layers


def total(model: nn.Module, x: torch.Tensor) -> Cost:
    found = Cost()
    for layer in layers_of(model, x):
        if layer.conv is not None:
            made = cost(layer)
            assert made is not None
            found += made
    return found


def conv_macs(model: nn.Module, x: torch.Tensor) -> int:
    """What torch counts: exact for forward passes."""
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        model.eval()(x)
    counted = counter.get_flop_counts()["Global"]
    return sum(flops for operation, flops in counted.items() if "convolution" in str(operation)) // 2


class Sub(nn.Conv2d):
    pass


class Standardised(nn.Conv2d):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        weight = self.weight - self.weight.mean((1, 2, 3), keepdim=True)
        return F.conv2d(x, weight, self.bias, self.stride, self.padding, self.dilation, self.groups)


class Functional(nn.Module):
    def __init__(self, shape: tuple[int, ...], run: Callable[..., torch.Tensor]) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(shape))
        self.run = run

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.run(x, self.weight)


class Twice(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(16, 16, 3, padding=1, groups=4, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.conv(self.conv(x))


class TwoParents(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        conv = nn.Conv2d(16, 16, 3, padding=1, groups=4, bias=False)
        self.a, self.b = nn.Sequential(conv), nn.Sequential(conv)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.a(x) + self.b(x)


class Dynamic(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        b, c, h, w = x.shape
        weight = x.mean((2, 3)).view(b * c, 1, 1, 1).expand(-1, c, 3, 3)
        return F.conv2d(x.reshape(1, b * c, h, w), weight, padding=1, groups=b).view(b, c, h, w)


def frozen(conv: nn.Module) -> nn.Module:
    return conv.requires_grad_(False)


X = (1, 16, 14, 14)
CASES: dict[str, tuple[nn.Module, tuple[int, ...]]] = {
    "dense": (nn.Conv2d(16, 32, 3, bias=False), X),
    "groups": (nn.Conv2d(16, 32, 3, groups=4, bias=False), X),
    "depthwise": (nn.Conv2d(16, 16, 3, groups=16, bias=False), X),
    "multiplier": (nn.Conv2d(16, 32, 3, groups=16, bias=False), X),
    "stride and dilation": (nn.Conv2d(16, 32, 3, 2, dilation=2, groups=4, bias=False), X),
    "circular": (nn.Conv2d(16, 32, 3, padding=1, padding_mode="circular", groups=4, bias=False), X),
    "reflected": (nn.Conv2d(16, 32, 3, padding=1, padding_mode="reflect", groups=4), X),
    "1d": (nn.Conv1d(16, 32, 3, groups=4, bias=False), (1, 16, 14)),
    "3d": (nn.Conv3d(16, 32, 3, groups=4, bias=False), (1, 16, 6, 6, 6)),
    "bias": (nn.Conv2d(16, 32, 3, groups=4), X),
    "same, odd": (nn.Conv2d(16, 32, 3, padding="same", groups=4), X),
    "same, even": (nn.Conv2d(16, 32, 4, padding="same", groups=4), X),
    "batch": (nn.Conv2d(16, 32, 3, groups=4), (3, *X[1:])),
    "transposed": (nn.ConvTranspose2d(16, 16, 4, 2, bias=False), X),
    "transposed, groups": (nn.ConvTranspose2d(16, 32, 4, 2, groups=4, bias=False), X),
    "transposed, depthwise": (nn.ConvTranspose2d(16, 16, 4, 2, groups=16, bias=False), X),
    "transposed, stride 1": (nn.ConvTranspose2d(16, 32, 3, groups=4, bias=False), X),
    "functional": (Functional((32, 4, 3, 3), lambda x, w: F.conv2d(x, w, groups=4)), X),
    "functional of torch": (Functional((32, 4, 3, 3), lambda x, w: torch.conv2d(x, w, groups=4)), X),
    "functional, padded": (Functional((32, 4, 3, 3), lambda x, w: F.conv2d(x, w, padding=[1, 1], groups=4)), X),
    "functional, transposed": (
        Functional((16, 8, 4, 4), lambda x, w: F.conv_transpose2d(x, w, stride=2, groups=4)),
        X,
    ),
    "subclass": (Sub(16, 32, 3, groups=4), X),
    "subclass by another name": (type("Odd", (nn.Conv2d,), {})(16, 32, 3, groups=4), X),
    "standardised": (Standardised(16, 32, 3, groups=4), X),
    "called twice": (Twice(), X),
    "two parents": (TwoParents(), X),
    "frozen": (frozen(nn.Conv2d(16, 32, 3, groups=4)), X),
    "no batch": (nn.Conv2d(16, 32, 3, groups=4), X[1:]),
    "lazy": (nn.LazyConv2d(32, 3, groups=4), X),
    "weight norm": (nn.utils.parametrizations.weight_norm(nn.Conv2d(16, 32, 3, groups=4)), X),
    "dynamic": (Dynamic(), (2, *X[1:])),
    "a conv in a Sequential": (nn.Sequential(nn.Conv2d(16, 32, 3, groups=2), nn.ReLU(), nn.Conv2d(32, 8, 1)), X),
}


@pytest.mark.parametrize("name", CASES)
def test_operations_are_what_torch_counts(name: str) -> None:
    model, shape = CASES[name]
    x = torch.randn(shape)
    expected = conv_macs(model, x)
    assert expected > 0
    assert total(model, x).macs == expected


SHARED = {"called twice", "two parents"}
COMPUTED = {"standardised", "weight norm", "dynamic"}


@pytest.mark.parametrize("name", sorted(CASES.keys() - SHARED - COMPUTED))
def test_parameters_are_those_of_the_module(name: str) -> None:
    model, shape = CASES[name]
    assert total(model, torch.randn(shape)).params == sum(p.numel() for p in model.parameters())


def test_bytes_follow_the_type() -> None:
    conv = nn.Conv2d(16, 32, 3, padding=1, groups=4, bias=False).half()
    (layer,) = (x for x in layers_of(conv, torch.zeros(X, dtype=torch.half)) if x.conv is not None)
    made = cost(layer)
    assert made is not None
    assert (made.weight_bytes, made.input_bytes, made.output_bytes) == (2 * 1152, 2 * 16 * 196, 2 * 32 * 196)
    assert made.intensity == made.flops / made.bytes


def test_training_counts_the_groups_in_both_gradients() -> None:
    dense, grouped = (
        next(x for x in layers_of(nn.Conv2d(16, 16, 3, groups=g), torch.zeros(X)) if x.conv is not None) for g in (1, 8)
    )
    assert training_macs(dense) == 8 * (training_macs(grouped) or 0)
    forward = cost(grouped)
    assert forward is not None
    assert training_macs(grouped) == 3 * forward.macs


FAMILIES = {
    "shufflenet": "shufflenet_g3_wd4",
    "shufflenetv2": "shufflenetv2_wd2",
    "mobilenetv2": "mobilenetv2_wd4",
    "igcv3": "igcv3_wd4",
    "resnext": "resnext14_16x4d",
    "mixnet": "mixnet_s",
    "efficientnet": "efficientnet_b0",
    "dla": "dla46c",
}


@pytest.mark.parametrize("name", FAMILIES)
def test_published_models(name: str) -> None:
    model = getattr(import_module(f"pytorchcv.models.{name}"), FAMILIES[name])()
    x = torch.randn(1, 3, 224, 224)
    assert total(model, x).macs == conv_macs(model, x)
