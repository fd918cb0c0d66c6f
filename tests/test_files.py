"""Which files the given paths stand for, and how they are called."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gconv_lint import files
from gconv_lint.patterns import Patterns
from gconv_lint.settings import EXCLUDED


@pytest.fixture(autouse=True)
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """``pkg/a.py``, ``pkg/sub/b.py`` and things beside them that are no source."""
    monkeypatch.chdir(tmp_path)
    for name in ("pkg/a.py", "pkg/sub/b.py", "pkg/notes.txt", "pkg/.hidden/c.py", "pkg/build/d.py", "pkg/env/e.py"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).touch()
    Path("pkg/env/pyvenv.cfg").touch()
    return tmp_path


def _choice(leave_out: str = "", forced: bool = False) -> files.Choice:
    """The default patterns, and what has ``leave_out`` in its name."""
    patterns = Patterns([*EXCLUDED, *([f"*{leave_out}*"] if leave_out else [])], ".")
    return files.Choice(patterns.match, patterns.match_any if forced else lambda path: False)


def _found(*paths: str, leave_out: str = "", forced: bool = False) -> list[str]:
    found, problems = files.find(paths, _choice(leave_out, forced))
    assert problems == []
    return found


def test_python_files_of_a_folder() -> None:
    assert _found("pkg") == ["pkg/a.py", "pkg/sub/b.py"]


@pytest.mark.parametrize("path", [".", "./", "./.", ".//pkg", "pkg/", "./pkg/"])
def test_names_are_relative_to_the_current_folder(path: str) -> None:
    assert _found(path) == ["pkg/a.py", "pkg/sub/b.py"]


def test_absolute_paths_below_the_current_folder_become_relative(tree: Path) -> None:
    assert _found(str(tree)) == _found(str(tree / "pkg")) == ["pkg/a.py", "pkg/sub/b.py"]
    assert _found(str(tree / "pkg" / "a.py")) == ["pkg/a.py"]


def test_paths_elsewhere_stay_as_they_are_given(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("pkg/sub")
    assert _found("../a.py") == ["../a.py"]
    assert _found(str(tree / "pkg" / "a.py")) == [str(tree / "pkg" / "a.py")]


def test_a_sibling_with_the_same_beginning_is_elsewhere(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tree / "pkg2").mkdir()
    (tree / "pkg2" / "a.py").touch()
    monkeypatch.chdir("pkg")
    assert _found(str(tree / "pkg2" / "a.py")) == [str(tree / "pkg2" / "a.py")]


def test_each_file_once(tree: Path) -> None:
    assert _found("pkg/sub", "pkg", "pkg/a.py", "./pkg/a.py", str(tree)) == ["pkg/sub/b.py", "pkg/a.py"]


def test_a_file_named_by_itself_needs_no_ending() -> None:
    assert _found("pkg/notes.txt") == ["pkg/notes.txt"]


def test_a_skipped_folder_named_by_itself_is_read() -> None:
    assert _found("pkg/build", "pkg/env") == ["pkg/build/d.py", "pkg/env/e.py"]


def test_what_the_configuration_excludes_is_left_out() -> None:
    assert _found("pkg", leave_out="sub") == ["pkg/a.py"]
    assert _found("pkg/sub/b.py", leave_out="sub") == ["pkg/sub/b.py"]
    assert _found("pkg/sub/b.py", leave_out="sub", forced=True) == []


def test_links_to_files_are_read_once_and_links_to_folders_not_at_all() -> None:
    os.symlink("a.py", "pkg/link.py")
    os.symlink("..", "pkg/sub/up")
    os.symlink("pkg", "other")
    assert _found("pkg") == ["pkg/a.py", "pkg/sub/b.py"]
    assert _found("pkg", "other") == ["pkg/a.py", "pkg/sub/b.py"]
    assert _found("other") == ["other/a.py", "other/sub/b.py"]


def test_links_to_nowhere_and_pipes_are_left_out() -> None:
    os.symlink("user@host:1", "pkg/.#a.py")
    os.symlink("loop.py", "pkg/loop.py")
    os.mkfifo("pkg/pipe.py")
    assert _found("pkg") == ["pkg/a.py", "pkg/sub/b.py"]


def test_deep_folders() -> None:
    start = os.getcwd()
    for _ in range(1200):
        os.mkdir("d")
        os.chdir("d")
    Path("deep.py").touch()
    os.chdir(start)
    (deepest,) = (name for name in _found("d") if name.endswith("deep.py"))
    assert deepest.count("d/") == 1200
    os.remove(deepest)
    os.removedirs(os.path.dirname(deepest))


@pytest.mark.parametrize("path", ["missing.py", "loop"])
def test_paths_that_cannot_be_read_are_problems(path: str) -> None:
    os.symlink("loop", "loop")
    found, (problem,) = files.find([path, "pkg/a.py"], _choice())
    assert found == ["pkg/a.py"]
    assert problem.path == path
    assert problem.message.startswith("cannot be read: ")


def test_a_folder_that_cannot_be_read_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.scandir

    def refuse(folder: str) -> object:
        if folder == "pkg/sub":
            raise PermissionError(13, "Permission denied", folder)
        return real(folder)

    monkeypatch.setattr(os, "scandir", refuse)
    found, (problem,) = files.find(["pkg"], _choice())
    assert found == ["pkg/a.py"]
    assert (problem.path, problem.message) == ("pkg/sub", "cannot be read: Permission denied")


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("**/*.py", ["pkg/a.py", "pkg/build/d.py", "pkg/env/e.py", "pkg/sub/b.py"]),
        ("pkg/**/*.py", ["pkg/a.py", "pkg/build/d.py", "pkg/env/e.py", "pkg/sub/b.py"]),
        ("**/s*/**/*.py", ["pkg/sub/b.py"]),
        ("p*/**", ["pkg/a.py", "pkg/sub/b.py"]),
        ("**/sub", ["pkg/sub/b.py"]),
        ("**/.hidden/*.py", ["pkg/.hidden/c.py"]),
    ],
)
def test_globs_of_any_depth_go_through_no_link(pattern: str, expected: list[str]) -> None:
    """Links in circles have 2**40 ways through them."""
    for folder in ("pkg", "pkg/sub"):
        Path(folder, "here").symlink_to(".")
        Path(folder, "up").symlink_to("..")
        Path(folder, "again").symlink_to("../pkg")
    assert _found(pattern) == expected
