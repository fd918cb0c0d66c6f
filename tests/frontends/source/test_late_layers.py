"""Layers that ``forward`` makes: those that are new on each call, and those that are not or are meant to be."""

from __future__ import annotations

from pathlib import Path

import pytest

from gconv_lint import api

HEAD = "import torch\nfrom torch import nn\n\nCACHE = {}\n\nclass Net(nn.Module):\n    def forward(self, x):\n"


def found(folder: Path, *lines: str, head: str = HEAD) -> list[str]:
    path = folder / "net.py"
    path.write_text(head + "".join(f"        {line}\n" for line in lines))
    return [finding.rule.code for finding in api.check([str(path)]).findings]


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(["conv = nn.Conv2d(4, 4, 1)", "return conv(x)"], id="a variable"),
        pytest.param(["conv = nn.Conv2d(4, 4, 1).to(x.device)", "return conv(x)"], id="moved"),
        pytest.param(["conv = nn.Conv2d(4, 4, 1)", "conv = conv.to(x.device)", "return conv(x)"], id="moved later"),
        pytest.param(["return nn.Conv2d(4, 4, 1).cuda()(x)"], id="called at once"),
        pytest.param(["self.conv = nn.Conv2d(4, 4, 1)", "return self.conv(x)"], id="stored"),
        pytest.param(["return nn.Sequential(nn.Conv2d(4, 4, 1), nn.ReLU())(x)"], id="in a container"),
        pytest.param(["if x.dim() == 3:", "    return x", "return nn.Conv2d(4, 4, 1)(x)"], id="behind another test"),
        pytest.param(["if isinstance(x, list):", "    return x", "return nn.Conv2d(4, 4, 1)(x)"], id="behind a type"),
        pytest.param(["if not self.training:", "    return x", "return nn.Conv2d(4, 4, 1)(x)"], id="in training"),
    ],
)
def test_new_on_each_call(tmp_path: Path, lines: list[str]) -> None:
    assert found(tmp_path, *lines) == ["GC402"]


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(["if 4 not in CACHE:", "    CACHE[4] = nn.Conv2d(4, 4, 1)", "return CACHE[4](x)"], id="cache"),
        pytest.param(["if not self.conv:", "    self.conv = nn.Conv2d(4, 4, 1)", "return self.conv(x)"], id="unset"),
        pytest.param(["conv = self.conv or nn.Conv2d(4, 4, 1)", "return conv(x)"], id="or"),
        pytest.param(["c = CACHE.setdefault(4, nn.Conv2d(4, 4, 1))", "return c(x)"], id="setdefault"),
        pytest.param(
            ["if hasattr(self, 'c'):", "    return self.c(x)", "self.c = nn.Conv2d(4, 4, 1)", "return self.c(x)"],
            id="left early",
        ),
        pytest.param(["conv = nn.Conv2d(4, 4, 1)", "nn.init.ones_(conv.weight)", "return conv(x)"], id="weight"),
        pytest.param(["conv = nn.Conv2d(4, 4, 1)", "fill(conv)", "return conv(x)"], id="a helper"),
        pytest.param(["conv = nn.Conv2d(4, 4, 1)", "conv.apply(fill)", "return conv(x)"], id="apply"),
        pytest.param(["return x * sum(p.numel() for p in nn.Conv2d(4, 4, 1).parameters())"], id="counted"),
        pytest.param(["with torch.no_grad():", "    return nn.Conv2d(4, 4, 1)(x)"], id="nobody trains it"),
    ],
)
def test_kept_given_or_meant(tmp_path: Path, lines: list[str]) -> None:
    assert found(tmp_path, *lines) == []


@pytest.mark.parametrize("base", ["", "(Base)"])
def test_what_is_no_module(tmp_path: Path, base: str) -> None:
    head = HEAD.replace("(nn.Module)", base).replace("CACHE = {}", "from library import Base")
    assert found(tmp_path, "return nn.Conv2d(4, 4, 1)(x)", head=head) == []
