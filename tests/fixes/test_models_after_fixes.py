"""What fixes do to models, by running them before and after: safe ones change nothing that ran."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from fixes.fixing import fixed
from torch import nn

HEAD = "import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n\n\n"

#: name -> rules, program with a class Net, shape of its input
SAFE = {
    "a shuffle of one group": (
        ["GC103"],
        """class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(4, 8, 1), nn.ChannelShuffle(1), nn.Conv2d(8, 8, 1), nn.BatchNorm2d(8))

    def forward(self, x):
        return self.body(x)
""",
        (2, 4, 5, 5),
    ),
    "a shuffle that undoes another one": (
        ["GC103"],
        """class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(4, 12, 1),
            nn.ChannelShuffle(3),
            nn.ReLU(),
            nn.ChannelShuffle(4),
            nn.Conv2d(12, 8, 1, groups=4),
            nn.Conv2d(8, 8, 1),
        )

    def forward(self, x):
        return self.body(x)
""",
        (2, 4, 5, 5),
    ),
    "groups=1, written out": (
        ["GC501"],
        """class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(4, 8, 3, padding=1, groups=1, bias=False)

    def forward(self, x):
        return self.conv(x)
""",
        (2, 4, 5, 5),
    ),
    "groups that may be rounded down to zero": (
        ["GC004"],
        """class Net(nn.Module):
    def __init__(self, channels=16):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1, groups=channels // 8)

    def forward(self, x):
        return self.conv(x)


small = Net(4) if False else None


def build():
    return Net(4)
""",
        (2, 16, 5, 5),
    ),
}

#: The same for fixes that change what is computed, but no parameter and no name of one.
UNSAFE = {
    "in a sequence, beside an activation": """class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(8, 8, 1, groups=4),
            nn.BatchNorm2d(8),
            nn.ReLU(),  # kept
            nn.Conv2d(8, 8, 1, groups=2),
            nn.BatchNorm2d(8),
        )

    def forward(self, x):
        return self.body(x)
""",
    "in forward": """class Net(nn.Module):
    def __init__(self, groups=4):
        super().__init__()
        self.first = nn.Conv2d(8, 8, 1, groups=groups)
        self.second = nn.Conv2d(8, 8, 1, groups=2)
        self.shuffle = nn.Identity()

    def forward(self, x):
        x = F.relu(self.first(x))
        return self.second(self.shuffle(x))
""",
}


def _net(text: bytes) -> nn.Module:
    names: dict[str, Any] = {"__name__": "program"}
    exec(compile(text, "program.py", "exec"), names)
    torch.manual_seed(0)
    net: nn.Module = names["Net"]()
    return net.eval()


def _depends(net: nn.Module, shape: tuple[int, ...]) -> torch.Tensor:
    """Which outputs become NaN where one input channel is: the rows are inputs."""
    rows = []
    for channel in range(shape[1]):
        x = torch.zeros(shape)
        x[:, channel] = float("nan")
        rows.append(net(x).isnan().flatten(2).any(2)[0])
    return torch.stack(rows)


@pytest.mark.parametrize("name", SAFE)
def test_a_safe_fix_keeps_parameters_and_outputs(name: str) -> None:
    codes, program, shape = SAFE[name]
    text, left, outcome = fixed(HEAD + program, *codes, unsafe=False)
    assert outcome.fixed
    assert not left
    before, after = _net((HEAD + program).encode()), _net(text)
    after.load_state_dict(before.state_dict(), strict=True)
    x = torch.randn(shape)
    assert torch.equal(before(x), after(x))


@pytest.mark.parametrize("name", UNSAFE)
def test_an_inserted_shuffle_keeps_the_state_dict_and_joins_the_groups(name: str) -> None:
    program = HEAD + UNSAFE[name]
    text, left, outcome = fixed(program, "GC101")
    assert outcome.fixed
    assert not left
    before, after = _net(program.encode()), _net(text)
    after.load_state_dict(before.state_dict(), strict=True)
    assert not _depends(before, (1, 8, 3, 3)).all()
    assert _depends(after, (1, 8, 3, 3)).all()


def test_an_unsafe_fix_is_not_applied_unasked() -> None:
    program = HEAD + UNSAFE["in forward"]
    text, left, outcome = fixed(program, "GC101", unsafe=False)
    assert text.decode() == program
    assert len(left) == 1
    assert not outcome.fixed


def test_a_view_that_only_worked_for_one_group_is_a_reshape_with_the_same_result() -> None:
    program = HEAD + (
        "def channel_shuffle(x, groups):\n"
        "    b, c, h, w = x.shape\n"
        "    return x.view(b, groups, c // groups, h, w).transpose(1, 2).view(b, c, h, w)\n"
    )
    text, left, _ = fixed(program, "GC010", unsafe=False)
    assert not left
    old: dict[str, Any] = {}
    new: dict[str, Any] = {}
    exec(program, old)
    exec(text, new)
    x = torch.randn(2, 12, 3, 3)
    assert torch.equal(old["channel_shuffle"](x, 1), new["channel_shuffle"](x, 1))
    assert torch.equal(new["channel_shuffle"](x, 3), nn.functional.channel_shuffle(x, 3))


def test_a_pointwise_convolution_behind_a_depthwise_one_mixes_the_channels() -> None:
    program = HEAD + (
        "class SeparableConv(nn.Module):\n"
        "    def __init__(self, channels=6):\n"
        "        super().__init__()\n"
        "        self.depthwise = nn.Conv2d(channels, channels, 3, padding=1, groups=channels)\n"
        "\n"
        "    def forward(self, x):\n"
        "        return self.depthwise(x)\n"
        "\n\nNet = SeparableConv\n"
    )
    text, left, outcome = fixed(program, "GC105")
    assert outcome.fixed
    assert not left
    assert _depends(_net(text), (1, 6, 3, 3)).all()
