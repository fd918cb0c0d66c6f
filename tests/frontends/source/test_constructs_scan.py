"""``scan`` as a whole: order, hostile input, cost that grows with the size of the file only."""

from __future__ import annotations

import ast

import pytest
from constructs_support import HEAD

from gconv_lint.frontends.source.constructs import ImportedNames, scan


def test_order_of_the_file() -> None:
    text = HEAD + "m.groups = 1\ny = x.view(x.size(1), -1)\nm.groups = 2\n"
    found = scan(ast.parse(text), "a.py", text.split("\n"))
    assert [construct.kind for construct in found] == ["groups_assignment", "channel_flatten", "groups_assignment"]
    assert {construct.place.path for construct in found} == {"a.py"}


def test_given_names_replace_the_imports() -> None:
    text = "def f(x):\n    return G.conv2d(x, w, groups=x.shape[0])\n"
    names = ImportedNames(aliases={"G": "torch.nn.functional"})
    assert [c.kind for c in scan(ast.parse(text), "a.py", text.split("\n"), names)] == ["data_dependent_groups"]
    assert scan(ast.parse(text), "a.py", text.split("\n")) == []


def test_empty_file() -> None:
    assert scan(ast.parse(""), "a.py", [""]) == []


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("def f(x):\n" + "    y = F.conv2d(x, w, groups=x.shape[0])\n" * 3000, id="one long function"),
        pytest.param("y = x.view(x.size(1), -1)\n" * 3000, id="one long script"),
        pytest.param("class A:\n" + "    def f(self): self.c = nn.Conv2d(1, 1, 1)\n" * 2000, id="many methods"),
        pytest.param("def f(m):\n" + "    m.groups = 2\n" * 3000, id="many writes"),
        pytest.param("x" + ".view(a, b, c).transpose(1, 2).view(a, b)" * 100, id="long chain"),
        pytest.param(
            "def shuffle(x):\n    if a: pass\n" + "    elif b: x = x.view(a, b, c)\n" * 300, id="long chain of elif"
        ),
        pytest.param(
            "class S(nn.Module):\n def f(self):\n"
            + "  self.w = nn.Parameter(torch.empty(a, b // g)); F.conv2d(x, w, groups=g)\n" * 2000,
            id="many parameters",
        ),
    ],
)
def test_large_files_take_time_in_proportion(text: str) -> None:
    scan(ast.parse(text), "a.py", text.split("\n"))
