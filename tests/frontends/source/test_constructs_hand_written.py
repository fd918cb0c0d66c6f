"""``group_division`` and ``conv_module_class``: convolutions written by hand."""

from __future__ import annotations

import pytest
from constructs_support import constructs, only

GROUP_CONV = """
class GroupConv2d(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, groups=1, bias=True):
        super(GroupConv2d, self).__init__()
        self.groups = groups
        self.weight = nn.Parameter(torch.Tensor(out_channels, in_channels // groups, *kernel_size))
        self.bias = nn.Parameter(torch.Tensor(out_channels))

    def forward(self, input):
        return F.conv2d(input, self.weight, self.bias, 1, 0, 1, self.groups)
"""

MISTAKE = {
    "class_name": "GroupConv2d",
    "parameter": "weight",
    "dividend": "in_channels",
    "divisor": "groups",
    "checked": False,
    "free": True,
    "used_as_groups": True,
    "conv_superclass": False,
}


def test_unchecked_division() -> None:
    construct = only(GROUP_CONV, "group_division", head="")
    assert construct.values == MISTAKE
    assert construct.place.line == 6


@pytest.mark.parametrize(
    "weight",
    [
        pytest.param("nn.Parameter(torch.empty((out_channels, in_channels // groups, 3, 3)))", id="tuple"),
        pytest.param("nn.Parameter(torch.randn(out_channels, in_channels // self.groups, 3, 3))", id="stored groups"),
    ],
)
def test_other_spellings(weight: str) -> None:
    code = GROUP_CONV.replace("nn.Parameter(torch.Tensor(out_channels, in_channels // groups, *kernel_size))", weight)
    values = dict(only(code, "group_division").values)
    assert {**values, "divisor": "groups"} == MISTAKE


def test_the_quotient_has_a_name() -> None:
    code = """
    class GroupConv2d(nn.Module):
        def __init__(self, in_channels, out_channels, g):
            self.g = g
            width = in_channels // g
            weight = torch.empty(out_channels, width, 3, 3)
            self.register_parameter("weight", nn.Parameter(weight))

        def forward(self, x):
            return F.conv2d(x, self.weight, groups=self.g)
    """
    assert only(code, "group_division").values == {**MISTAKE, "divisor": "g"}


@pytest.mark.parametrize(
    "check",
    [
        pytest.param("if in_channels % groups: raise ValueError", id="remainder"),
        pytest.param("if in_channels % self.groups != 0: raise ValueError", id="remainder by the stored groups"),
        pytest.param("assert in_channels == groups * width", id="assertion"),
        pytest.param("q, r = divmod(in_channels, groups)", id="divmod"),
        pytest.param("if not (in_channels / groups).is_integer(): raise ValueError", id="a float that is whole"),
        pytest.param("if in_channels // groups * groups != in_channels: raise ValueError", id="multiplied back"),
        pytest.param("check_divisible(in_channels, groups)", id="a function that checks"),
        pytest.param("self.reference = nn.Conv2d(in_channels, out_channels, 3, groups=groups)", id="torch checks"),
    ],
)
def test_checked(check: str) -> None:
    code = GROUP_CONV.replace("self.groups = groups\n", f"self.groups = groups\n        {check}\n")
    assert only(code, "group_division").values["checked"] is True


def test_bounds_of_an_initialisation_are_no_check() -> None:
    code = GROUP_CONV.replace(
        "self.groups = groups\n", "self.groups = groups\n        b = 1 / (in_channels / groups)\n"
    )
    assert only(code, "group_division").values["checked"] is False


@pytest.mark.parametrize(
    "rest",
    [
        pytest.param("def make(c, g):\n    assert c % g == 0\n    return GroupConv2d(c, c, 3, g)\n", id="factory"),
        pytest.param(
            "class A(GroupConv2d):\n    def __init__(self, c, g):\n        check_groups(c, g)\n", id="subclass"
        ),
    ],
)
def test_checked_by_what_makes_it(rest: str) -> None:
    assert only(GROUP_CONV + "\n" + rest, "group_division").values["checked"] is True


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("in_channels = width * groups", id="a multiple"),
        pytest.param("in_channels = groups", id="depthwise"),
        pytest.param("groups = max(d for d in found)", id="searched"),
        pytest.param("groups = math.gcd(in_channels, groups)", id="a common divisor"),
    ],
)
def test_the_division_may_always_come_out_even(line: str) -> None:
    code = GROUP_CONV.replace("        self.groups = groups\n", f"        {line}\n        self.groups = groups\n")
    assert "free" not in only(code, "group_division").values


def test_groups_that_are_a_constant_of_the_class() -> None:
    code = GROUP_CONV.replace("self.groups = groups", "self.groups = self.GROUPS").replace(
        "// groups", "// self.groups"
    )
    assert "free" not in only(code, "group_division").values


def test_a_default_for_groups() -> None:
    code = GROUP_CONV.replace("self.groups = groups", "groups = groups or 1\n        self.groups = groups")
    assert only(code, "group_division").values["free"] is True


def test_a_remainder_by_something_else_is_no_check() -> None:
    code = GROUP_CONV.replace("self.groups = groups\n", "self.groups = groups\n        assert in_channels % 2 == 0\n")
    assert only(code, "group_division").values["checked"] is False


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        pytest.param("nn.Conv2d", True, id="torch's class checks"),
        pytest.param("_ConvNd", True, id="a convolution of the project"),
        pytest.param("Base", None, id="a base class that is not known"),
    ],
)
def test_superclass(base: str, expected: bool | None) -> None:
    code = GROUP_CONV.replace("class GroupConv2d(nn.Module)", f"class GroupConv2d({base})")
    assert only(code, "group_division").values.get("conv_superclass") is expected


def test_divisor_that_is_not_the_groups() -> None:
    code = GROUP_CONV.replace("in_channels // groups", "in_channels // ratio")
    assert only(code, "group_division").values["used_as_groups"] is False


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(GROUP_CONV.replace("*kernel_size))", "3), requires_grad=False)"), id="frozen weight"),
        pytest.param(GROUP_CONV.replace("F.conv2d", "F.linear"), id="no functional convolution"),
        pytest.param(GROUP_CONV.replace("in_channels // groups", "in_channels"), id="no quotient"),
    ],
)
def test_no_group_division(code: str) -> None:
    assert constructs(code, "group_division") == []


def test_reimplements_conv() -> None:
    construct = only(GROUP_CONV, "conv_module_class", head="")
    assert construct.values == {"class_name": "GroupConv2d", "reimplements_conv": True}
    assert (construct.place.line, construct.place.column) == (2, 7)


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(GROUP_CONV.replace("nn.Module", "nn.Conv2d"), id="extends torch's class"),
        pytest.param(
            GROUP_CONV.replace("return F.conv2d(input", "input = pad(input)\n        return F.conv2d(input"),
            id="does more than torch's class",
        ),
        pytest.param(GROUP_CONV.replace("input, self.weight,", "input, self.weight * self.mask,"), id="masked weight"),
        pytest.param(
            GROUP_CONV.replace("self.weight = nn.Parameter(", "self.weight = make("), id="weight made elsewhere"
        ),
    ],
)
def test_adds_something_to_conv(code: str) -> None:
    assert only(code, "conv_module_class").values["reimplements_conv"] is False


def test_class_without_groups_is_not_about_grouped_convolution() -> None:
    assert constructs(GROUP_CONV.replace(", 1, 0, 1, self.groups", ""), "conv_module_class") == []
