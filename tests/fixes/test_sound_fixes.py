"""Fixes where the wrong place is near: other callers, other meanings of a name, values that may not be read twice."""

from __future__ import annotations

from pathlib import Path

import pytest
from fixes.fixing import DEFAULTS, fixed, linter

from gconv_lint import cli
from gconv_lint.fixes.fixer import Fixer

HEAD = "from torch import nn\n\n\n"
UNIT = """class Unit(nn.Module):
    def __init__(self):
        super().__init__()
        groups = 4
        self.first = nn.Conv2d(16, 16, 3, groups=groups)
        groups = 2
        self.second = nn.Conv2d(16, 16, 3, groups=groups)

    def forward(self, x):
        return self.second(self.first(x))


unit = Unit()
"""


def test_a_shuffle_has_the_groups_that_the_first_convolution_had() -> None:
    text, left, _ = fixed(HEAD + UNIT, "GC101")
    assert not left
    shuffle = "        self.shuffle = nn.ChannelShuffle(groups)\n"
    assert f"groups=groups)\n{shuffle}        groups = 2\n" in text.decode()


def test_a_shuffle_joins_blocks_that_hold_the_convolutions() -> None:
    program = HEAD + (
        "class Block(nn.Module):\n"
        "    def __init__(self, groups):\n"
        "        super().__init__()\n"
        "        self.conv = nn.Conv2d(16, 16, 1, groups=groups)\n\n"
        "    def forward(self, x):\n"
        "        return self.conv(x)\n\n\n"
        + UNIT.replace("nn.Conv2d(16, 16, 3, groups=groups)", "Block(groups=groups)")
    )
    text, left, outcome = fixed(program, "GC101")
    assert not left
    assert outcome.fixed
    assert "return self.second(self.shuffle(self.first(x)))" in text.decode()


@pytest.mark.parametrize(
    ("code", "program"),
    [
        pytest.param(
            "GC013",
            "class Unit(nn.Module):\n"
            "    def __init__(self, groups):\n"
            "        super().__init__()\n"
            "        self.pointwise = nn.Conv2d(8, 8, 1, groups=groups)\n"
            "\n\nunits = [Unit(8), Unit(4)]\n",
            id="groups of another caller",
        ),
        pytest.param(
            "GC504",
            "class Unit(nn.Module):\n"
            "    def __init__(self, bias=True, norm=True):\n"
            "        super().__init__()\n"
            "        self.conv = nn.Conv2d(8, 8, 1, groups=8, bias=bias)\n"
            "        self.norm = nn.BatchNorm2d(8) if norm else nn.Identity()\n\n"
            "    def forward(self, x):\n"
            "        return self.norm(self.conv(x))\n"
            "\n\nunits = [Unit(), Unit(norm=False)]\n",
            id="the bias of a caller without a norm",
        ),
        pytest.param(
            "GC504",
            "def conv(channels):\n"
            "    return nn.Conv2d(channels, channels, 3, groups=channels)\n"
            "\n\nnormed = nn.Sequential(conv(8), nn.BatchNorm2d(8), nn.Conv2d(8, 8, 1))\n"
            "plain = nn.Sequential(conv(8), nn.ReLU(), nn.Conv2d(8, 8, 1))\n",
            id="a helper that is used without a norm",
        ),
        pytest.param(
            "GC504",
            "conv = nn.Conv2d(8, 8, 3, groups=8)\n"
            "normed = nn.Sequential(conv, nn.BatchNorm2d(8), nn.Conv2d(8, 8, 1))\n"
            "plain = nn.Sequential(conv, nn.ReLU(), nn.Conv2d(8, 8, 1))\n",
            id="a layer that is used without a norm",
        ),
        pytest.param(
            "GC012",
            "widths = iter([8, 16])\ndepthwise = nn.Conv2d(next(widths), 8, 3)\n",
            id="a call that is done twice",
        ),
    ],
)
def test_what_is_right_for_others_stays(code: str, program: str) -> None:
    text, _, outcome = fixed(HEAD + program, code)
    assert text.decode() == HEAD + program
    assert not outcome.fixed


def test_one_fix_that_breaks_another_layer_does_not_keep_the_others_from_being_made() -> None:
    shared = "groups = 3\nsound = nn.Conv2d(27 // groups, 9, 3, groups=9)\nwrong = nn.Conv2d(8, 8, 3, groups=groups)\n"
    for number in range(40):
        Path(f"net{number}.py").write_text(f"{HEAD}conv{number} = nn.Conv2d(8, 8, 3, groups=3)\n")
    Path("net2b.py").write_text(HEAD + shared)
    texts: list[dict[str, bytes]] = []
    lint = linter(["."], DEFAULTS, unsafe=True)
    outcome = Fixer(lambda unsaved: texts.append(dict(unsaved)) or lint(unsaved)).run()
    assert len(outcome.changed) == 40
    assert len(texts) < 10, "the fixes that touch no file with a new error are not tried in ever smaller parts"
    assert {finding.place.path.rpartition("/")[2] for finding, _ in outcome.given_up} == {"net2b.py"}


def test_copies_of_a_file_are_fixed_one_by_one() -> None:
    text = f"{HEAD}conv = nn.Conv2d(8, 8, 3, groups=3)\n"
    for name in ("a.py", "b.py"):
        Path(name).write_text(text)
    Path("c.py").write_text(
        f"{HEAD}groups = 3\nsound = nn.Conv2d(27 // groups, 9, 3, groups=9)\nconv = nn.Conv2d(8, 8, 3, groups=groups)\n"
    )
    outcome = Fixer(linter(["."], DEFAULTS, unsafe=True)).run()
    assert sorted(Path(path).name for path in outcome.changed) == ["a.py", "b.py"]


def test_a_pointwise_convolution_gives_the_channels_that_the_class_was_asked_for() -> None:
    program = HEAD + (
        "class SeparableConv(nn.Module):\n"
        "    def __init__(self, in_channels, out_channels):\n"
        "        super().__init__()\n"
        "        self.depthwise = nn.Conv2d(in_channels, in_channels, 3, groups=in_channels)\n\n"
        "    def forward(self, x):\n"
        "        return self.depthwise(x)\n"
    )
    text, _, outcome = fixed(program, "GC105")
    assert outcome.fixed
    assert b"self.pointwise = nn.Conv2d(in_channels, out_channels, kernel_size=1)\n" in text


def test_a_quotient_that_other_code_may_read_is_rounded_up_only_when_asked_for() -> None:
    program = HEAD + (
        "class Net(nn.Module):\n"
        "    def __init__(self, channels):\n"
        "        super().__init__()\n"
        "        groups = channels // 8\n"
        "        self.conv = nn.Conv2d(channels, channels, 3, groups=groups)\n"
        "\n\nnet = Net(4)\n"
    )
    assert fixed(program, "GC004", unsafe=False)[0].decode() == program
    text, left, _ = fixed(program, "GC004")
    assert not left
    assert text.decode() == program.replace("channels // 8", "max(1, channels // 8)")


def test_a_quotient_is_found_behind_a_loop() -> None:
    program = HEAD + (
        "def build(widths):\n"
        "    layers, width = [], 16\n"
        "    for after in widths:\n"
        "        layers.append(nn.Conv2d(width, after, 1))\n"
        "        width = after\n"
        "    return layers\n"
        "\n\nlayers = build([each / 2 for each in (32, 64)])\n"
    )
    text, left, _ = fixed(program, "GC016")
    assert not left
    assert text.decode() == program.replace("each / 2", "each // 2")


def test_comments_stay_where_an_argument_is_left_out() -> None:
    program = HEAD + (
        "conv = nn.Conv2d(\n"
        "    8, 8, 3,\n"
        "    # in one\n"
        "    groups=1,  # part\n"
        "    # without\n"
        "    bias=False,\n"
        ")\n"
        "last = nn.Conv2d(8, 8, 3,  # three\n"
        "                 groups=1)\n"
    )
    text, left, _ = fixed(program, "GC501")
    assert not left
    assert text.decode() == HEAD + (
        "conv = nn.Conv2d(\n"
        "    8, 8, 3,\n"
        "    # in one\n"
        "    # part\n"
        "    # without\n"
        "    bias=False,\n"
        ")\n"
        "last = nn.Conv2d(8, 8, 3,  # three\n"
        "                 )\n"
    )


@pytest.mark.parametrize(
    "program",
    [
        pytest.param(
            "def block(channels):\n"
            "    return nn.Sequential(nn.Conv2d(3, channels, 1), nn.ChannelShuffle(2), nn.ReLU(), nn.ChannelShuffle(4))\n"
            "\n\nnets = [block(8), block(16)]\n",
            id="other channels",
        ),
        pytest.param(
            "shuffle = nn.ChannelShuffle(2)\n"
            "one = nn.Sequential(nn.Conv2d(3, 8, 1), shuffle, nn.ChannelShuffle(4))\n"
            "two = nn.Sequential(nn.Conv2d(3, 8, 1), shuffle)\n",
            id="a shuffle in two places",
        ),
        pytest.param(
            "def block(channels):\n"
            "    return nn.Sequential(nn.Conv2d(3, channels, 1), nn.ChannelShuffle(8))\n"
            "\n\nnets = [block(8), block(16)]\n",
            id="as many groups as channels, for one caller",
        ),
        pytest.param(
            "class Net(nn.Module):\n"
            "    def __init__(self):\n"
            "        super().__init__()\n"
            "        self.conv = nn.Conv2d(8, 8, 1)\n"
            "        self.one = nn.ChannelShuffle(2)\n"
            "        self.two = nn.ChannelShuffle(4)\n\n"
            "    def forward(self, x):\n"
            "        shuffled = self.one(self.conv(x))\n"
            "        return shuffled, self.two(shuffled)\n"
            "\n\nnet = Net()\n",
            id="what is between two shuffles",
        ),
    ],
)
def test_a_shuffle_that_others_need_is_not_left_out_unasked(program: str) -> None:
    assert fixed(HEAD + program, "GC103", unsafe=False)[0].decode() == HEAD + program


def test_groups_that_outdo_those_of_a_partial_stay() -> None:
    program = (
        "from functools import partial\n"
        + HEAD
        + "conv = partial(nn.Conv2d, groups=4)\nlayer = conv(8, 8, 3, groups=1)\n"
    )
    assert fixed(program, "GC501", unsafe=False)[0].decode() == program


def test_a_pointwise_convolution_that_was_given_its_width_as_groups_is_dense() -> None:
    program = HEAD + (
        "def conv1x1(in_channels, out_channels, groups=1):\n"
        "    return nn.Conv2d(in_channels, out_channels, kernel_size=1, groups=groups)\n\n\n"
        "class Net(nn.Module):\n"
        "    def __init__(self, mid_channels, out_channels):\n"
        "        super().__init__()\n"
        "        self.conv = conv1x1(in_channels=mid_channels, out_channels=out_channels, groups=mid_channels)\n"
        "\n\nnet = Net(8, 12)\n"
    )
    text, left, _ = fixed(program)
    assert not left
    assert text.decode() == program.replace(", groups=mid_channels", "")


def test_a_number_for_several_callers_divides_the_channels_of_all() -> None:
    program = HEAD + (
        "def block(width):\n    return nn.Conv2d(width, width, 3, groups=7)\n\n\nnets = [block(width) for width in (40, 24)]\n"
    )
    text, left, _ = fixed(program)
    assert not left
    assert text.decode() == program.replace("groups=7", "groups=2")


def test_a_weight_is_divided_by_groups_that_are_passed_by_position_only() -> None:
    program = (
        "import torch\nimport torch.nn.functional as F\n\n\n"
        "def conv(x, groups, /):\n"
        "    weight = torch.randn(16, 8, 3, 3)\n"
        "    return F.conv2d(x, weight, groups=groups)\n"
        "\n\nout = conv(torch.randn(1, 8, 5, 5), 4)\n"
    )
    text, left, _ = fixed(program, "GC006")
    assert not left
    assert text.decode() == program.replace("16, 8, 3", "16, 8 // groups, 3")


def test_expressions_on_several_lines_are_rewritten() -> None:
    program = HEAD + (
        "def channel_shuffle(x, groups):\n"
        "    b, c, h, w = x.size()\n"
        "    return (x\n"
        "            .view(b, groups, c // groups, h, w)  # split\n"
        "            .transpose(1, 2)\n"
        "            .view(b, c, h, w))\n"
        "\n\nconv = nn.Conv2d(8, 8, 3, groups=8 /\n                 2)\n"
    )
    text, left, _ = fixed(program)
    assert not left
    assert text.decode() == program.replace(".view(b, c, h", ".reshape(b, c, h").replace("8 /\n", "8 //\n")


BLOCK = """class Block(nn.Module):
    def __init__(self, channels, groups=5):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, groups=groups)


"""
CONV = "def conv(channels):\n    return nn.Conv2d(channels, channels, 3, groups=5)\n\n\n"
CALLERS = [
    pytest.param(
        BLOCK + "wrong = Block(8)\nsound = Block(20)\n",
        BLOCK + "wrong = Block(8, groups=4)\nsound = Block(20)\n",
        id="a default that is right for another caller",
    ),
    pytest.param(
        "groups = 3\nsound = nn.Conv2d(18, 18, 3, groups=groups)\nwrong = nn.Conv2d(8, 8, 3, groups=groups)\n",
        "groups = 3\nsound = nn.Conv2d(18, 18, 3, groups=groups)\nwrong = nn.Conv2d(8, 8, 3, groups=2)\n",
        id="a constant that another layer reads",
    ),
    pytest.param(
        BLOCK + "G = 5\nwrong = Block(8, G)\nsound = Block(20, groups=G)\nnorm = nn.GroupNorm(G, 20)\n",
        BLOCK + "G = 5\nwrong = Block(8, 4)\nsound = Block(20, groups=G)\nnorm = nn.GroupNorm(G, 20)\n",
        id="a constant that another caller passes",
    ),
    pytest.param(
        BLOCK + "one = Block(8)\nother = Block(9)\n",
        BLOCK + "one = Block(8, groups=4)\nother = Block(9, groups=3)\n",
        id="callers that have only one group in common",
    ),
    pytest.param(
        BLOCK + "one = Block(8)\nother = Block(12)\n",
        BLOCK.replace("groups=5", "groups=4") + "one = Block(8)\nother = Block(12)\n",
        id="callers that have a number in common",
    ),
    pytest.param(
        BLOCK + "def make(width):\n    return Block(width)\n\n\nnets = [make(8), make(20)]\n",
        "",
        id="a call that both go through",
    ),
    pytest.param(CONV + "wrong = conv(8)\nsound = conv(20)\n", "", id="a literal that both use"),
    pytest.param(CONV + "one = conv(8)\nother = conv(9)\n", "", id="a literal for channels with nothing in common"),
]


@pytest.mark.parametrize(("program", "wanted"), CALLERS)
def test_a_number_that_others_rely_on_stays_theirs(program: str, wanted: str) -> None:
    text, left, outcome = fixed(HEAD + program, "GC002")
    assert text.decode() == HEAD + (wanted or program)
    assert bool(left) is not bool(wanted)
    assert not outcome.given_up
    assert all(finding.fix is None for finding in left)


@pytest.mark.parametrize(
    ("program", "said"),
    [
        (CONV + "wrong = conv(8)\nsound = conv(20)\n", "layers that are right read the same number"),
        (CONV + "one = conv(8)\nother = conv(9)\n", "Use 1, which leaves no groups"),
    ],
)
def test_a_change_for_all_is_shown_and_not_made(program: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("net.py").write_text(HEAD + program)
    words = ["net.py", "--select", "GC002", "--fix", "--unsafe-fixes", "--extend-safe-fixes", "GC002"]
    assert cli.main(words) == 1
    assert Path("net.py").read_text() == HEAD + program
    out = capsys.readouterr().out
    assert said in out
    assert "(by hand)" in out
    assert "fixable" not in out


@pytest.mark.parametrize(("start", "safe"), [("1, 1", True), ("2, 1", False), ("True, 1", False), ("one, 1", False)])
def test_swapped_arguments_are_named_unasked_only_where_all_are_one(start: str, safe: bool) -> None:
    program = HEAD + (
        "class Up(nn.Module):\n"
        "    def __init__(self, one=1):\n"
        "        super().__init__()\n"
        f"        self.dilation, self.groups = {start}\n\n"
        "    def forward(self, x, w):\n"
        "        return nn.functional.conv_transpose2d(x, w, None, 1, 0, 0, self.dilation, self.groups)\n"
    )
    text, _, outcome = fixed(program, "GC015", unsafe=False)
    assert bool(outcome.fixed) is safe
    assert (b"dilation=self.dilation, groups=self.groups" in text) is safe
    assert fixed(program, "GC015")[2].fixed


def test_one_group_is_said_to_be_dense(capsys: pytest.CaptureFixture[str]) -> None:
    Path("net.py").write_text(HEAD + "conv = nn.Conv2d(3, 64, 3, groups=2)\n")
    cli.main(["net.py"])
    assert "Use groups=1" in (out := capsys.readouterr().out)
    assert "one group makes it dense (unsafe)" in out
