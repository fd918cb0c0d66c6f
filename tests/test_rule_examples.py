"""Every example of every rule file, through the whole pipeline."""

from __future__ import annotations

import pytest

from gconv_lint.rule_tests import complaint
from gconv_lint.rulebook import rules
from gconv_lint.rulebook.document import Example
from gconv_lint.rulebook.examples import cases
from gconv_lint.rulebook.load import builtin_folder, load_folder

CASES = [
    pytest.param(document.rule.info.code, kind, example, id=f"{document.rule.info.code}-{kind}-{example.name}")
    for document in load_folder(builtin_folder())
    for kind, example in cases(document)
]


@pytest.mark.parametrize(("code", "kind", "example"), CASES)
def test_example_keeps_its_promise(code: str, kind: str, example: Example) -> None:
    assert complaint(code, kind, example, rules()) == ""
