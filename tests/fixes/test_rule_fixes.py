"""Every rule example that can be fixed: the fixed form is what the fix gives, it runs, and it stays as it is."""

from __future__ import annotations

import re
import runpy
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from fixes.fixing import DEFAULTS, linter

from gconv_lint.fixes.fixer import Fixer
from gconv_lint.model.fixes import ACTION_ARGUMENTS, Applicability
from gconv_lint.rulebook.document import Example, RuleDocument
from gconv_lint.rulebook.load import builtin_folder, load_folder
from gconv_lint.rulebook.schema import EXPECT

DOCUMENTS = [document for document in load_folder(builtin_folder()) if document.rule.recipe is not None]
CASES = [
    pytest.param(document, example, id=f"{document.rule.info.code}-{example.name}")
    for document in DOCUMENTS
    for example in document.examples.bad
]
#: Comments are no code that could run.
FIXED = [
    pytest.param(document, example, id=f"{document.rule.info.code}-{example.name}")
    for document in DOCUMENTS
    for example in document.examples.bad
    if example.fixed and document.rule.info.category != "suppression"
]


@pytest.fixture(autouse=True)
def _own_modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.syspath_prepend(str(tmp_path))
    known = set(sys.modules)
    yield
    for name in set(sys.modules) - known:
        if not name.startswith(("torch", "gconv_lint", "libcst")):
            del sys.modules[name]


def _written(files: Mapping[str, str]) -> list[str]:
    for name, text in files.items():
        Path(name).write_text(re.sub(rf" *{EXPECT.pattern}", "", text), encoding="utf-8")
    return list(files)


@pytest.mark.parametrize(("document", "example"), CASES)
def test_a_fix_gives_the_fixed_form_and_mends_the_finding(document: RuleDocument, example: Example) -> None:
    code = document.rule.info.code
    options = {code: example.options} if example.options else {}
    others = DEFAULTS if document.rule.info.category == "suppression" else frozenset()
    lint = linter(_written(example.files), others | {code}, options, unsafe=not others)
    fixer = Fixer(lint)
    outcome = fixer.run()
    assert {path: data.decode() for path, data in outcome.changed.items()} == example.fixed
    assert not outcome.given_up
    left = [finding for finding in lint(fixer.texts) if finding.rule.code == code]
    assert bool(left) is not bool(example.fixed)


@pytest.mark.parametrize(("document", "example"), FIXED)
def test_fixed_code_runs_under_torch(document: RuleDocument, example: Example) -> None:
    for name in _written({**example.files, **example.fixed}):
        runpy.run_path(name)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.rule.info.code)
def test_each_rule_with_an_action_mends_one_of_its_examples(document: RuleDocument) -> None:
    assert any(example.fixed for example in document.examples.bad)
    assert document.fix.safety == document.rule.recipe.applicability.value  # type: ignore[union-attr]


def test_safe_fixes_are_called_safe_and_no_others() -> None:
    safe = {d.rule.info.code for d in DOCUMENTS if d.rule.recipe and d.rule.recipe.applicability is Applicability.SAFE}
    assert safe == {"GC004", "GC010", "GC501", "GC900"}


def test_every_action_is_used_by_a_rule() -> None:
    assert {d.rule.recipe.action for d in DOCUMENTS if d.rule.recipe} == set(ACTION_ARGUMENTS)
