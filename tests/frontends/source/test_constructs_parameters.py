"""``groups_parameter``: constructors that take ``groups``."""

from __future__ import annotations

import pytest
from constructs_support import constructs, only

UNUSED = """
class Block(nn.Module):
    def __init__(self, dim, groups=1):
        super().__init__()
        self.conv = nn.Conv2d(dim, dim, 3)
"""


def test_unused() -> None:
    construct = only(UNUSED, "groups_parameter", head="")
    assert construct.values == {
        "class_name": "Block",
        "parameter": "groups",
        "read": False,
        "builds_convs": True,
        "uses_locals": False,
        "abstract": False,
        "for_interface": False,
    }
    assert (construct.place.line, construct.place.column, construct.place.end_column) == (3, 29, 35)


def test_unused_keyword_only_with_a_wrapper_for_the_convolution() -> None:
    code = """
    class Block(nn.Module):
        def __init__(self, dim, *, groups: int = 1):
            self.conv = ConvBNAct(dim, dim, 3)
    """
    values = only(code, "groups_parameter").values
    assert (values["read"], values["builds_convs"]) == (False, True)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("nn.Conv2d(dim, dim, 3, groups=groups)", id="passed on"),
        pytest.param("self.groups = groups", id="stored"),
        pytest.param("if groups != 1: raise ValueError", id="a guard reads it"),
        pytest.param("super().__init__(dim, groups)", id="given to the base class"),
        pytest.param("f = lambda: groups", id="read later"),
        pytest.param("del groups", id="taken for the interface only, and says so"),
    ],
)
def test_read(body: str) -> None:
    code = f"class Block(nn.Module):\n    def __init__(self, dim, groups=1):\n        {body}\n"
    assert only(code, "groups_parameter").values == {"class_name": "Block", "parameter": "groups", "read": True}


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(UNUSED.replace("    def", "    @store\n    def"), id="decorated constructor"),
        pytest.param("@store" + UNUSED, id="decorated class"),
        pytest.param(UNUSED.replace("nn.Module", "nn.Module, metaclass=Storing"), id="metaclass"),
        pytest.param(UNUSED + "    def __new__(cls, dim, groups): ...\n", id="__new__ gets it as well"),
        pytest.param("class Base:\n    def __new__(cls, *a): ...\n" + UNUSED.replace("nn.Module", "Base"), id="base"),
        pytest.param(UNUSED.replace("dim, 3", "dim, self.config.groups"), id="read where something has stored it"),
        pytest.param(UNUSED.replace("dim, 3", "dim, self.kept['groups']"), id="read by name"),
    ],
)
def test_may_be_read_elsewhere(code: str) -> None:
    assert "read" not in only(code, "groups_parameter").values


@pytest.mark.parametrize(
    ("signature", "expected"),
    [
        pytest.param("dim, groups=None", True, id="None"),
        pytest.param("dim, *, groups=None", True, id="None by keyword"),
        pytest.param("dim, groups=1, **kwargs", True, id="what else is given goes unread, too"),
        pytest.param("dim=None, groups=1", False, id="another default"),
        pytest.param("dim, groups", False, id="no default"),
    ],
)
def test_kept_for_an_interface(signature: str, expected: bool) -> None:
    code = UNUSED.replace("dim, groups=1", signature)
    assert only(code, "groups_parameter").values["for_interface"] is expected


@pytest.mark.parametrize("function", ["locals", "vars", "eval", "sys._getframe", "self.save_hyperparameters"])
def test_read_through_locals(function: str) -> None:
    code = UNUSED + f"        self.settings = {function}()\n"
    assert only(code, "groups_parameter").values["uses_locals"] is True


def test_no_convolutions() -> None:
    code = "class Block(nn.Module):\n    def __init__(self, dim, groups=1):\n        self.fc = nn.Linear(dim, dim)\n"
    assert only(code, "groups_parameter").values["builds_convs"] is False


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(UNUSED.replace("nn.Module", "nn.Module, ABC"), id="ABC"),
        pytest.param(UNUSED.replace("nn.Module", "nn.Module, metaclass=abc.ABCMeta"), id="metaclass"),
        pytest.param(UNUSED + "\n    @abstractmethod\n    def forward(self, x): ...\n", id="abstract method"),
        pytest.param(
            UNUSED + "\n    def forward(self, x):\n        raise NotImplementedError('later')\n", id="unwritten method"
        ),
    ],
)
def test_abstract(code: str) -> None:
    assert only(code, "groups_parameter").values["abstract"] is True


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("def block(dim, groups=1):\n    return nn.Conv2d(dim, dim, 3)\n", id="a function"),
        pytest.param("class A:\n    def f(self, groups):\n        return nn.Conv2d(1, 1, 3)\n", id="another method"),
        pytest.param("class A:\n    def __init__(self, group):\n        nn.Conv2d(1, 1, 3)\n", id="another name"),
    ],
)
def test_no_groups_parameter(code: str) -> None:
    assert constructs(code, "groups_parameter") == []
