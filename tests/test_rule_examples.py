"""Every example of every rule file, through the whole pipeline."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from gconv_lint import api, engine
from gconv_lint.frontends.source import analyse
from gconv_lint.rulebook import rules
from gconv_lint.rulebook.document import Example
from gconv_lint.rulebook.examples import Outcome, broken_promise, cases
from gconv_lint.rulebook.load import builtin_folder, load_folder

CASES = [
    pytest.param(document.rule.info.code, kind, example, id=f"{document.rule.info.code}-{kind}-{example.name}")
    for document in load_folder(builtin_folder())
    for kind, example in cases(document)
]


@pytest.mark.parametrize(("code", "kind", "example"), CASES)
def test_example_keeps_its_promise(code: str, kind: str, example: Example, tmp_path: Path) -> None:
    def lint(files: Mapping[str, str], code: str, options: Mapping[str, Any]) -> Outcome:
        for name, text in files.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        wanted = next(rule for rule in rules() if rule.info.code == code)
        analysis = analyse([str(tmp_path / name) for name in files], thorough="conv_use" in wanted.match)
        assert not analysis.problems
        active = [rule for rule in rules() if rule.info.default or rule.info.code == code]
        findings, undecided, skipped = engine.run(analysis, active, {code: options})
        assert not skipped
        spots = frozenset((Path(f.place.path).name, f.place.line, f.rule.code) for f in findings)
        return Outcome(spots=spots, undecided=undecided[code])

    assert broken_promise(code, kind, example, lint) == ""


def test_two_shuffles_that_are_the_identity_together_say_so(tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    path.write_text(
        "from torch import nn\nnn.Sequential(nn.Conv2d(4, 8, 1), nn.ChannelShuffle(2), nn.ChannelShuffle(4))\n"
    )
    assert [f.message for f in api.check([str(path)]).findings] == ["this shuffle undoes the one before it"]
