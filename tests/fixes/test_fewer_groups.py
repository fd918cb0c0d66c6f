"""Where no shuffle joins all groups, and a dense convolution has no place: fewer groups, behind a shuffle if needed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fixes.fixing import fixed

from gconv_lint import cli

NET = """from torch import nn


def conv3x3(inside, outside, groups{default}):
    return nn.Conv2d(inside, outside, 3, padding=1, groups=groups)


class Narrow(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = {first}
        {between}self.conv2 = {second}
        self.out = nn.Conv2d({after}, 8, 1)

    def forward(self, x):
        return self.out({run})


net = Narrow()
"""
PLAIN = {"default": "", "between": "", "after": 16, "run": "self.conv2(self.conv1(x))"}
FIRST, SECOND = "conv3x3(16, 16, 8)", "conv3x3(16, 16, groups=4)"


def test_the_number_is_changed_and_a_shuffle_inserted() -> None:
    text, left, outcome = fixed(NET.format(**PLAIN, first=FIRST, second=SECOND), "GC101")
    assert not left
    assert not outcome.given_up
    assert text.decode() == NET.format(
        **{**PLAIN, "between": "self.shuffle = nn.ChannelShuffle(8)\n        "},
        first=FIRST,
        second="conv3x3(16, 16, groups=2)",
    ).replace("self.conv2(self.conv1(x))", "self.conv2(self.shuffle(self.conv1(x)))")


def test_a_shuffle_that_is_there_is_enough() -> None:
    parts = {
        **PLAIN,
        "between": "self.mix = nn.ChannelShuffle(8)\n        ",
        "run": "self.conv2(self.mix(self.conv1(x)))",
        "first": FIRST,
    }
    text, left, _ = fixed(NET.format(**parts, second=SECOND), "GC101")
    assert not left
    assert text.decode() == NET.format(**parts, second="conv3x3(16, 16, groups=2)")


def test_one_group_needs_no_shuffle() -> None:
    parts = {**PLAIN, "after": 15, "first": "conv3x3(12, 12, 6)"}
    text, left, _ = fixed(NET.format(**parts, second="conv3x3(12, 15, 3)"), "GC101")
    assert not left
    assert text.decode() == NET.format(**parts, second="conv3x3(12, 15, 1)")


@pytest.mark.parametrize(
    ("default", "first", "second"),
    [
        pytest.param("=8", "conv3x3(16, 16)", "conv3x3(16, 16)", id="both take the default"),
        pytest.param("=4", FIRST, "conv3x3(16, 16)", id="others may take the default"),
    ],
)
def test_a_number_that_others_read_stays(default: str, first: str, second: str) -> None:
    program = NET.format(**{**PLAIN, "default": default}, first=first, second=second)
    program += "other = conv3x3(32, 32)\n"
    text, left, _ = fixed(program, "GC101")
    assert text.decode() == program
    assert len(left) == 1


def test_the_price_is_that_of_the_flagged_one_of_two_that_one_line_makes(capsys: pytest.CaptureFixture[str]) -> None:
    Path("net.py").write_text(NET.format(**PLAIN, first=FIRST, second=SECOND))
    cli.main(["net.py", "--isolated", "--output-format", "json"])
    (finding,) = json.loads(capsys.readouterr().out)
    price = finding["fix"]["price"]
    assert [(price[when]["groups"], price[when]["weights"]) for when in ("before", "after")] == [(4, 576), (2, 1152)]
    assert [price[when]["receptive_field"] for when in ("before", "after")] == [4, 16]
