"""Helpers of the tests of source constructs."""

from __future__ import annotations

import ast
from textwrap import dedent

from gconv_lint.frontends.source.constructs import scan
from gconv_lint.model.constructs import Construct

HEAD = """\
import torch
import torch.nn as nn
import torch.nn.functional as F
"""


def constructs(code: str, kind: str, *, head: str = HEAD) -> list[Construct]:
    """The constructs of one kind in a snippet that has the usual imports."""
    text = head + dedent(code)
    found = scan(ast.parse(text), "snippet.py", text.split("\n"))
    return [construct for construct in found if construct.kind == kind]


def only(code: str, kind: str, *, head: str = HEAD) -> Construct:
    """The one construct of a kind."""
    (construct,) = constructs(code, kind, head=head)
    return construct
