"""The facts of layers that their names and the texts of their arguments tell."""

from __future__ import annotations

import os
import re
from functools import cache
from typing import Any

from gconv_lint.facts.attributes import CONVS, LAYERS, site_text
from gconv_lint.facts.kleene import UNKNOWN
from gconv_lint.facts.registry import fact
from gconv_lint.model.layers import Layer

_DEPTHWISE = re.compile(r"(depth_?wise)|(?:^|_)(?:dw_?conv|conv_?dw)")
_POINTWISE = re.compile(r"point_?wise|(?:^|_)(?:pw_?conv|conv_?pw)")
#: What a name in front of such a word makes of it: the layer beside, or the lack of one.
_BESIDE = re.compile(
    r"(?:^|_)(?:non?|not|un|before|after|pre|post|without|dense|full|standard|replaces?|instead_of)_?$"
)
#: What may follow: the layer is still the depthwise one, and not the projection behind it.
_SAME = re.compile(
    r"(?:_?(?:conv(?:olution)?s?|layers?|ops?|block|unit|filter|[123]d|\d+(?:x\d+)*|k\d+|large|small|main)|_[a-z](?=_|$))*"
)
_FACTORS = re.compile(r"_?(?:scale|scaling|gain|gamma|affine|weight|bias|gate|norm)")
_GROUPS_NAMES = ("group", "cardinal", "dim", "hidden", "channels")
_DILATION_NAMES = ("dilat", "rate")


@cache  # a program has few names for its layers
def _depthwise_word(target: str) -> re.Match[str] | None:
    name = target.lower()
    found = _DEPTHWISE.search(name)
    beside = found is None or _BESIDE.search(name[: found.start()]) or not _SAME.fullmatch(name[found.end() :])
    return None if beside else found


@fact(*CONVS, type="bool")
def named_depthwise(layer: Layer) -> Any:
    """whether the layer is stored under a name such as depthwise, dwconv or conv_dw"""
    return UNKNOWN if layer.site is None else _depthwise_word(layer.site.target) is not None


@fact(*CONVS, type="bool")
def abbreviated_depthwise(layer: Layer) -> Any:
    """whether that name says dw, which is short for down as well"""
    found = None if layer.site is None else _depthwise_word(layer.site.target)
    return UNKNOWN if found is None else found[1] is None


@fact(*CONVS, type="bool")
def named_pointwise(layer: Layer) -> Any:
    """whether the layer is stored under a name such as pointwise, pwconv or conv_pw"""
    if layer.site is None:
        return UNKNOWN
    name = layer.site.target.lower()
    found = _POINTWISE.search(name)
    return found is not None and not _BESIDE.search(name[: found.start()]) and not _FACTORS.match(name[found.end() :])


@fact(*LAYERS, type="bool")
def in_test(layer: Layer) -> Any:
    """whether the call is written in a test"""
    if layer.site is None:
        return UNKNOWN
    named = layer.site.method.startswith("test") or layer.site.class_name.startswith("Test")
    stem = os.path.splitext(os.path.basename(layer.place.path))[0]
    return named or stem.startswith("test_") or stem.endswith("_test") or stem == "conftest"


@fact(*CONVS, type="str")
def dilation_text(layer: Layer) -> Any:
    """source text of the dilation argument"""
    return site_text(layer, "dilation")


@fact(*CONVS, type="bool")
def positional_dilation(layer: Layer) -> Any:
    """whether dilation is passed by position"""
    if layer.site is None or layer.conv is None:
        return UNKNOWN
    return layer.site.positional >= (5 if layer.conv.lazy else 6) + (2 if layer.conv.transposed else 0)


@fact(*CONVS, type="bool")
def dilation_reads_as_groups(layer: Layer) -> Any:
    """whether the dilation argument is the in_channels argument again, or has a name for groups or channels"""
    text = site_text(layer, "dilation")
    if text is UNKNOWN:
        return UNKNOWN
    if not text or text.strip().isdecimal():
        return False
    if text == site_text(layer, "in_channels") or _says_groups(text):
        return True
    return _groups_like(text) and not _padded_by(layer, text.strip())


def _says_groups(text: str) -> bool:
    """Whether a name says so plainly that no dilation is meant, even where the padding is the same number."""
    return _groups_like(text) and any(word in text.lower() for word in ("group", "cardinal"))


def _padded_by(layer: Layer, dilation: str) -> bool:
    """Whether the padding is made from the same number, as that of a dilated kernel is."""
    padding = site_text(layer, "padding")
    return padding is not UNKNOWN and re.search(rf"(?<![\w.]){re.escape(dilation)}(?!\w)", padding) is not None


def _groups_like(text: str) -> bool:
    name = text.rpartition(".")[2].strip().lower()
    if not name.isidentifier() or any(word in name for word in _DILATION_NAMES):
        return False
    return name == "g" or any(word in name for word in _GROUPS_NAMES)
