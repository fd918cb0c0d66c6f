"""A fault planted in a real model is gone after its fix: nothing new is reported, and the model is built and run."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from bench.faults import planted
from bench.models import Models
from bench.repairs import Round
from gconv_lint.fixes.documents import Document

#: What is planted, and the module; `make bench-repairs` has all kinds.
FAULTS = [
    ("groups that do not divide", "airnet.py"),
    ("`/` in groups", "xception.py"),
    ("groups passed as dilation", "xception.py"),
    ("groups rounded down to zero", "ibnresnext.py"),
    ("shuffle left out", "shufflenet.py"),
    ("pointwise with groups", "mnasnet.py"),
    ("transpose left out of a shuffle", "common/tutti.py"),
]


@pytest.fixture(scope="module")
def trip(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Round]:
    spec = find_spec("pytorchcv")
    if spec is None or spec.origin is None:
        pytest.skip("pytorchcv is not installed; `make test` installs it")
    models = Models()
    yield Round(Path(spec.origin).parent, tmp_path_factory.mktemp("models").resolve(), models)
    models.close()


@pytest.mark.parametrize(("kind", "name"), FAULTS)
def test_a_planted_fault_is_repaired(trip: Round, kind: str, name: str) -> None:
    path = Path("models", name)
    document = Document(name, (trip.package / path).read_text(encoding="utf-8"))
    results = (trip.result(path, fault) for fault in planted(document, kind))
    result = next((each for each in results if each.fixable), None)
    assert result is not None
    assert result.ran
    assert result.why == ""
