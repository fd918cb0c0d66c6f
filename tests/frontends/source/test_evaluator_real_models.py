"""The evaluator against torch: the grouped convolutions of real models are those that it reaches from their factories.

Needs ``pip install --no-deps pytorchcv==0.0.74``; skipped without it.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest
from evaluator_support import convs

from gconv_lint.frontends.source import analyse
from gconv_lint.model.dims import Sym

#: One factory of each family of pytorchcv that has grouped convolutions; HarDNet computes its widths by a recursion
#: that needs more than the fuel of a root, and is silent.
FACTORIES = (
    "resnext.resnext50_32x4d", "seresnext.seresnext50_32x4d", "shufflenet.shufflenet_g3_wd4", "shufflenetv2.shufflenetv2_wd2",
    "mobilenet.mobilenet_wd4", "mobilenetv2.mobilenetv2_wd4", "mobilenetv3.mobilenetv3_small_w7d20", "fdmobilenet.fdmobilenet_wd4",
    "igcv3.igcv3_wd4", "mnasnet.mnasnet_a1", "efficientnet.efficientnet_b0", "mixnet.mixnet_s", "condensenet.condensenet74_c4_g4",
    "menet.menet108_8x1_g3", "xception.xception", "dpn.dpn68", "bagnet.bagnet9", "peleenet.peleenet",
    "espnetv2.espnetv2_wd2", "dicenet.dicenet_wd5", "ghostnet.ghostnet", "proxylessnas.proxylessnas_cpu", "fbnet.fbnet_cb",
    "darts.darts", "spnasnet.spnasnet", "sharesnet.sharesnet18", "channelnet.channelnet", "isqrtcovresnet.isqrtcovresnet18",
    "airnext.airnext50_32x4d_r2", "shakeshakeresnet_cifar.shakeshakeresnet20_2x16d_cifar10",
)  # fmt: skip


def _pair(value: Any) -> Any:
    return tuple(value) if isinstance(value, (tuple, list)) else (value, value)


def _torch(factory: Any) -> set[tuple[Any, ...]]:
    torch = pytest.importorskip("torch")
    with torch.device("meta"):
        model = factory()
    found = (m for m in model.modules() if isinstance(m, torch.nn.Conv2d) and m.groups > 1)
    return {(m.in_channels, m.out_channels, m.groups, tuple(m.kernel_size)) for m in found}


def _evaluated(folder: Path, module: str, name: str) -> set[tuple[Any, ...]]:
    package = importlib.import_module("pytorchcv").__path__[0]
    (folder / "pytorchcv").symlink_to(package)
    driver = folder / "driver.py"
    driver.write_text(f"import torch\nfrom pytorchcv.models.{module} import {name}\nnet = {name}()\n")
    found = [layer.conv for layer in convs(analyse([str(driver)])) if layer.kind == "conv"]
    return {
        (c.in_channels, c.out_channels, c.groups, _pair(c.kernel_size))
        for c in found
        if c is not None and not (isinstance(c.groups, int) and c.groups == 1)
    }


@pytest.mark.parametrize("factory", FACTORIES)
def test_grouped_convolutions_are_those_of_the_real_model(tmp_path: Path, factory: str) -> None:
    pytest.importorskip("pytorchcv")
    module, name = factory.split(".")
    real = _torch(getattr(importlib.import_module(f"pytorchcv.models.{module}"), name))
    ours = _evaluated(tmp_path, module, name)
    assert not any(isinstance(v, Sym) for row in ours for v in row)
    assert ours == real
