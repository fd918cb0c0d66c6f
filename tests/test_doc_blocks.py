"""Every block of code in the documentation does what it says: commands are run, settings are read, programs pass.

Commands that run models take a minute: their words are parsed, and ``make site`` runs them.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from gconv_lint import rulebook
from gconv_lint.commands import COMMANDS
from gconv_lint.config import load
from gconv_lint.rulebook.schema import mistakes
from tests.cli_support import BAD, GOOD, ROOT

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "docs" / "adr").glob("*.md")]
WITH_MODELS = bool(os.environ.get("DOC_MODELS"))
#: Whose blocks are tested beside the code that they are about.
ELSEWHERE = {"docs/testing.md": "tests/testing/test_documentation.py"}
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_EXTRA = re.compile(r"pip install '(?:gconv-lint|\.)\[(\w+)\]'")

NETS = """\
from torch import nn


class ResNeXt(nn.Sequential):
    def __init__(self, cardinality=4):
        super().__init__(nn.Conv2d(3, 32, 1), nn.Conv2d(32, 32, 3, groups=cardinality), nn.Conv2d(32, 8, 1))


def build():
    return ResNeXt()
"""
SANDBOX = {
    "pyproject.toml": '[[tool.gconv-lint.models]]\ntarget = "nets.py:build"\ninput = "1x3x8x8"\n',
    **dict.fromkeys(("src/net.py", "tests/test_net.py"), BAD),
    **dict.fromkeys(("nets.py", "net.py", "package/nets.py"), NETS),
    "path/net.py": GOOD,
    "package/__init__.py": "",
}


class Block(NamedTuple):
    """A block of a page, by its language and where it begins."""

    page: str
    line: int
    language: str
    text: str


def _blocks() -> Iterator[Block]:
    for path in sorted(PAGES):
        page, text = path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
        for match in _FENCE.finditer(text):
            if page not in ELSEWHERE:
                yield Block(page, text.count("\n", 0, match.start()) + 1, match[1], match[2])


BLOCKS = list(_blocks())


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A project for the commands of each page."""
    made: dict[str, Path] = {}

    def project(page: str) -> Path:
        if page not in made:
            made[page] = tmp_path_factory.mktemp("project")
            for name, text in SANDBOX.items():
                path = made[page] / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
        return made[page]

    return project


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """An environment in which ``gconv-lint`` is this one."""
    folder = tmp_path_factory.mktemp("bin")
    command = folder / "gconv-lint"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m gconv_lint "$@"\n')
    command.chmod(0o755)
    home = tmp_path_factory.mktemp("home")
    for name in (".zfunc", ".config/fish/completions"):
        (home / name).mkdir(parents=True)
    path = f"{folder}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), "HOME": str(home)}


def test_blocks_are_found() -> None:
    assert {block.page for block in BLOCKS} >= {"README.md", "docs/configuration.md", "docs/integrations.md"}
    for page, test in ELSEWHERE.items():
        assert Path(page).name in (ROOT / test).read_text(encoding="utf-8")


def _of(*languages: str) -> Callable[[Any], Any]:
    chosen = [block for block in BLOCKS if block.language in languages]
    return pytest.mark.parametrize("block", chosen, ids=lambda block: f"{block.page}:{block.line}")


def test_every_language_has_a_test() -> None:
    assert {block.language for block in BLOCKS} <= {"", "bash", "python", "toml", "yaml", "json", "lua", "lisp"}


def _run(line: str, cwd: Path, env: Mapping[str, str]) -> None:
    """Run a command: it may find something, and nothing else may go wrong."""
    words = shlex.split(line, comments=True)
    if words[1] in ("model", "suggest") and not WITH_MODELS:
        import_module(f"gconv_lint.commands.{words[1]}").parser().parse_intermixed_args(words[2:])
        return
    ran = subprocess.run(
        ["bash", "-c", line], cwd=cwd, env=env, capture_output=True, text=True, timeout=300, check=False
    )
    if "--calibrate" in words and ran.returncode == 2:
        assert "needs a GPU" in ran.stderr
        return
    assert ran.returncode in (0, 1), f"{line}\n{ran.stdout}{ran.stderr}"
    assert "Traceback" not in ran.stderr


@_of("", "bash")
def test_commands_work(block: Block, sandbox: Callable[[str], Path], installed: Mapping[str, str]) -> None:
    """What a command prints is held in step by scripts/generate_docs.py; diagrams hold no commands."""
    if shutil.which("bash") is None:
        pytest.skip("there is no bash here")
    for line in block.text.splitlines():
        if line.startswith("make "):
            assert f"\n{line.split()[1]}:" in (ROOT / "Makefile").read_text(encoding="utf-8")
        elif line.startswith("pip "):
            assert set(_EXTRA.findall(line)) <= _extras()
        elif re.match(r"(gconv-lint|cat|eval) ?", line):
            _run(line, sandbox(block.page), installed)


def _extras() -> set[str]:
    return set(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"])


def test_extras_in_the_text_exist() -> None:
    named = {name for path in PAGES for name in _EXTRA.findall(path.read_text(encoding="utf-8"))}
    assert named
    assert named <= _extras()


@_of("python")
def test_programs_pass(block: Block) -> None:
    torch = pytest.importorskip("torch")
    import gconv_lint.testing

    class Net(torch.nn.Sequential):  # type: ignore[name-defined,misc]
        def __init__(self) -> None:
            super().__init__()
            self.stage1 = torch.nn.Conv2d(3, 8, 1)
            self.shuffled = torch.nn.Conv2d(8, 8, 3, groups=2)
            self.stage2 = torch.nn.Conv2d(8, 8, 1)

    space: dict[str, Any] = {"Net": Net}
    exec(compile(block.text, block.page, "exec"), space)
    tests = [value for name, value in space.items() if name.startswith("test_")]
    assert bool(tests) is ("def test_" in block.text)
    for test in tests:
        test(gconv_lint.testing)


@_of("toml", "json", "lua", "lisp")
def test_settings_are_accepted(block: Block, tmp_path: Path) -> None:
    """Those of gconv-lint by itself; those of editors begin a command that there is."""
    words = re.findall(r'"([\w-]+)"', block.text)
    if "gconv-lint" in words and "[tool.gconv-lint" not in block.text:
        assert words[words.index("gconv-lint") + 1 :]
        assert "lsp" in words
        assert "lsp" in COMMANDS
    if block.language == "json":
        json.loads(block.text)
    elif block.language == "toml" and "language-server" in block.text:
        tomllib.loads(block.text)
    elif block.language == "toml":
        text = re.sub(r"extend-rules = .*", "", block.text).replace('"OWN001"', '"GC002"')
        (tmp_path / "pyproject.toml").write_text(text)
        load([str(tmp_path)], rulebook.rules())


@_of("yaml")
def test_workflows_and_hooks_work(block: Block, sandbox: Callable[[str], Path], installed: Mapping[str, str]) -> None:
    document = yaml.safe_load(block.text)
    if "when" in document or "fix" in document:
        whole = yaml.safe_load((ROOT / "rules" / "GC002.yaml").read_text(encoding="utf-8"))
        assert mistakes({**whole, **document}, "rule.yaml") == []
    elif "repos" in document:
        hooks = {hook["id"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())}
        assert {hook["id"] for repo in document["repos"] for hook in repo["hooks"]} <= hooks
    else:
        lines = list(_steps(document))
        assert lines
        for line in lines:
            _run(line, sandbox(block.page), installed)


def _steps(document: Mapping[Any, Any]) -> Iterator[str]:
    """The commands of gconv-lint in a workflow of GitHub or GitLab."""
    jobs = document.get("jobs", document).values()
    for job in jobs:
        for step in [*(step.get("run", "") for step in job.get("steps", ())), *job.get("script", ())]:
            if step.startswith("gconv-lint"):
                yield step
