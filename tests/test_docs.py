"""Documentation is in step with the rules, the settings and the flags, and its links lead somewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from argparse import ArgumentParser
from importlib import import_module
from pathlib import Path

import pytest

from gconv_lint import cli, model_settings, rulebook
from gconv_lint.commands import COMMANDS, check, model, rule
from gconv_lint.config import load
from gconv_lint.settings import SETTINGS

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"(?<!!)\[[^\]\n]*\]\((?!https?://|#)([^)\s#]+)[^)]*\)")


def test_generated_files_are_in_step() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "generate_docs.py"), "--check"]
    result = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_every_rule_has_a_page_and_a_row() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    infos = [each.info for each in rulebook.rules()]
    assert infos
    for info in infos:
        assert (ROOT / "docs" / "rules" / f"{info.code}.md").is_file()
        assert f"| {info.name}" in readme


@pytest.mark.parametrize("command", COMMANDS)
def test_every_flag_is_documented(command: str) -> None:
    parser: ArgumentParser = import_module(f"gconv_lint.commands.{command}").parser()
    text = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    flags = [word for action in parser._actions for word in action.option_strings]
    assert [flag for flag in flags if f"`{flag}`" not in text] == []
    assert [action.dest for action in parser._actions if not action.help] == []


def test_every_key_is_documented_and_its_flag_exists() -> None:
    text = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    flags = {word for action in check.parser()._actions for word in action.option_strings}
    for setting in SETTINGS:
        assert f"| `{setting.key}` |" in text
        assert not setting.flag or setting.flag in flags


def test_every_key_of_a_model_is_documented() -> None:
    text = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    assert [key for key in model_settings.KEYS if f"`{key}`" not in text] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    targets = LINK.findall(page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", ["README.md", "docs/configuration.md"])
def test_toml_in_the_documentation_is_accepted(page: str, tmp_path: Path) -> None:
    blocks = re.findall(r"```toml\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL)
    assert blocks
    for block in blocks:
        (tmp_path / "pyproject.toml").write_text(block)
        load([str(tmp_path)], rulebook.rules())


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "docs/writing-rules.md", "docs/verdicts.md"])
def test_commands_in_the_documentation_exist(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert [
        target
        for target in re.findall(r"^make (\w+)|`make (\w+)", text, re.MULTILINE)
        if f"\n{''.join(target)}:" not in makefile
    ] == []
    for line in re.findall(r"^(?:\$ |.*\| )?gconv-lint (.*)$", text, re.MULTILINE):
        words = line.split("#")[0].split()
        command = {"rule": rule, "model": model}.get(words[0], check)
        command.parser().parse_intermixed_args(words)


def test_the_clean_example_is_clean(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    assert cli.main(["examples/clean.py", "--isolated"]) == 0


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("resnext.py", {"GC002", "GC003"}),
        ("shufflenet.py", {"GC010", "GC101"}),
        ("mobilenet.py", {"GC011", "GC012", "GC402"}),
    ],
)
def test_examples_have_their_mistakes(
    name: str, codes: set[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    assert cli.main([f"examples/{name}", "--isolated", "--output-format", "concise"]) == 1
    assert set(re.findall(r"GC\d{3}", capsys.readouterr().out)) == codes
