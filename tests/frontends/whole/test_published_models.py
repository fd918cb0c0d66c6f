"""Both engines find the same in published models, to the parameter and the MAC that torch counts."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import pytest

from bench.agreement import differences
from bench.zoo.linted import input_of
from gconv_lint import api, rulebook
from gconv_lint.config import Config, Flags, load
from gconv_lint.model.summary import Summary
from gconv_lint.model.targets import Limits, Target
from gconv_lint.selection import Choice

HERE = Path(__file__).resolve().parent
EXAMPLES = HERE.parent.parent.parent / "examples"
#: Our own models, each with an input.
OWN = (
    *((f"{HERE / 'models.py'}:{name}", "1x3x32x32") for name in ("Shuffled", "Stages", "Branches", "Attention", "Upwards", "Norms", "Derived", "Standardised", "InPlace", "Generated", "factory")),
    *((f"{EXAMPLES}/{name}", "1x3x224x224") for name in ("clean.py:SeparableNet", "mobilenet.py:MobileNet", "resnext.py:resnext26_32x4d")),
)  # fmt: skip
#: What depends on the values of tensors, and is said to be unknown.
STATED = {
    "superpointnet",
    "alphapose_fastseresnet101b_coco",
    "simplepose_resnet18_coco",
    "simplepose_mobile_resnet18_coco",
}


class Published(NamedTuple):
    """A line of the list: a target with its inputs, and what torch counts."""

    target: Target
    params: int
    conv_macs: int

    def __str__(self) -> str:
        return _name(self.target)


def _name(target: Target) -> str:
    return target.name.rpartition(":")[2]


def _published() -> list[Published]:
    spec = find_spec("pytorchcv")
    folder = str(Path(spec.origin).parent.parent) if spec is not None and spec.origin is not None else ""
    lines = (HERE / "published.txt").read_text(encoding="utf-8").splitlines()
    rows = [line.split() for line in lines if not line.startswith("#")]
    return [
        Published(Target(name, tuple(map(input_of, sizes)), folder=folder), int(params), int(macs))
        for name, params, macs, *sizes in rows
    ]


PUBLISHED = _published()
OURS = [Target(name, (input_of(size),)) for name, size in OWN]


@pytest.fixture(scope="module")
def config() -> Config:
    return load([], rulebook.rules(), Flags(Choice(select=("ALL",)), isolated=True))


def _seen(target: Target, config: Config, engine: str) -> Summary:
    (found,) = api.models([target], config, Limits(120), engine)
    return found


def _same(target: Target, config: Config) -> Summary:
    """What both engines see of a model."""
    run, text = (_seen(target, config, engine) for engine in api.ENGINES)
    assert not text.partial
    assert list(differences(run, text)) == []
    return run


@pytest.mark.usefixtures("forked")
@pytest.mark.parametrize("model", [each for each in PUBLISHED if str(each) not in STATED], ids=str)
def test_a_published_model(model: Published, config: Config) -> None:
    if not model.target.folder:
        pytest.skip("pytorchcv is not installed; `make test` installs it")
    found = _same(model.target, config)
    assert not found.stopped
    assert found.totals is not None
    assert (found.totals.params, found.totals.conv_macs) == (model.params, model.conv_macs)


@pytest.mark.usefixtures("forked")
@pytest.mark.parametrize("target", OURS, ids=_name)
def test_a_model_of_our_own(target: Target, config: Config) -> None:
    assert _same(target, config).totals is not None


@pytest.mark.parametrize("model", [each for each in PUBLISHED if str(each) in STATED], ids=str)
def test_what_the_text_does_not_tell_is_stated(model: Published, config: Config) -> None:
    if not model.target.folder:
        pytest.skip("pytorchcv is not installed; `make test` installs it")
    assert _seen(model.target, config, "source").partial
