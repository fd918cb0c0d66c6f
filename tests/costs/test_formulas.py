"""What convolutions cost, against torch's own counter of forward operations and the parameters of real modules."""

from __future__ import annotations

from importlib import import_module

import pytest
import torch
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


X = (1, 16, 14, 14)


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
