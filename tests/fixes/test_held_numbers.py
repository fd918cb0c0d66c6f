"""Numbers that a lambda, a class, a dictionary, a table, or a partial holds are changed where they stand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fixes.fixing import fixed

from gconv_lint import cli

HEAD = "from functools import partial\n\nfrom torch import nn\n\n\n"
DATA = "from dataclasses import dataclass\n\n\n@dataclass\nclass Config:\n    channels: int = 16\n    groups: int = {}\n\n\n"
LAYER = "conv = nn.Conv2d(16, 16, 3, groups={})\n"
NET = (
    "class Net(nn.Module):\n{}    def __init__(self, options=None):\n        super().__init__()\n"
    "        self.conv = nn.Conv2d(16, 16, 3, groups={})\n\n\n"
)
HELD = [
    pytest.param(
        "conv = lambda c, g=3: nn.Conv2d(c, c, 3, groups=g)\nnet = conv(16)\n", "g=3", id="default of a lambda"
    ),
    pytest.param("conv = lambda c, g: nn.Conv2d(c, c, 3, groups=g)\nnet = conv(16, 3)\n", "16, 3", id="lambda"),
    pytest.param(NET.format("    groups = 3\n\n", "self.groups") + "net = Net()\n", "groups = 3", id="class constant"),
    pytest.param(
        NET.format("    groups = 1\n\n", "self.groups") + "class Wide(Net):\n    groups = 3\n\n\nnet = Wide()\n",
        "groups = 3",
        id="constant of an heir",
    ),
    pytest.param(
        "class C:\n    groups = 3\n\n\n" + LAYER.format("C.groups"), "groups = 3", id="constant of another class"
    ),
    pytest.param('options = {"groups": 3}\n' + LAYER.format('options["groups"]'), '"groups": 3', id="dictionary"),
    pytest.param("options = dict(groups=3)\n" + LAYER.format('options["groups"]'), "groups=3", id="call of dict"),
    pytest.param(
        'options = {"conv": {"groups": 3}}\n' + LAYER.format('options["conv"]["groups"]'), '"groups": 3', id="nested"
    ),
    pytest.param('options = {"groups": 3}\n' + LAYER.format('options.get("groups", 1)'), '"groups": 3', id="asked for"),
    pytest.param("options = {}\n" + LAYER.format('options.get("groups", 3)'), '"groups", 3', id="default of a key"),
    pytest.param(
        NET.format("", 'options["groups"]') + "net = Net(dict(groups=3))\n", "groups=3", id="dictionary that is passed"
    ),
    pytest.param("options = dict(groups=3)\nconv = nn.Conv2d(16, 16, 3, **options)\n", "groups=3", id="keywords"),
    pytest.param("conv = partial(nn.Conv2d, kernel_size=3, groups=3)\nnet = conv(16, 16)\n", "groups=3", id="partial"),
    pytest.param(DATA.format(3) + LAYER.format("Config().groups"), "int = 3", id="default of a data class"),
    pytest.param(
        DATA.format(1) + "options = Config(groups=3)\n" + LAYER.format("options.groups"), "groups=3", id="data class"
    ),
    pytest.param(
        DATA.format(1) + "options = Config(16, 3)\n" + LAYER.format("options.groups"), "Config(16, 3", id="field"
    ),
    pytest.param(
        DATA.format(3) + NET.format("", "options.groups") + "net = Net(Config())\n", "int = 3", id="data class passed"
    ),
    pytest.param("groups = [4, 3]\n" + LAYER.format("groups[1]"), "[4, 3", id="list"),
    pytest.param("deep = True\n" + LAYER.format("3 if deep else 4"), "groups=3", id="one of two"),
    pytest.param(
        "layers = []\nfor c, g in [(16, 4), (32, 3)]:\n    layers.append(nn.Conv2d(c, c, 3, groups=g))\n",
        "(32, 3",
        id="table of a loop",
    ),
    pytest.param(
        "rows = [[16, 4], [32, 3]]\nnet = [nn.Conv2d(c, c, 3, groups=g) for c, g in rows]\n",
        "[32, 3",
        id="comprehension",
    ),
]


@pytest.mark.parametrize(("program", "written"), HELD)
def test_a_number_is_changed_where_it_is_held(program: str, written: str) -> None:
    text, left, outcome = fixed(HEAD + program, "GC002", "GC003")
    assert not left
    assert not outcome.given_up
    assert text.decode() == HEAD + program.replace(written, f"{written[:-1]}2")


SHOWN = [
    pytest.param(
        'options = {"groups": 3}\nwidth = 16 * options["groups"]\n' + LAYER.format('options["groups"]'),
        "other code computes with the number, which is written at net.py:6",
        id="other code computes with it",
    ),
    pytest.param(
        'options = {"groups": 3}\nsound = nn.Conv2d(18, 18, 3, groups=options["groups"])\n'
        "def conv(width):\n    return nn.Conv2d(width, width, 3, **options)\n\n\nnet = conv(16)\n",
        "layers that are right read the same number, written at net.py:6",
        id="a sound layer reads it",
    ),
    pytest.param("base = 3\n" + LAYER.format("base * 2"), "it comes from `base * 2`", id="it is computed"),
    pytest.param(
        "def conv(c, k=3):\n    return nn.Conv2d(c, c, 3, groups=k)\n\n\nnet = conv(16)\n",
        "it comes from `3` at net.py:6",
        id="its name says nothing of groups",
    ),
]


@pytest.mark.parametrize(("program", "said"), SHOWN)
def test_a_number_that_is_not_changed_is_said_to_stand_there(
    program: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("net.py").write_text(HEAD + program)
    cli.main(["net.py", "--isolated", "--select", "GC002", "--fix", "--unsafe-fixes", "--output-format", "json"])
    assert Path("net.py").read_text() == HEAD + program
    (finding,) = json.loads(capsys.readouterr().out)
    assert finding["fix"]["applicability"] == "display"
    assert said in finding["fix"]["message"]
