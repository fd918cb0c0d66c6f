"""Finds the Python files that the given paths stand for, each once, under the name that a user expects to read."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Sequence

from gconv_lint.model.report import Problem

#: Folders that hold other people's code or generated code, as in ruff; hidden folders are left out too.
SKIPPED = frozenset(
    ("__pycache__", "__pypackages__", "_build", "buck-out", "build", "dist", "node_modules", "site-packages", "venv")
)
#: Marks the root of a virtual environment, whatever its name.
ENVIRONMENT = "pyvenv.cfg"

#: Whether the configuration leaves out a file or folder.
Excludes = Callable[[str], bool]


def find(paths: Sequence[str], excludes: Excludes) -> tuple[list[str], list[Problem]]:
    """The files under ``paths``, sorted within each, and the folders that cannot be read.

    A file named by itself is taken whatever its ending, unless ``excludes`` says otherwise.
    """
    found: dict[str, str] = {}
    problems: list[Problem] = []
    for path in map(_shown, paths):
        if not (path and excludes(path)):
            for real, name in _files(path, excludes, problems):
                found.setdefault(real, name)
    return list(found.values()), problems


def read(path: str) -> bytes:
    """The bytes of a file. Raises ``OSError``."""
    with open(path, "rb") as stream:
        return stream.read()


def _files(path: str, excludes: Excludes, problems: list[Problem]) -> Iterator[tuple[str, str]]:
    """The files that one path stands for, as ``(real path, name)``."""
    try:
        mode = os.stat(path or os.curdir).st_mode
    except OSError as error:
        problems.append(_unreadable(path, error))
        return
    if stat.S_ISDIR(mode):
        yield from _walk(path, excludes, problems)
    else:
        yield os.path.realpath(path), path


def _shown(path: str) -> str:
    """The path relative to the current folder where it is below it; nothing for the current folder itself."""
    here = os.path.join(os.getcwd(), "")
    if path.startswith(here):
        path = path[len(here) :].lstrip(os.sep)
    while path.startswith(os.path.join(os.curdir, "")):
        path = path[2:].lstrip(os.sep)
    if path in (os.curdir, here.rstrip(os.sep)):
        return ""
    return path if path == os.sep else path.rstrip(os.sep)


def _walk(top: str, excludes: Excludes, problems: list[Problem]) -> Iterator[tuple[str, str]]:
    """Each Python file below ``top``; links to folders are not followed."""
    folders = [(os.path.realpath(top), top)]
    while folders:
        real, folder = folders.pop()
        entries = _entries(folder, problems)
        if folder != top and any(entry.name == ENVIRONMENT for entry in entries):
            continue
        below = []
        for entry in entries:
            name = os.path.join(folder, entry.name)
            if entry.is_dir(follow_symlinks=False):
                if not entry.name.startswith(".") and entry.name not in SKIPPED and not excludes(name):
                    below.append((os.path.join(real, entry.name), name))
            elif entry.name.endswith(".py") and _is_file(entry) and not excludes(name):
                yield os.path.realpath(name) if entry.is_symlink() else os.path.join(real, entry.name), name
        folders.extend(reversed(below))


def _is_file(entry: os.DirEntry[str]) -> bool:
    """Not a pipe or device, which never ends, nor a link to nowhere or to itself, which editors leave behind."""
    return os.path.isfile(entry.path) if entry.is_symlink() else entry.is_file()


def _entries(folder: str, problems: list[Problem]) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder or os.curdir) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        problems.append(_unreadable(folder, error))
        return []


def _unreadable(path: str, error: OSError) -> Problem:
    return Problem(path=path or os.curdir, message=f"cannot be read: {error.strerror}")
