"""``init_call``: initialisation by fan-out."""

from __future__ import annotations

import pytest
from constructs_support import constructs, only

DEPTHWISE = "conv = nn.Conv2d(dim, dim, 3, groups=dim)\n"
LOOP = """
def init(model):
    for m in model.modules():
        if isinstance(m, nn.Conv2d):
            nn.init.kaiming_normal_(m.weight, mode="fan_out")
"""
MISTAKE = {
    "function": "kaiming_normal_",
    "mode": "fan_out",
    "over_convs": True,
    "fixes_groups": False,
    "over_grouped_convs": True,
}


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(LOOP, id="loop over the modules"),
        pytest.param(LOOP.replace("nn.Conv2d", "(nn.Conv2d, nn.Linear)"), id="several classes"),
        pytest.param(LOOP.replace('mode="fan_out"', '0, "fan_out"'), id="by position"),
        pytest.param(
            "def init(m):\n    if isinstance(m, nn.Linear):\n        pass\n    elif isinstance(m, nn.Conv2d):\n"
            "        kaiming_normal_(m.weight, mode='fan_out')\n",
            id="function for model.apply",
        ),
    ],
)
def test_fan_out(code: str) -> None:
    assert only(DEPTHWISE + code, "init_call").values == MISTAKE


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(LOOP.replace("nn.Conv2d", "nn.Linear"), id="not over convolutions"),
        pytest.param(LOOP.replace("nn.Conv2d", "nn.ConvTranspose2d"), id="transposed: fan-out is per group already"),
        pytest.param(LOOP.replace("isinstance(m", "isinstance(n"), id="test of something else"),
        pytest.param("kaiming_normal_(w, mode='fan_out')\n", id="one weight"),
    ],
)
def test_not_over_convs(code: str) -> None:
    assert only(DEPTHWISE + code, "init_call").values["over_convs"] is False


def test_corrected_for_groups() -> None:
    code = LOOP + "            m.weight.data *= m.groups ** 0.5\n"
    assert only(DEPTHWISE + code, "init_call").values["fixes_groups"] is True


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        pytest.param("nn.Conv2d(3, 8, 3)\n", False, id="none"),
        pytest.param("nn.Conv2d(3, 8, 3, groups=1)\n", False, id="groups of one"),
        pytest.param("nn.Conv2d(8, 8, 3, groups=4)\n", True, id="literal"),
        pytest.param("nn.Conv2d(8, 8, 3, 1, 1, 1, num_groups)\n", True, id="by position"),
        pytest.param("dwconv3x3_block(8, 8)\n", True, id="wrapper named depthwise"),
        pytest.param("def f(groups=1):\n    nn.Conv2d(8, 8, 3, groups=groups)\n", None, id="handed on: 1 or more"),
        pytest.param("nn.Conv2d(8, 8, 3, groups=self.groups)\n", None, id="attribute: 1 or more"),
        pytest.param("def f(dim):\n    nn.Conv2d(dim, dim, 3, groups=dim)\n", True, id="parameter for the channels"),
        pytest.param("def f(n):\n    groups = n // 8\n    nn.Conv2d(8, 8, 3, groups=groups)\n", True, id="computed"),
    ],
)
def test_grouped_convs_of_the_file(other: str, expected: bool | None) -> None:
    assert only(other + LOOP, "init_call").values.get("over_grouped_convs") is expected


@pytest.mark.parametrize(
    "call", ["kaiming_normal_(w, mode='fan_in')", "xavier_normal_(w, mode='fan_out')", "f(mode='fan_out')"]
)
def test_no_init_call(call: str) -> None:
    assert constructs(call + "\n", "init_call") == []
