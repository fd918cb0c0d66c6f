"""The examples of docs/testing.md are tests that pass, and what it quotes is what is said."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from gconv_lint import testing
from gconv_lint.testing.bound import GconvLint

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = (ROOT / "docs" / "testing.md").read_text(encoding="utf-8")


def test_every_function_is_documented_and_part_of_the_fixture() -> None:
    for name in testing.__all__:
        assert f"`{name}" in PAGE
        assert hasattr(GconvLint(), name)
        assert inspect.getdoc(getattr(testing, name))
        assert re.search(rf"^ .*\b{name}\(", PAGE, re.MULTILINE), name


def test_the_examples_pass(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    blocks = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    path = pytester.makepyfile(test_examples="\n".join(blocks))
    (pytester.path / "examples").symlink_to(ROOT / "examples")
    result = pytester.runpytest_subprocess("-p", "gconv_lint.pytest_plugin", "-p", "no:cacheprovider", path)
    result.assert_outcomes(passed=len(re.findall(r"^def test_", "\n".join(blocks), re.MULTILINE)))


def test_the_quoted_failure_is_real() -> None:
    namespace: dict[str, object] = {}
    exec(re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)[0], namespace)
    quoted = PAGE.split("A failure says what was found:\n\n```\n")[1].split("```")[0]
    expected = [line.removeprefix("E   ").removeprefix("AssertionError: ") for line in quoted.splitlines()]
    with pytest.raises(AssertionError) as caught:
        testing.assert_channels_mixed(namespace["network"](False), (1, 16, 8, 8), between=("0", "1"))  # type: ignore[operator]
    assert str(caught.value).splitlines() == expected
