"""Functions of many imported files are only parsed when they are called, and nobody can tell."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from gconv_lint.frontends.whole import modules
from gconv_lint.frontends.whole.engine import Answer
from gconv_lint.frontends.whole.series import ask
from gconv_lint.model.targets import Input, Limits, Target
from tests.frontends.whole import models

MODELS = Path(models.__file__)


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(modules, "_MANY", -1)


def answers(targets: list[Target]) -> list[Answer]:
    return [{name: value for name, value in answer.items() if name != "files"} for answer in ask(targets, Limits(60))]


def test_models_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [node.name for node in ast.parse(MODELS.read_text()).body if isinstance(node, ast.ClassDef)]
    targets = [Target(f"{MODELS}:{name}", (Input((1, 3, 32, 32)),)) for name in names]
    known = answers(targets)
    monkeypatch.setattr(modules, "_MANY", -1)
    assert repr(answers(targets)) == repr(known)


@pytest.mark.usefixtures("unread")
def test_a_function_that_is_no_python_is_a_gap(tmp_path: Path) -> None:
    text = "from torch import nn\n\n\ndef width():\n    return return\n\n\ndef net():\n    return nn.Conv2d(3, width() or 4, 1)\n"
    (tmp_path / "net.py").write_text(text)
    (answer,) = answers([Target("net.py:net", (Input((1, 3, 8, 8)),), folder=str(tmp_path))])
    assert answer["missed"] == [["`width` cannot be parsed", str(tmp_path / "net.py"), 4]]
