"""Idioms that are easy to misread: what torch makes of them is found to the integer, or something is said to be missing."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from gconv_lint.costs import table
from gconv_lint.frontends.fx import program as recorded
from gconv_lint.frontends.fx.program import Program
from gconv_lint.frontends.whole import program as evaluated
from gconv_lint.model.targets import Input, Limits, Target

IDIOMS = Path(__file__).with_name("idioms.py")
#: What is followed only in part; all others are followed to their end.
STATED = {
    *("BackwardHook", "Dictionary", "ObjectSetattr", "Metaclass", "MetaclassNew", "GetAttribute"),
    *("DropPath", "Collections", "Normed", "Lazier", "InPlaceInput", "Branching", "Selected"),
    "NamedModulesDuplicate",
}


def _is_model(node: ast.stmt) -> bool:
    """Whether a class can be built without arguments and run."""
    if not isinstance(node, ast.ClassDef) or not node.bases:
        return False
    return {"forward", "layer"} & {each.name for each in node.body if isinstance(each, ast.FunctionDef)} != set()


NAMES = [node.name for node in ast.parse(IDIOMS.read_text(encoding="utf-8")).body if _is_model(node)]  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def pairs(forked: None) -> Mapping[str, tuple[Program, Program]]:
    targets = [Target(f"{IDIOMS}:{name}", (Input((1, 3, 16, 16)),)) for name in NAMES]
    limits = Limits(300)
    return dict(zip(NAMES, zip(recorded.analyse(targets, limits), evaluated.analyse(targets, limits))))


def _found(program: Program) -> Any:
    layers = [layer for graph in program.graphs for layer in graph.layers]
    totals = table(layers, program.owners or {})[1]
    shapes = [(layer.kind, layer.name, layer.conv, layer.in_shape, layer.out_shape, layer.place) for layer in layers]
    problem = program.problem and program.problem.message.partition(": ")[2]
    return totals.params, totals.conv_macs, dict(program.owners or {}), shapes, problem


@pytest.mark.parametrize("name", NAMES)
def test_what_is_found_is_what_torch_makes_or_has_a_gap(
    pairs: Mapping[str, tuple[Program, Program]], name: str
) -> None:
    run, text = pairs[name]
    assert bool(text.missed) is (name in STATED), text.missed
    if not text.missed:
        assert _found(text) == _found(run)
