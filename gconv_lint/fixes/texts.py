"""Texts of arguments, where they may be written a second time, and of layers that fit to others."""

from __future__ import annotations

import ast
import re

from gconv_lint.fixes.cases import is_repeatable
from gconv_lint.fixes.documents import Document
from gconv_lint.frontends.source.constructs.imports import dotted
from gconv_lint.frontends.source.constructs.syntax import argument

_CONV = re.compile(r"Conv(Transpose)?(?P<rank>[123])d$")


def argument_text(document: Document, call: ast.Call, name: str, position: int) -> str:
    """What a call passes for a parameter, as it is written; nothing where that is not to be written twice."""
    passed = argument(call, name, position)
    return document.source(passed) if passed is not None and is_repeatable(passed) else ""


def groups_text(document: Document, call: ast.Call) -> str:
    """What a call passes as ``groups`` by keyword, as it is written."""
    passed = [keyword.value for keyword in call.keywords if keyword.arg == "groups"]
    return document.source(passed[0]) if passed and is_repeatable(passed[0]) else ""


def pointwise(document: Document, conv: ast.Call, *, of: str = "out_channels", after: str = "") -> str:
    """A 1x1 convolution over what another one gives, or over its ``in_channels``; nothing where that is not plain.

    It makes ``after`` channels, as many as it reads where that is empty.
    """
    found = _CONV.search(dotted(conv.func))
    width = argument_text(document, conv, of, ("in_channels", "out_channels").index(of))
    if found is None or not width:
        return ""
    return f"{dotted(conv.func)[: found.start()]}Conv{found['rank']}d({width}, {after or width}, kernel_size=1)"
