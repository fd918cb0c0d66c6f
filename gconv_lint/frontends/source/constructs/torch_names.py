"""The names of torch's convolutions, and what the detectors call a name that is about groups or dilation."""

from __future__ import annotations

import ast
import re

from gconv_lint.frontends.source.constructs.imports import ImportedNames, dotted

CONV_CLASSES = frozenset(
    f"torch.nn.{lazy}Conv{transposed}{rank}d"
    for lazy in ("", "Lazy")
    for transposed in ("", "Transpose")
    for rank in (1, 2, 3)
)
FUNCTIONAL_CONVS = frozenset(
    f"torch.nn.functional.conv{transposed}{rank}d" for transposed in ("", "_transpose") for rank in (1, 2, 3)
)

#: What follows ``conv`` in a call of a functional convolution.
FUNCTIONAL_TAIL = re.compile(r"(?:_transpose)?[123]d\(")

#: Positions of ``groups``, counted from 0, in the functional forms (both) and in the constructors.
FUNCTIONAL_GROUPS = 6
CONSTRUCTOR_GROUPS = 6

_GROUPS_LIKE = re.compile(r"(?:^|_)(?:n|num)?_?groups?$|^cardinality$|^ngroups$", re.IGNORECASE)
_OTHER_SHUFFLES = re.compile(r"pixel|unshuffle|data|batch|sampl|patch|token|(?:^|\.)test_", re.IGNORECASE)
_DILATION_LIKE = re.compile(r"(?:^|_)(?:dilations?|dil|atrous|dilation_rate)$", re.IGNORECASE)


def last_name(node: ast.AST | None) -> str:
    """``groups`` of ``groups``, ``self.groups`` and ``self.groups[0]``; ``""`` for any other expression."""
    while isinstance(node, ast.Subscript):
        node = node.value
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def groups_like(node: ast.AST | None) -> bool:
    """Whether the name (or attribute) says that this is a number of groups."""
    return bool(_GROUPS_LIKE.search(last_name(node)))


def dilation_like(node: ast.AST | None) -> bool:
    """Whether the name (or attribute) says that this is a dilation."""
    return bool(_DILATION_LIKE.search(last_name(node)))


def names_channel_shuffle(name: str) -> bool:
    """Whether a name is about shuffling channels: not pixels, patches or training data."""
    return "shuffle" in name.lower() and not _OTHER_SHUFFLES.search(name)


def is_conv_class(node: ast.AST | None, names: ImportedNames) -> bool:
    """Whether the expression names one of torch's convolution classes."""
    return names.resolve(node) in CONV_CLASSES


def mentions_conv(node: ast.AST) -> bool:
    """Whether the last part of a dotted name has "conv" in it: torch's classes and the wrappers of most projects."""
    return "conv" in dotted(node).rpartition(".")[2].lower()
