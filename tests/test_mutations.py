"""Mistakes planted in sound models are found where NaNs find channels apart, and nothing is said where they do not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch

from tests.mutations.harness import trials
from tests.mutations.nets import NETS, published

#: Of the misses and alarms of ``make bench-mutations`` none is here; it plants all faults, and in published models.
FAST = ("shufflenet g=3", "igc", "grouped g=4", "resnext", "shufflenetv2", "separable")


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    """Tensors this small take longer on several threads."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize("name", FAST)
def test_small_models(name: str) -> None:
    torch.manual_seed(0)
    make, size = NETS[name]
    done = list(trials(name, make(), size, most=6, pairs=3))
    assert [str(trial) for trial in done if trial.missed or trial.false_alarm] == []


def test_faults_of_both_outcomes_are_planted() -> None:
    torch.manual_seed(0)
    make, size = NETS["igc"]
    assert {trial.apart for trial in trials("igc", make(), size, most=12, pairs=0)} == {True, False}


def test_a_published_model() -> None:
    torch.manual_seed(0)
    done = list(trials("shufflenet_g3_wd4", published("shufflenet_g3_wd4"), (3, 32, 32), most=2, pairs=0))
    assert [str(trial) for trial in done if trial.missed or trial.false_alarm] == []
