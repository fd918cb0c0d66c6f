"""``separable_class``: classes that call themselves separable."""

from __future__ import annotations

import pytest
from constructs_support import constructs, only

LONE = """
class SeparableConv2d(nn.Module):
    def __init__(self, in_c, k=3):
        super().__init__()
        self.depthwise = nn.Conv2d(in_c, in_c, k, padding=k // 2, groups=in_c)
        self.bn = nn.BatchNorm2d(in_c)
        self.act = nn.ReLU()

    def forward(self, x):
        return self.act(self.bn(self.depthwise(x)))
"""
MISTAKE = {
    "class_name": "SeparableConv2d",
    "depthwise_convs": 1,
    "dense_layers": 0,
    "unknown_calls": 0,
    "is_subclass": False,
    "spatial": False,
    "part": False,
}


def with_init(line: str) -> str:
    return LONE.replace("        self.act = nn.ReLU()\n", f"        self.act = nn.ReLU()\n        {line}\n")


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(LONE, id="plain"),
        pytest.param(LONE.replace("groups=in_c", "groups=self.in_c"), id="stored channels"),
        pytest.param(LONE.replace("self.act(self.bn", "F.relu(F.pad").replace("(x)))", "(x), p))"), id="functions"),
        pytest.param(with_init("nn.init.zeros_(self.bn.weight)"), id="initialised"),
    ],
)
def test_lone_depthwise(code: str) -> None:
    assert only(code, "separable_class").values == MISTAKE


@pytest.mark.parametrize(
    ("code", "fact", "value"),
    [
        pytest.param(with_init("self.pw = nn.Conv2d(in_c, out_c, 1)"), "dense_layers", 1, id="pointwise"),
        pytest.param(with_init("self.pw = nn.Conv2d(in_c, out_c, 1, groups=1)"), "dense_layers", 1, id="groups=1"),
        pytest.param(with_init("self.fc = nn.Linear(in_c, out_c)"), "dense_layers", 1, id="linear"),
        pytest.param(with_init("self.pw = nn.Conv2d(in_c, out_c, 1, **kw)"), "unknown_calls", 1, id="starred"),
        pytest.param(with_init("self.pw = nn.Conv2d(in_c, out_c, 1, groups=g)"), "unknown_calls", 1, id="any groups"),
        pytest.param(with_init("self.pw = conv1x1(in_c, out_c)"), "unknown_calls", 1, id="wrapper"),
        pytest.param(LONE.replace("(x)))", "(x))) @ self.mix"), "unknown_calls", 1, id="matrix product"),
        pytest.param(
            with_init("self.pw = pw").replace("self.act(", "self.pw("), "unknown_calls", 1, id="injected module"
        ),
        pytest.param(LONE.replace("self.act(", "F.linear("), "unknown_calls", 1, id="function that may mix"),
        pytest.param(LONE.replace("nn.Module", "DepthwiseConv"), "is_subclass", True, id="subclass"),
        pytest.param(LONE.replace("SeparableConv2d", "SpatialSeparableConv"), "spatial", True, id="spatial by name"),
        pytest.param(LONE.replace("in_c, k, padding", "in_c, (1, k), padding"), "spatial", True, id="1 x k kernel"),
        pytest.param(LONE.replace("SeparableConv2d", "SeparableGaussian"), "spatial", True, id="a filter by name"),
        pytest.param(
            with_init("self.other = nn.Conv2d(in_c, in_c, k, groups=in_c)"), "spatial", True, id="rows, then columns"
        ),
        pytest.param(LONE.replace("SeparableConv2d", "SeparableConvDepthwise"), "part", True, id="a part by name"),
        pytest.param(LONE.replace("(x)))", "(x)))[:, order]"), "unknown_calls", 1, id="channels by index"),
        pytest.param(LONE.replace("super()", "in_c = 1\n        super()"), "depthwise_convs", 0, id="one channel"),
    ],
)
def test_not_a_lone_depthwise(code: str, fact: str, value: object) -> None:
    assert only(code, "separable_class").values[fact] == value


def test_square_kernel_given_as_a_tuple_is_not_spatial() -> None:
    assert only(LONE.replace("in_c, k, padding", "in_c, (3, 3), padding"), "separable_class").values == MISTAKE


def test_a_shorter_sequence_is_no_choice_of_channels() -> None:
    assert only(LONE.replace("(x)))", "(x)))[:, :, :-1]"), "separable_class").values == MISTAKE


@pytest.mark.parametrize("name", ["InseparableConv", "NonSeparableConv", "Unseparable_Conv"])
def test_what_is_not_separable(name: str) -> None:
    assert constructs(LONE.replace("SeparableConv2d", name), "separable_class") == []


def test_other_names_are_not_looked_at() -> None:
    assert constructs(LONE.replace("SeparableConv2d", "DWConv"), "separable_class") == []
