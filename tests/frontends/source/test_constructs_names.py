"""How names resolve through imports, and where constructs are placed."""

from __future__ import annotations

import ast

import pytest
from constructs_support import HEAD, only

from gconv_lint.frontends.source.constructs.imports import dotted
from gconv_lint.frontends.source.constructs.outline import Outline
from gconv_lint.frontends.source.constructs.source_file import SourceFile


@pytest.mark.parametrize(
    ("imports", "written", "full"),
    [
        ("import torch.nn as nn", "nn.Conv2d", "torch.nn.Conv2d"),
        ("import torch", "torch.nn.Conv2d", "torch.nn.Conv2d"),
        ("import torch.nn", "torch.nn.Conv2d", "torch.nn.Conv2d"),
        ("from torch import nn", "nn.Conv2d", "torch.nn.Conv2d"),
        ("from torch import nn as N", "N.Conv2d", "torch.nn.Conv2d"),
        ("from torch.nn import Conv2d as C", "C", "torch.nn.Conv2d"),
        ("from torch.nn import functional as F", "F.conv2d", "torch.nn.functional.conv2d"),
        ("import torch.nn.functional as F", "F.conv2d", "torch.nn.functional.conv2d"),
        ("import torch", "torch.conv2d", "torch.nn.functional.conv2d"),
        ("from torch.nn.modules.conv import Conv2d", "Conv2d", "torch.nn.Conv2d"),
        ("from torch.nn.parameter import Parameter", "Parameter", "torch.nn.Parameter"),
        ("from torch.nn import *", "Conv2d", "torch.nn.Conv2d"),
        ("from torch.nn import *\nfrom .blocks import *", "Conv2d", "torch.nn.Conv2d"),
        ("from torch.nn import *\nclass Conv2d: ...", "Conv2d", "Conv2d"),
        ("from .conv import Conv2d", "Conv2d", ".conv.Conv2d"),
        ("from . import conv", "conv.Conv2d", ".conv.Conv2d"),
        ("import torch.nn as nn\nConv = nn.Conv2d", "Conv", "torch.nn.Conv2d"),
        ("import torchvision.transforms.functional as F", "F.conv2d", "torchvision.transforms.functional.conv2d"),
        ("try:\n    from torch import nn\nexcept ImportError:\n    nn = None", "nn.Conv2d", "torch.nn.Conv2d"),
        ("def f():\n    from torch import nn as late", "late.Conv2d", "torch.nn.Conv2d"),
        ("# nothing is imported", "nn.Conv2d", "torch.nn.Conv2d"),
        ("# not a dotted name", "f().Conv2d", ""),
    ],
)
def test_resolve(imports: str, written: str, full: str) -> None:
    names = Outline(ast.parse(imports)).names
    assert names.resolve(ast.parse(written, mode="eval").body) == full


def test_dotted_is_empty_for_other_expressions() -> None:
    assert dotted(ast.parse("f(x).y", mode="eval").body) == ""
    assert dotted(None) == ""


def test_place_counts_characters_from_one() -> None:
    construct = only('"äöü"; y = x.view(x.size(1), -1)\n', "channel_flatten")
    line = HEAD.count("\n") + 1
    assert (construct.place.line, construct.place.column, construct.place.end_column) == (line, 12, 33)


def test_place_of_a_class_is_its_name() -> None:
    construct = only("class SeparableConv(nn.Module): pass\n", "separable_class", head="")
    assert (construct.place.column, construct.place.end_column) == (7, 20)


def test_lines_that_do_not_fit_the_tree_are_survived() -> None:
    tree = ast.parse("\n\n\ny = x.view(x.size(1), -1)\n")
    file = SourceFile(tree, "short.py", [])
    assert file.code(tree.body[0]) == ""


def test_innermost_scopes() -> None:
    text = "class A:\n    def f(self):\n        def g():\n            pass\n        return g\nx = 1\n"
    file = SourceFile(ast.parse(text), "scopes.py", text.split("\n"))
    assert [getattr(file.function_at(line), "name", None) for line in range(1, 7)] == [None, "f", "g", "g", "f", None]
    assert getattr(file.class_at(4), "name", None) == "A"
    assert file.class_at(6) is None


def test_statements_of_every_block_are_read() -> None:
    blocks = """
        if a:
            m.groups = 1
        elif b:
            m.groups = 2
        else:
            m.groups = 3
        for i in x:
            m.groups = 4
        else:
            m.groups = 5
        while x:
            m.groups = 6
        with x:
            m.groups = 7
        try:
            m.groups = 8
        except E:
            m.groups = 9
        else:
            m.groups = 10
        finally:
            m.groups = 11
        match x:
            case 1:
                m.groups = 12
    """
    text = "\n".join(line[8:] for line in blocks.split("\n"))
    assert len(Outline(ast.parse(text)).groups_writes) == 12
