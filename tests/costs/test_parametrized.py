"""Weights that are computed from parameters belong to their layer: they are trained, and counted once."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils import parametrizations, parametrize

from gconv_lint.channels.wiring import is_trained
from gconv_lint.costs import table
from gconv_lint.frontends.fx.lowering import lower
from gconv_lint.frontends.fx.owners import owners
from gconv_lint.frontends.fx.recording import record
from gconv_lint.model.places import Place
from tests.model_support import command, written

X = (1, 16, 8, 8)


class Standardised(nn.Conv2d):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        weight = self.weight - self.weight.mean((1, 2, 3), keepdim=True)
        return F.conv2d(x, weight, self.bias, self.stride, self.padding, self.dilation, self.groups)


class Doubled(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(3))

    def forward(self, weight: torch.Tensor) -> torch.Tensor:
        return weight * self.scale.sum()


def conv() -> nn.Conv2d:
    return nn.Conv2d(16, 16, 3, padding=1, groups=4)


def scaled() -> nn.Module:
    layer = conv()
    parametrize.register_parametrization(layer, "weight", Doubled())
    return layer


MODELS = {
    "plain": conv(),
    "weight norm": parametrizations.weight_norm(conv()),
    "weight norm of old": nn.utils.weight_norm(conv()),
    "spectral norm": parametrizations.spectral_norm(conv()),
    "a parametrization with parameters": scaled(),
    "standardised": Standardised(16, 16, 3, padding=1, groups=4),
}


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("frozen", [False, True])
def test_a_computed_weight_is_that_of_its_layer(name: str, frozen: bool) -> None:
    model = nn.Sequential(MODELS[name]).requires_grad_(not frozen)
    layers = lower(record(model, [torch.randn(X)], {}), "model", lambda path: Place(path, 1, 1, 1, 1)).layers
    (found,) = (layer for layer in layers if layer.conv is not None)
    assert found.kind == "conv"
    assert is_trained(found) is not frozen
    rows, totals = table(layers, owners(model))
    params = sum(p.numel() for p in model.parameters())
    assert (totals.params, totals.trainable_params) == (params, 0 if frozen else params)
    assert [(row.name, row.params) for row in rows] == [("0", params)]
    model.requires_grad_(True)


def test_a_filter_made_of_constants_is_not_trained() -> None:
    class Blur(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return F.conv2d(x, torch.ones(16, 1, 3, 3), groups=16)

    layers = lower(record(Blur(), [torch.randn(X)], {}), "model", lambda path: Place(path, 1, 1, 1, 1)).layers
    assert [is_trained(layer) for layer in layers if layer.conv is not None] == [False]


NET = """
import torch
from torch import nn
from torch.nn.utils.parametrizations import weight_norm

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = weight_norm(nn.Conv1d(16, 16, 3, padding=1, groups=4))
        self.second = weight_norm(nn.Conv1d(16, 16, 3, padding=1, groups=4))
        self.last = nn.Conv1d(16, 8, 1)
    def forward(self, x):
        return self.last(self.second(self.first(x)))
"""


def test_rules_about_grouped_convolutions_judge_them(tmp_path: Path) -> None:
    written(tmp_path, {"net.py": NET})
    words = ("model", "net.py:Net", "--input", "1x16x20", "--isolated", "--output-format", "json")
    (model,) = command(tmp_path, *words).models.values()
    assert [f["code"] for f in model["findings"]] == ["GC101"]
    assert model["totals"]["params"] == 2 * (16 * 4 * 3 + 16 + 16) + 8 * 16 + 8
    assert [layer["params"] for layer in model["layers"]] == [224, 224, 136]
