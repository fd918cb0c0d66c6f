"""Recorded calls found in the source text, with and without the columns that Python 3.10 does not know."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from gconv_lint.frontends.fx.calls import Texts, chain
from gconv_lint.frontends.fx.stacks import Spot

TEXT = """\
from torch import nn

class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.ä = nn.Conv2d(
            width, width, 3)
        self.both = nn.Sequential(nn.Conv2d(width, width, 1), nn.ReLU())

class Own(nn.Conv2d):
    def __init__(self, width):
        super().__init__(width, width, 1)

def make():
    return nn.Sequential(Block(8), Own(8))
"""


@pytest.fixture
def path(tmp_path: Path) -> str:
    (tmp_path / "net.py").write_text(TEXT, encoding="utf-8")
    return str(tmp_path / "net.py")


def lines(path: str, *numbers: int, owners: tuple[str, ...] = ()) -> list[Spot]:
    """Spots that know their lines alone, in functions called ``__init__`` and, the last, ``make``."""
    names = [*["__init__"] * (len(numbers) - 1), "make"]
    return [Spot(path, name, n, owner=o) for name, n, o in zip(names, numbers, (*owners, ""), strict=True)]


def test_lines_alone(path: str) -> None:
    found = chain(lines(path, 8, 15, owners=("Block",)), Texts(), "Conv2d")
    assert found is not None
    assert (found.place.line, found.place.column, found.place.end_column) == (8, 35, 61)
    assert found.site.cls is not None
    assert found.site.cls.name == "Block"
    assert isinstance(found.call.node, ast.Call)
    assert ast.unparse(found.call.node) == "Block(8)"


def test_names_of_children_and_of_sequences_are_told(tmp_path: Path) -> None:
    lines = ('self.add_module("one", nn.Conv2d(8, 8, 1))', "self.two = nn.Sequential(nn.Conv2d(8, 8, 1), nn.ReLU())")
    (tmp_path / "net.py").write_text("\n".join((*lines, "three: nn.Module = nn.Conv2d(8, 8, 1)")), encoding="utf-8")
    texts = Texts()
    found = [texts.site(Spot(str(tmp_path / "net.py"), "", line), ("Conv2d",)) for line in (1, 2, 3)]
    assert [getattr(each.node, "stored_as", "") for each in found if each is not None] == ["one", "two", "three"]


def test_lines_alone_of_a_subclass(path: str) -> None:
    found = chain(lines(path, 12, 15, owners=("Own",)), Texts(), "Conv2d")
    assert found is not None
    assert ast.unparse(found.site.node) == "super().__init__(width, width, 1)"
    assert ast.unparse(found.call.node or ast.Pass()) == "Own(8)"


def test_a_call_over_several_lines_behind_a_letter_of_two_bytes(path: str) -> None:
    found = chain([Spot(path, "__init__", 6, 7, 18, 28)], Texts(), "Conv2d")
    assert found is not None
    assert (found.place.line, found.place.column, found.place.end_line, found.place.end_column) == (6, 18, 7, 29)


def test_what_is_not_there_is_not_found(path: str) -> None:
    assert chain([Spot(path, "__init__", 40, 40, 1, 5)], Texts(), "Conv2d") is None
    assert chain([Spot("/no/such/file.py", "f", 1)], Texts(), "Conv2d") is None
