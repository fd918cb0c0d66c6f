"""Finds the Python files and notebooks that the given paths stand for, each once, by the name that a user expects."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from gconv_lint import gitignore
from gconv_lint.gitignore import Ignored
from gconv_lint.model.report import Problem

ENDINGS = (".py", ".ipynb")
#: The part of a glob pattern that stands for folders of any depth.
_ANY_DEPTH = re.compile(r"(?:(?<=/)|^)\*\*(?:/+|$)".replace("/", f"[{re.escape(os.sep)}/]"))
#: Marks the root of a virtual environment, whatever its name.
ENVIRONMENT = "pyvenv.cfg"


class Choice(NamedTuple):
    """What is left out: ``excludes`` is asked for absolute paths below a folder, ``excludes_any`` for given ones."""

    excludes: Callable[[str], bool]
    excludes_any: Callable[[str], bool]
    respect_gitignore: bool = True


def find(paths: Sequence[str], choice: Choice) -> tuple[list[str], list[Problem]]:
    """The files under ``paths``, sorted within each, and the paths that cannot be read.

    A path may be a glob pattern. A file named by itself is taken whatever its ending.
    """
    found: dict[str, str] = {}
    problems: list[Problem] = []
    for path in [shown(each) for given in paths for each in _expanded(given, problems)]:
        real = os.path.realpath(path)
        if not choice.excludes_any(real):
            for real_file, name in _files(path, real, choice, problems):
                found.setdefault(real_file, name)
    return list(found.values()), problems


def _expanded(path: str, problems: list[Problem]) -> Sequence[str]:
    """The paths that a glob pattern stands for; a path that exists stands for itself, whatever it is called."""
    if not any(sign in path for sign in "*?[") or os.path.lexists(path):
        return [path]
    found = sorted(_globbed(path))
    if not found:
        problems.append(Problem(path=path, message="matches no file"))
    return found


def _globbed(pattern: str) -> set[str]:
    """What a pattern matches; `**` goes through no link, as these may lead in circles without end."""
    from glob import escape, glob

    parts = _ANY_DEPTH.split(pattern, maxsplit=1)
    if len(parts) == 1:
        return set(glob(pattern))
    head, tail = parts
    tops = glob(head) if head else [""]
    if not tail:
        return {top or os.curdir for top in tops}
    folders = (folder for top in tops for folder in _below(top))
    return {path for folder in folders for path in _globbed(os.path.join(escape(folder), tail))}


def _below(top: str) -> Iterator[str]:
    """A folder and those below it, by their names from there; hidden ones are left out."""
    for folder, names, _ in os.walk(top or os.curdir):
        names[:] = [name for name in names if not name.startswith(".")]
        yield os.path.join(top, os.path.relpath(folder, top or os.curdir)) if folder != (top or os.curdir) else top


def _files(path: str, real: str, choice: Choice, problems: list[Problem]) -> Iterator[tuple[str, str]]:
    """The files that one path stands for, as ``(real path, name)``."""
    try:
        mode = os.stat(path or os.curdir).st_mode
    except OSError as error:
        problems.append(_unreadable(path, error))
        return
    if stat.S_ISDIR(mode):
        yield from _walk(path, real, choice, problems)
    elif stat.S_ISREG(mode):
        yield real, path
    else:  # Pipes and devices may never end, and can be read once only.
        problems.append(Problem(path=path, message="is neither a file nor a folder; `-` reads standard input"))


def shown(path: str) -> str:
    """The path relative to the current folder where it is below it; nothing for the current folder itself."""
    here = os.path.join(os.getcwd(), "")
    if path.startswith(here):
        path = path[len(here) :].lstrip(os.sep)
    while path.startswith(os.path.join(os.curdir, "")):
        path = path[2:].lstrip(os.sep)
    if path in (os.curdir, here.rstrip(os.sep)):
        return ""
    return path if path == os.sep else path.rstrip(os.sep)


def _walk(top: str, real_top: str, choice: Choice, problems: list[Problem]) -> Iterator[tuple[str, str]]:
    """Each file below ``top``; links to folders are not followed."""
    folders = [(real_top, top, gitignore.of(real_top) if choice.respect_gitignore else Ignored())]
    while folders:
        real, folder, ignored = folders.pop()
        entries = _entries(folder, problems)
        names = {entry.name for entry in entries}
        if folder != top and ENVIRONMENT in names:
            continue
        if gitignore.FILE in names and ignored.active:
            ignored = ignored.inside(real)
        below = []
        for entry in entries:
            path, name = os.path.join(real, entry.name), os.path.join(folder, entry.name)
            is_folder = entry.is_dir(follow_symlinks=False)
            if not (is_folder or (entry.name.endswith(ENDINGS) and _is_file(entry))):
                continue
            if choice.excludes(path) or ignored.ignores(path, is_folder):
                continue
            if is_folder:
                below.append((path, name, ignored))
            else:
                yield os.path.realpath(name) if entry.is_symlink() else path, name
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
