"""What git ignores, by git itself: the reader of ``.gitignore`` gives the same answer."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gconv_lint import gitignore

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")

PATHS = (
    "a",
    "b",
    "a.py",
    "b.py",
    "a/a.py",
    "a/b/a.py",
    "b/a/b.py",
    "a/b/c/a.py",
    "a b",
    "[a]",
    "a/#b",
    "!a",
    "ab/a.pyc",
)
FOLDERS = ("a", "b", "a/b", "b/a", "a/b/c", "ab")


def _by_git(folder: Path, names: list[str]) -> set[str]:
    command = ["git", "-C", str(folder), "check-ignore", "--no-index", "--stdin", "-z"]
    result = subprocess.run(command, input="\0".join(names), capture_output=True, text=True, check=False)
    return {name for name in result.stdout.split("\0") if name}


def _by_us(folder: Path, names: list[str]) -> set[str]:
    """The names that are ignored, by themselves or with a folder that they are in, as a walk meets them."""
    found = set()
    for name in names:
        ignored, path = gitignore.of(str(folder)), str(folder)
        parts = name.split("/")
        for index, part in enumerate(parts):
            if os.path.isfile(os.path.join(path, ".gitignore")):
                ignored = ignored.inside(path)
            path = os.path.join(path, part)
            is_folder = index < len(parts) - 1 or os.path.isdir(path)
            if ignored.ignores(path, is_folder):
                found.add(name)
                break
    return found


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("repository")
    subprocess.run(["git", "init", "--quiet", str(folder)], check=True)
    for name in FOLDERS:
        (folder / "tree" / name).mkdir(parents=True, exist_ok=True)
    for name in PATHS:
        path = folder / "tree" / name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
    return folder / "tree"


def _check(repository: Path, root: str, inner: str = "") -> None:
    (repository / ".gitignore").write_text(root)
    (repository / "a" / ".gitignore").write_text(inner)
    names = [*PATHS, *FOLDERS]
    assert _by_us(repository, names) == _by_git(repository, names)


@pytest.mark.parametrize(
    "text",
    [
        "a\n",
        "a/\n",
        "/a\n",
        "a/b\n",
        "*.py\n!a.py\n",
        "*.py[cod]\n",
        "**/b\n",
        "a/**\n",
        "a/**/a.py\n",
        "**\n!a.py\n",
        "/*\n!/b/\n",
        "# comment\n\n   \n\\#b\n",
        "\\!a\n",
        "a\\ b\n",
        "a b   \n",
        "[[]a]\n",
        "[!b]\n",
        "[^a-c].py\n",
        "[[:alpha:]]\n",
        "?\n",
        "b/a/*.py\n",
        "*/b\n",
        "a*\n!ab/\n",
        "[a\n",
        "a\\\n",
        "/\n",
        "//\n",
        "a//b\n",
    ],
)
def test_one_file(repository: Path, text: str) -> None:
    _check(repository, text)


def test_the_deeper_file_decides(repository: Path) -> None:
    _check(repository, "*.py\n", "!a.py\n")
    _check(repository, "", "/a.py\nb/\n")
    _check(repository, "!b\n", "b\n")


_PIECES = st.sampled_from(["a", "b", "c", "*", "**", "?", "/", "!", ".py", "[ab]", "[!a]", "\\", " ", "#"])
_LINES = st.lists(st.lists(_PIECES, min_size=1, max_size=5).map("".join), max_size=4).map("\n".join)


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(root=_LINES, inner=_LINES)
def test_any_file(repository: Path, root: str, inner: str) -> None:
    _check(repository, root, inner)


def test_a_folder_that_is_asked_for_by_name_is_read(repository: Path) -> None:
    (repository / ".gitignore").write_text("b/\n")
    assert gitignore.of(str(repository)).inside(str(repository)).ignores(str(repository / "b"), True)
    assert not gitignore.of(str(repository / "b" / "a")).ignores(str(repository / "b" / "a" / "b.py"), False)


def test_outside_of_a_repository_nothing_is_ignored(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("*\n")
    (tmp_path / "inner").mkdir()
    assert not gitignore.of(str(tmp_path / "inner")).active
