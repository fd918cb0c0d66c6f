"""Both engines see the same model: one runs it with torch, the other reads its text."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from gconv_lint import api, rulebook
from gconv_lint.config import Flags, load
from gconv_lint.frontends.fx import program as recorded
from gconv_lint.frontends.fx.program import Program
from gconv_lint.frontends.whole import program as evaluated
from gconv_lint.model.layers import Layer
from gconv_lint.model.targets import Input, Limits, Target

MODELS = Path(__file__).with_name("models.py")
NAMES = (
    *("Shuffled", "Stages", "Branches", "Attention", "Upwards", "Norms", "Derived", "Standardised", "InPlace"),
    *("Generated", "factory"),
)


@pytest.fixture(scope="module")
def pairs(forked: None) -> Mapping[str, tuple[Program, Program]]:
    targets = [Target(f"{MODELS}:{name}", (Input((1, 3, 32, 32)),)) for name in NAMES]
    limits = Limits(120)
    found = zip(recorded.analyse(targets, limits), evaluated.analyse(targets, limits))
    return dict(zip(NAMES, found))


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_missed(pairs: Mapping[str, tuple[Program, Program]], name: str) -> None:
    run, text = pairs[name]
    assert run.problem is None
    assert text.problem is None
    assert text.missed == ()


@pytest.mark.parametrize("name", NAMES)
def test_parameters_are_the_same(pairs: Mapping[str, tuple[Program, Program]], name: str) -> None:
    run, text = pairs[name]
    assert dict(text.owners or {}) == dict(run.owners or {})


@pytest.mark.parametrize("name", NAMES)
def test_the_layer_graph_is_the_same(pairs: Mapping[str, tuple[Program, Program]], name: str) -> None:
    run, text = pairs[name]
    (expected,), (found,) = run.graphs, text.graphs
    assert list(map(told, found.layers)) == list(map(told, expected.layers))
    assert found.outputs == expected.outputs
    assert {gap.reason for gap in found.gaps} == {gap.reason for gap in expected.gaps}


@pytest.mark.parametrize("name", NAMES)
def test_constructed_layers_are_the_same(pairs: Mapping[str, tuple[Program, Program]], name: str) -> None:
    run, text = pairs[name]
    assert [(each.kind, each.conv, each.place) for each in text.layers] == [
        (each.kind, each.conv, each.place) for each in run.layers
    ]


@pytest.mark.usefixtures("forked")
def test_findings_and_totals_are_the_same() -> None:
    targets = [Target(f"{MODELS}:{name}", (Input((1, 3, 32, 32)),)) for name in ("Stages", "Shuffled")]
    config = load([], rulebook.rules(), Flags(isolated=True))
    for run, text in zip(*(api.models(targets, config, Limits(120), engine) for engine in api.ENGINES)):
        assert text.totals == run.totals
        assert text.rows == run.rows
        assert text.connections == run.connections
        assert text.report.findings == run.report.findings


def told(layer: Layer) -> Any:
    """Everything of a layer but the calls that led to it."""
    attrs = {name: value for name, value in layer.attrs.items() if name != "routes"}
    return layer.kind, layer.name, layer.conv, attrs, layer.inputs, layer.in_shape, layer.out_shape, layer.place
