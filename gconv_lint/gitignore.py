"""Reads ``.gitignore`` files as gitignore(5) says, quickly for the plain names that most of their lines are."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import NamedTuple

FILE = ".gitignore"
_WILD = re.compile(r"[*?\[\\]")


class Line(NamedTuple):
    """One pattern: later lines win, ``keeps`` takes back what an earlier line ignores."""

    number: int
    keeps: bool
    only_folders: bool


class Gitignore:
    """The lines of one file, for paths relative to the folder that it is about."""

    def __init__(self, folder: str, text: str) -> None:
        self.folder = os.path.join(folder, "")
        self._names: dict[str, list[Line]] = {}
        self._paths: dict[str, list[Line]] = {}
        self._endings: list[tuple[str, Line]] = []
        self._others: list[tuple[re.Pattern[str], Line]] = []
        for number, raw in enumerate(text.splitlines()):
            self._add(number, _stripped(raw))

    def _add(self, number: int, pattern: str) -> None:
        if not pattern or pattern.startswith("#"):
            return
        keeps = pattern.startswith("!")
        pattern = pattern[keeps:]
        line = Line(number, keeps, pattern.endswith("/"))
        pattern = pattern.removesuffix("/")
        if not pattern:
            return
        anchored, pattern = "/" in pattern, pattern.removeprefix("/")
        if not _WILD.search(pattern):
            (self._paths if anchored else self._names).setdefault(pattern, []).append(line)
        elif not anchored and pattern[0] == "*" and not _WILD.search(pattern[1:]):
            self._endings.append((pattern[1:], line))
        else:
            glob = _translated(pattern if anchored else f"**/{pattern}")
            if glob is not None:
                self._others.append((glob, line))

    def ignores(self, path: str, is_folder: bool) -> bool | None:
        """Whether the last line that matches ignores an absolute path; ``None`` where no line matches."""
        below = path[len(self.folder) :].replace(os.sep, "/")
        found = [line for line in self._matching(below) if is_folder or not line.only_folders]
        return not max(found).keeps if found else None

    def _matching(self, below: str) -> Iterator[Line]:
        name = below.rpartition("/")[2]
        yield from self._names.get(name, ())
        yield from self._paths.get(below, ())
        yield from (line for ending, line in self._endings if name.endswith(ending))
        yield from (line for glob, line in self._others if glob.fullmatch(below))


def _stripped(line: str) -> str:
    """Without the spaces at its end, unless a backslash keeps the last one."""
    text = line.rstrip(" ")
    escapes = len(text) - len(text.rstrip("\\"))
    return text + " " if escapes % 2 and len(text) < len(line) else text


def _translated(pattern: str) -> re.Pattern[str] | None:
    """A pattern over a whole path; ``None`` for one that git takes for broken."""
    parts, position = [], 0
    while position < len(pattern):
        piece, position = _piece(pattern, position)
        if piece is None:
            return None
        parts.append(piece)
    try:
        return re.compile("".join(parts), re.DOTALL)
    except re.error:
        return None


def _piece(pattern: str, at: int) -> tuple[str | None, int]:
    """The regular expression of the next piece of a pattern, and where it ends."""
    rest, starts = pattern[at:], at == 0 or pattern[at - 1] == "/"
    if starts and rest.startswith("**/"):
        return "(?:.*/)?", at + 3
    if starts and rest == "**":
        return ".+", at + 2
    if rest[0] == "*":
        return "[^/]*", at + len(rest) - len(rest.lstrip("*"))
    if rest[0] == "?":
        return "[^/]", at + 1
    if rest[0] == "[":
        return _class(pattern, at)
    if rest[0] == "\\":
        return (re.escape(rest[1]), at + 2) if len(rest) > 1 else (None, at + 1)
    return re.escape(rest[0]), at + 1


_CLASS = re.compile(r"\[(?P<no>[!^]?)(?P<first>\]?)(?P<rest>(?:\[:\w+:\]|\\.|[^\]\\])*)\]", re.DOTALL)
_NAMED = {
    "alnum": "a-zA-Z0-9",
    "alpha": "a-zA-Z",
    "digit": "0-9",
    "lower": "a-z",
    "upper": "A-Z",
    "space": r"\s",
    "xdigit": "0-9a-fA-F",
}


def _class(pattern: str, at: int) -> tuple[str | None, int]:
    found = _CLASS.match(pattern, at)
    if found is None:
        return None, len(pattern)
    inner = re.sub(r"\[:(\w+):\]|([\[&~|])", lambda m: _NAMED.get(m[1], "") if m[1] else f"\\{m[2]}", found["rest"])
    first = r"\]" if found["first"] else ""
    return f"(?!/)[{'^' if found['no'] else ''}{first}{inner}]", found.end()


class Ignored:
    """What git ignores in one folder: the files of all folders between the repository's root and it."""

    def __init__(self, files: tuple[Gitignore, ...] = (), active: bool = False) -> None:
        self._files = files
        self.active = active

    def inside(self, folder: str) -> Ignored:
        """With the folder's own file, which has to be there."""
        own = _read(folder, os.path.join(folder, FILE))
        return Ignored((*self._files, *own), True)

    def ignores(self, path: str, is_folder: bool) -> bool:
        """Whether git ignores a file or folder; the deepest file that speaks of it decides."""
        verdicts = (file.ignores(path, is_folder) for file in reversed(self._files))
        return next((verdict for verdict in verdicts if verdict is not None), False)

    def without(self, path: str) -> Ignored:
        """Without the files that ignore the folder ``path``, or one that it is in: somebody asks for it by name."""
        above = [path, *_folders_above(path)]
        return Ignored(tuple(file for file in self._files if not _covers(file, above)), self.active)


def of(folder: str) -> Ignored:
    """What the files above ``folder`` say of what is in it; nothing outside of a repository."""
    root = next((each for each in (folder, *_folders_above(folder)) if _is_root(each)), None)
    if root is None:
        return Ignored()
    found = [*_read(root, os.path.join(root, ".git", "info", "exclude"))]
    between = [each for each in _folders_above(folder) if each == root or each.startswith(os.path.join(root, ""))]
    for each in reversed(between):
        found += _read(each, os.path.join(each, FILE))
    return Ignored(tuple(found), True).without(folder)


def _is_root(folder: str) -> bool:
    return os.path.exists(os.path.join(folder, ".git"))


def _folders_above(folder: str) -> Iterator[str]:
    while folder != os.path.dirname(folder):
        folder = os.path.dirname(folder)
        yield folder


def _covers(file: Gitignore, paths: list[str]) -> bool:
    return any(file.ignores(path, True) for path in paths if path.startswith(file.folder))


def _read(folder: str, path: str) -> tuple[Gitignore, ...]:
    try:
        with open(path, encoding="utf-8", errors="replace") as stream:
            return (Gitignore(folder, stream.read()),)
    except OSError:
        return ()
