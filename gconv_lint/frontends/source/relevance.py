"""Tells, by names alone, which definitions can lead to a layer: the rest of a program need not be evaluated."""

from __future__ import annotations

import ast
import builtins
import keyword
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gconv_lint.frontends.source.values import Module

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator
    from gconv_lint.frontends.source.project import SourceFile

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_LAYER = re.compile(r"(?:Lazy)?Conv(?:Transpose)?[123]d|conv(?:_transpose)?[123]d|GroupNorm|ChannelShuffle|channel_shuffle")
_WORD = re.compile(r"(\.?)\b([A-Za-z_]\w*)(\()?")
#: A call of what a call, a subscript or ``getattr`` gave: anything can come of it.
_COMPUTED = re.compile(r"[\])]\(")
_HARMLESS = frozenset(dir(builtins)) | frozenset(keyword.kwlist)
#: Methods of a class that run when it is called.
_ON_CALL = ("__init__", "__new__", "__post_init__", "__call__", "forward")


class Part:
    """The text that a name stands for, and where."""

    __slots__ = ("file", "node", "words")

    def __init__(self, file: SourceFile, node: ast.stmt) -> None:
        self.file = file
        self.node = node
        self.words: frozenset[str] | None = None


class Relevance:
    """A graph over the names of a project: which ones are mentioned in the definition of which."""

    __slots__ = ("_inert", "_leading", "_methods", "_parts", "ev")

    def __init__(self, ev: Evaluator) -> None:
        self.ev = ev
        self._parts: dict[str, list[Part]] = {}
        self._methods: dict[str, list[Part]] = {}
        self._inert: set[str] = set()
        self._leading: set[str] = set()
