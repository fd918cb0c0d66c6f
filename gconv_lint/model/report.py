"""The result of a run: the one thing that reporters read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from gconv_lint.model.findings import Finding
from gconv_lint.model.gaps import Gap
from gconv_lint.model.layers import ConvAttrs
from gconv_lint.model.places import Place


class Problem(NamedTuple):
    """A file or setting that could not be used: one clear sentence."""

    path: str
    message: str
    line: int | None = None
    column: int | None = None


class Silenced(NamedTuple):
    """A finding that is not reported: ``by`` is ``comment`` or ``baseline``, ``reason`` says which one."""

    finding: Finding
    by: str
    reason: str


class GroupedConv(NamedTuple):
    """A convolution in source that may have several groups, with its arguments as far as they are numbers."""

    name: str
    place: Place
    conv: ConvAttrs


class Counts(NamedTuple):
    """What was looked at: ``undecided`` by rule code, groups arguments decided of those reached.

    ``suppressed`` counts the findings that comments silence, ``known`` those that a baseline does. ``roots`` counts
    whole models by how far each was followed, where that was asked for.
    """

    files: int = 0
    parsed: int = 0
    layers: int = 0
    groups_reached: int = 0
    groups_decided: int = 0
    suppressed: int = 0
    known: int = 0
    undecided: Mapping[str, int] = {}
    gaps: Mapping[str, int] = {}
    roots: Mapping[str, int] = {}


class Report(NamedTuple):
    """Findings sorted by place, the problems met, the counts, the source lines to quote, and what is silenced.

    ``fixed`` are findings that are no more; ``unsafe_fixes`` says whether unsafe fixes are on offer; ``grouped`` has
    the convolutions of source that a probe times.
    """

    findings: tuple[Finding, ...]
    problems: tuple[Problem, ...] = ()
    counts: Counts = Counts()
    gaps: tuple[Gap, ...] = ()
    sources: Mapping[str, str] = {}
    fixed: tuple[Finding, ...] = ()
    unsafe_fixes: bool = False
    silenced: tuple[Silenced, ...] = ()
    grouped: tuple[GroupedConv, ...] = ()
