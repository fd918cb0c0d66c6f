"""Every example of every rule file, through the whole pipeline."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from gconv_lint import api, engine, probing
from gconv_lint.costs.shapes import shape_of
from gconv_lint.frontends.fx.program import Program
from gconv_lint.frontends.fx.program import analyse as run_models
from gconv_lint.model.targets import Limits, Target
from gconv_lint.model_settings import parse_input
from gconv_lint.probe import runs
from gconv_lint.probe.contests import Case
from gconv_lint.probe.results import Results
from gconv_lint.rule_tests import complaint
from gconv_lint.rulebook import rules
from gconv_lint.rulebook.document import Example
from gconv_lint.rulebook.examples import Outcome, broken_promise, cases
from gconv_lint.rulebook.load import builtin_folder, load_folder
from tests.probe.fake_bench import FakeBench, by_library

CASES = [
    pytest.param(document.rule.info.code, kind, example, id=f"{document.rule.info.code}-{kind}-{example.name}")
    for document in load_folder(builtin_folder())
    for kind, example in cases(document)
]


def judged(program: engine.Program, code: str, options: Mapping[str, Any]) -> Outcome:
    """What the default rules and one more say."""
    active = [rule for rule in rules() if rule.info.default or rule.info.code == code]
    outcome = engine.run(program, active, {code: options})
    assert not outcome.skipped
    spots = frozenset((Path(f.place.path).name, f.place.line, f.rule.code) for f in outcome.findings)
    return Outcome(spots=spots, undecided=outcome.undecided[code])


def timed(program: Program, times: Mapping[str, float]) -> Program:
    """The program with what a run on a GPU says of its grouped convolutions, which take the ``times`` of an example."""
    (graph,) = program.graphs
    grouped = [layer for layer in graph.layers if layer.conv is not None and layer.conv.groups > 1]
    cases = [Case(layer.name, layer.place, (), shape) for layer in grouped if (shape := shape_of(layer)) is not None]
    bench = FakeBench(by_library({1: times["dense"], **{case.shape.groups: times["own"] for case in cases}}))
    found = runs.measure(cases, bench, runs.Ways(("fp16",), ("nchw",)), Results(None, ""), lambda _: None)
    assert len(found) == len(cases) == 1
    return program._replace(constructs=(*program.constructs, *probing.constructs(found)))


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Program]:
    """The models of all examples that are run, by rule and name; one process imports torch for all of them."""
    folder, targets, keys = tmp_path_factory.mktemp("models"), [], []
    for number, case in enumerate(CASES):
        code, _, example = case.values
        if example.model:
            path = folder / str(number) / "example.py"
            path.parent.mkdir()
            path.write_text(example.files["example.py"], encoding="utf-8")
            targets.append(Target(f"{path}:{example.model}", (parse_input(example.input),)))
            keys.append((code, example.name))
    return dict(zip(keys, run_models(targets, Limits()), strict=True))


@pytest.mark.parametrize(("code", "kind", "example"), CASES)
def test_example_keeps_its_promise(code: str, kind: str, example: Example, request: pytest.FixtureRequest) -> None:
    def run(_: Mapping[str, str], code: str, options: Mapping[str, Any]) -> Outcome:
        program = request.getfixturevalue("programs")[code, example.name]
        assert program.problem is None or program.refused is not None
        return judged(timed(program, example.measured) if example.measured else program, code, options)

    if example.model:
        assert broken_promise(code, kind, example, run) == ""
    else:
        assert complaint(code, kind, example, rules()) == ""


def test_two_shuffles_that_are_the_identity_together_say_so(tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    path.write_text(
        "from torch import nn\nnn.Sequential(nn.Conv2d(4, 8, 1), nn.ChannelShuffle(2), nn.ChannelShuffle(4))\n"
    )
    assert [f.message for f in api.check([str(path)]).findings] == ["this shuffle undoes the one before it"]
