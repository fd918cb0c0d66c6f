"""A model that does not run on the input that nobody gave: that is asked for, and no mistake of the model's."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.model_support import Run, command, written

pytestmark = pytest.mark.usefixtures("forked")

NETS = """\
import torch
import torch.nn.functional as F
from torch import nn

class Conv(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(8, 16, 3, groups=4)
    def forward(self, x):
        return self.conv(torch.relu(x))

class Function(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(8, 2, 3, 3))
    def forward(self, x):
        return F.conv2d(x, self.weight, groups=4)

class Shuffle(nn.Module):
    def __init__(self):
        super().__init__()
        self.shuffle = nn.ChannelShuffle(4)
    def forward(self, x):
        return self.shuffle(x)

class Late(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = None
    def forward(self, x):
        if self.conv is None:
            self.conv = nn.Conv2d(x.shape[1], 16, 1, groups=4)
        return self.conv(x)

class Behind(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 18, 1)
        self.shuffle = nn.ChannelShuffle(4)
    def forward(self, x):
        return self.shuffle(torch.relu(self.conv(x)))

class Lazy(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.LazyConv2d(16, 1)
        self.conv = nn.LazyConv2d(16, 3, groups=4)
    def forward(self, x):
        self.conv(x)
        return self.first(x)

class Caught(Lazy):
    def forward(self, x):
        try:
            return self.conv(x)
        except ValueError:
            return self.first(x)

class WrongFunction(Function):
    def forward(self, x):
        return F.conv2d(x, self.weight, groups=3)
"""
ASKED = ("Conv", "Function", "Shuffle", "Late")


def run(folder: Path, engine: str, *words: str) -> Run:
    return command(folder, "model", *words, "--engine", engine, "--isolated", "--output-format", "json")


@pytest.mark.parametrize("engine", ["fx", "source"])
def test_an_input_is_asked_for(tmp_path: Path, engine: str) -> None:
    written(tmp_path, {"nets.py": NETS})
    found = run(tmp_path, engine, *(f"nets.py:{name}" for name in ASKED))
    assert {name: found.models[name]["findings"] for name in ASKED} == {name: [] for name in ASKED}
    assert found.code == 2
    said = [line for line in found.errors if "which is tried where no --input is given; give --input: " in line]
    assert len(said) == len(ASKED)


@pytest.mark.parametrize("engine", ["fx", "source"])
def test_what_no_input_mends_is_a_finding(tmp_path: Path, engine: str) -> None:
    written(tmp_path, {"nets.py": NETS})
    found = run(tmp_path, engine, "nets.py:Behind", "nets.py:WrongFunction")
    assert [each["code"] for each in found.models["Behind"]["findings"]] == ["GC009"]
    assert [each["code"] for each in found.models["WrongFunction"]["findings"]] == ["GC006"]


@pytest.mark.parametrize("engine", ["fx", "source"])
def test_an_input_that_is_given_and_does_not_fit_is_a_finding(tmp_path: Path, engine: str) -> None:
    written(tmp_path, {"nets.py": NETS})
    found = run(tmp_path, engine, *(f"nets.py:{name}" for name in ASKED), "--input", "1x6x8x8")
    codes = {name: [each["code"] for each in found.models[name]["findings"]] for name in ASKED}
    assert codes == {"Conv": ["GC008"], "Function": ["GC006"], "Shuffle": ["GC009"], "Late": ["GC002"]}
    (conv,) = found.models["Conv"]["findings"]
    assert "but `input` makes 6" in conv["message"]


def test_a_lazy_convolution_is_told_channels_that_its_groups_do_not_divide(tmp_path: Path) -> None:
    written(tmp_path, {"nets.py": NETS})
    words = ("nets.py:Lazy", "nets.py:Caught")
    given = run(tmp_path, "fx", *words, "--input", "1x6x8x8")
    (finding,) = given.models["Lazy"]["findings"]
    assert finding["code"] == "GC002"
    assert finding["message"] == "groups=4 does not divide in_channels=6"
    assert NETS.splitlines()[finding["location"]["row"] - 1].endswith("nn.LazyConv2d(16, 3, groups=4)")
    assert (given.models["Caught"]["findings"], given.errors) == ([], [])
    guessed = run(tmp_path, "fx", *words)
    assert [guessed.models[name]["findings"] for name in ("Lazy", "Caught")] == [[], []]
    (said,) = guessed.errors
    assert "give --input: ValueError: in_channels must be divisible by groups" in said
