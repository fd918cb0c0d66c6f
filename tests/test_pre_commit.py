"""The hook with the real pre-commit, against a repository made of this working tree."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml", "gconv_lint", "rules")
CONFIG = """\
repos:
  - repo: {repo}
    rev: {rev}
    hooks:
      - id: gconv-lint
"""
pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def _environment(home: Path) -> dict[str, str]:
    """Git and pre-commit with nothing of the user's own settings, and a cache that the test owns."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("GIT_", "PRE_COMMIT", "PYTHONPATH"))}
    identity = {
        f"GIT_{role}_{part}": value
        for role in ("AUTHOR", "COMMITTER")
        for part, value in (("NAME", "tests"), ("EMAIL", "tests@example.org"))
    }
    settings = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    return {**kept, **identity, **settings, "PRE_COMMIT_HOME": str(home)}


def _run(*words: str, cwd: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, cwd=cwd, env=env, capture_output=True, text=True, timeout=600, check=False)


def _repository(folder: Path, env: dict[str, str]) -> str:
    """Commit everything in ``folder`` to a new repository there; gives the commit."""
    for words in (("init", "--quiet"), ("add", "--all"), ("commit", "--quiet", "--message", "all")):
        result = _run("git", *words, cwd=folder, env=env)
        assert result.returncode == 0, result.stderr
    return _run("git", "rev-parse", "HEAD", cwd=folder, env=env).stdout.strip()


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A repository that uses the hook."""
    folder = tmp_path_factory.mktemp("pre-commit")
    env = _environment(folder / "home")
    hook, user = folder / "hook", folder / "user"
    hook.mkdir()
    user.mkdir()
    for name in SHIPPED:
        source = ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, hook / name)
    rev = _repository(hook, env)
    (user / ".pre-commit-config.yaml").write_text(CONFIG.format(repo=hook.as_uri(), rev=rev))
    (user / "notes.txt").write_text("nn.Conv2d(30, 64, 3, groups=4)\n")
    _repository(user, env)
    return user, env


def _hook(project: tuple[Path, dict[str, str]], name: str, text: str) -> subprocess.CompletedProcess[str]:
    user, env = project
    (user / name).write_text(text)
    assert _run("git", "add", name, cwd=user, env=env).returncode == 0
    return _run(sys.executable, "-m", "pre_commit", "run", "--files", name, cwd=user, env=env)


def test_a_bad_file_fails(project: tuple[Path, dict[str, str]]) -> None:
    result = _hook(project, "bad.py", "from torch import nn\nconv = nn.Conv2d(30, 64, 3, groups=4)\n")
    assert result.returncode == 1, result.stdout + result.stderr
    assert "bad.py:2:8: GC002 in-channels-not-divisible" in result.stdout


def test_a_clean_file_passes(project: tuple[Path, dict[str, str]]) -> None:
    result = _hook(project, "good.py", "from torch import nn\nconv = nn.Conv2d(32, 64, 3, groups=4)\n")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "Passed" in result.stdout


def test_files_that_are_not_python_are_skipped(project: tuple[Path, dict[str, str]]) -> None:
    result = _hook(project, "notes.txt", "nn.Conv2d(30, 64, 3, groups=4)\n")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "Skipped" in result.stdout
