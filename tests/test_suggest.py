"""``gconv-lint suggest``: each alternative is what the run of the altered model shows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gconv_lint import cli
from gconv_lint.reporters import suggestions

NET = """import torch
from torch import nn


class Unit(nn.Module):
    def __init__(self, channels, groups):
        super().__init__()
        self.compress = nn.Conv2d(channels, channels, 1, groups=groups)
        self.spatial = nn.Conv2d(channels, channels, 3, padding=1, groups=channels)
        self.expand = nn.Conv2d(channels, channels, 1, groups=groups, bias=False)

    def forward(self, x):
        return torch.relu(x + self.expand(self.spatial(self.compress(x))))


def net():
    return nn.Sequential(nn.Conv2d(3, 32, 3, padding=1), Unit(32, 4), Unit(32, 4), nn.Conv2d(32, 10, 1))


def clean():
    return nn.Sequential(nn.Conv2d(3, 8, 3), nn.Conv2d(8, 8, 1, groups=2))
"""


@pytest.fixture(scope="module")
def advice(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What is suggested for the model ``net``."""
    folder = tmp_path_factory.mktemp("suggest")
    path, out = folder / "net.py", folder / "out.json"
    path.write_text(NET)
    with pytest.MonkeyPatch.context() as patch, out.open("w") as stream:
        patch.setattr("sys.stdout", stream)
        words = ["--isolated", "--output-format", "json", "--input", "1x3x16x16", "--budget", "params=11k"]
        assert cli.main(["suggest", f"{path}:net", *words]) == 0
    found: dict[str, Any] = json.loads(out.read_text())
    return found


def test_the_best_alternative_mends_the_finding_at_no_cost(advice: dict[str, Any]) -> None:
    (one,) = advice["advice"]
    assert one["finding"]["code"] == "GC101"
    assert one["layers"] == ["1.expand", "2.expand"]
    best = one["suggestions"][0]
    assert (best["change"], best["mends"], best["new_findings"]) == ("nn.ChannelShuffle(4) in front", True, [])
    assert (best["params_difference"], best["macs_difference"], best["parts"]) == (0, 0, 1)


def test_what_an_output_sees_is_followed_in_the_altered_model(advice: dict[str, Any]) -> None:
    (one,) = advice["advice"]
    assert (one["before"]["group_width"], one["before"]["receptive_field"]) == (8, {"seen": 8, "channels": 32})
    seen = {each["change"]: each["receptive_field"]["seen"] for each in one["suggestions"]}
    assert seen["nn.ChannelShuffle(4) in front"] == 32
    assert seen["dense: groups=1"] == 32
    assert seen["groups=8"] == 8
    assert seen["groups=2"] == 16


def test_the_table_says_what_an_output_sees(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "net.py").write_text(NET)
    assert cli.main(["suggest", f"{tmp_path / 'net.py'}:net", "--isolated", "--input", "1x3x16x16"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.split()[:3] == ["as", "it", "is"] and "8 of 32" in line for line in lines)
    assert any("nn.ChannelShuffle(4) in front" in line and "32 of 32" in line and "mends it" in line for line in lines)


def test_costs_are_those_of_the_altered_model(advice: dict[str, Any]) -> None:
    by_change = {each["change"]: each for each in advice["advice"][0]["suggestions"]}
    weights, positions = 32 * 32, 16 * 16
    dense = by_change["dense: groups=1"]
    assert dense["params_difference"] == 2 * (weights - weights // 4)
    assert dense["macs_difference"] == dense["params_difference"] * positions
    assert (dense["group_width"], dense["mends"]) == (32, True)
    narrow = by_change["groups=16"]
    assert narrow["params_difference"] == 2 * (weights // 16 - weights // 4)
    assert not narrow["mends"]
    assert narrow["params"] == advice["totals"]["params"] + narrow["params_difference"]


def test_times_are_estimates_of_the_altered_model_on_the_device(advice: dict[str, Any]) -> None:
    """All layers are so small that launching them and moving their data takes the time: only a shuffle moves more."""
    assert advice["device"] == "h100"
    times = {each["change"]: each["estimated_us_difference"] for each in advice["advice"][0]["suggestions"]}
    assert times["nn.ChannelShuffle(4) in front"] > 4
    assert times["dense: groups=1"] == pytest.approx(0, abs=0.5)


def test_what_is_over_the_budget_is_counted_and_left_out(advice: dict[str, Any]) -> None:
    (one,) = advice["advice"]
    assert all(each["params"] <= 11_000 for each in one["suggestions"])
    assert one["over_budget"] == 0 or advice["totals"]["params"] > 0


def test_a_clean_model_needs_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "net.py").write_text(NET)
    assert cli.main(["suggest", f"{tmp_path / 'net.py'}:clean", "--isolated", "--input", "1x3x9x9"]) == 0
    assert "nothing to suggest" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--budget", "mac=600M"], "--budget cannot be `mac=600M` (did you mean `macs`?)"),
        (["--budget", "macs=many"], "`many` is no number"),
        (["--input", "3x"], "`3x` is no input"),
    ],
)
def test_wrong_words_are_one_sentence(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["suggest", "net.py:net", *words]) == 2
    err = capsys.readouterr().err
    assert said in err
    assert err.count("\n") == 1


def test_a_model_that_does_not_run_is_a_problem(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "net.py").write_text("def net():\n    raise RuntimeError('no')\n")
    assert cli.main(["suggest", f"{tmp_path / 'net.py'}:net", "--isolated"]) == 2
    assert "cannot be built: RuntimeError: no" in capsys.readouterr().err


VIEW = """from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(8, 8, 1, groups=4)

    def forward(self, x):
        x = self.conv(x)
        batch, channels, height, width = x.shape
        x = x.view(batch, 4, channels // 4, height, width).transpose(1, 2)
        return x.view(batch, channels, height, width)
"""


def test_a_model_that_a_finding_ends_is_said_not_to_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "net.py").write_text(VIEW)
    assert cli.main(["suggest", f"{tmp_path / 'net.py'}:Net", "--isolated", "--input", "1x8x9x9"]) == 2
    out = capsys.readouterr().out
    assert "nothing to suggest" not in out
    assert "cannot be run on 1x8x9x9: RuntimeError: view size" in out
    assert ": GC010 shuffle-missing-contiguous: " in out
    assert out.endswith("No alternative was tried: the model has to run first.\n")


def test_a_change_of_nothing_has_no_sign() -> None:
    assert [suggestions.signed_us(each) for each in (-0.04, 0.0, 0.04, -0.05001, 1234.5)] == [
        "+0.0 us",
        "+0.0 us",
        "+0.0 us",
        "-0.1 us",
        "+1,234.5 us",
    ]
