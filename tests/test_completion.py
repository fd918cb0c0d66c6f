"""Completion in a real bash, and scripts for the other shells."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from gconv_lint import rulebook
from gconv_lint.commands import COMMANDS
from gconv_lint.commands.completion import SHELLS
from tests.cli_support import Folder

#: Completes the last of the words, as bash does when the tab key is pressed.
PRESS_TAB = """
source script.bash
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
spec=($(complete -p gconv-lint))
"${spec[-2]}" gconv-lint "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture
def bash(project: Folder) -> Folder:
    """A folder with the script for bash and with something to complete."""
    if shutil.which("bash") is None:
        pytest.skip("there is no bash here")
    project.write({"script.bash": project.run("completion", "bash").out, "src/net.py": "", "settings.toml": ""})
    return project


def _offered(folder: Path, *words: str) -> list[str]:
    command = ["bash", "--norc", "-c", PRESS_TAB, "bash", "gconv-lint", *words]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    assert ran.stderr.replace("bash: line 4: compopt: not currently executing completion function\n", "") == ""
    return ran.stdout.split()


def test_bash_completes_commands_and_paths(bash: Folder) -> None:
    assert _offered(bash.path, "") == list(COMMANDS)
    assert _offered(bash.path, "sug") == ["suggest"]
    assert _offered(bash.path, "check", "sr") == ["src"]


def test_bash_completes_the_flags_of_each_command(bash: Folder) -> None:
    assert _offered(bash.path, "--write-b") == ["--write-baseline"]
    assert _offered(bash.path, "check", "src", "--unsafe") == ["--unsafe-fixes"]
    assert _offered(bash.path, "model", "--max-p") == ["--max-params"]
    assert _offered(bash.path, "clean", "--max-p") == []


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["--output-format", "s"], ["sarif"]),
        (["check", "--output-format", "json"], ["json", "json-lines"]),
        (["rule", "--output-format", "m"], ["markdown"]),
        (["--select", "GC10"], [f"GC10{digit}" for digit in "123456789"]),
        (["rule", "stacked"], ["stacked-grouped-convs-without-shuffle"]),
        (["model", "--sort", "ma"], ["macs"]),
        (["check", "--config", "sett"], ["settings.toml"]),
        (["clean", "--cache-dir", "s"], ["src"]),
        (["completion", "z"], ["zsh"]),
    ],
    ids=" ".join,
)
def test_bash_completes_values(bash: Folder, words: list[str], offered: list[str]) -> None:
    assert _offered(bash.path, *words) == offered


@pytest.mark.parametrize("shell", SHELLS)
def test_every_shell_learns_every_command_and_rule(project: Folder, shell: str) -> None:
    script = project.run("completion", shell).out
    wanted = {*COMMANDS, *(rule.info.code for rule in rulebook.rules()), "output-format", "sarif"}
    assert [word for word in wanted if word not in script] == []


def test_another_shell_is_one_sentence(project: Folder) -> None:
    ran = project.run("completion", "basch")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "gconv-lint: SHELL cannot be `basch` (did you mean `bash`?); allowed is bash, zsh, fish\n"
