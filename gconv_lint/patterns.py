"""Glob patterns for files and folders: a name anywhere below a root, or a path relative to it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from functools import cached_property

_WILD = re.compile(r"[*?\[]")


class Patterns:
    """Some patterns and the folder that they are relative to.

    A pattern without a slash is for one part of a path, a pattern with one for all of it from ``root``.
    """

    def __init__(self, patterns: Iterable[str], root: str) -> None:
        self._root = os.path.realpath(root)
        self._patterns = tuple(self._relative(pattern.rstrip("/")) for pattern in patterns)

    def _relative(self, pattern: str) -> str:
        inside = os.path.join(self._root, "")
        return pattern.removeprefix(inside) if os.path.isabs(pattern) else pattern.removeprefix("./")

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(p for p in self._patterns if "/" not in p and not _WILD.search(p))

    @cached_property
    def _starts(self) -> tuple[str, ...]:
        """Of patterns such as ``.*``, which need no regular expression."""
        return tuple(p[:-1] for p in self._patterns if "/" not in p and p[-1:] == "*" and not _WILD.search(p[:-1]))

    @cached_property
    def _globs(self) -> tuple[list[re.Pattern[str]], list[re.Pattern[str]]]:
        """What matches a name, and what matches a path."""
        plain = {*self._names, *(f"{start}*" for start in self._starts)}
        left = [pattern for pattern in self._patterns if pattern not in plain]
        if not left:
            return [], []
        from fnmatch import translate

        names = [re.compile(translate(pattern)) for pattern in left if "/" not in pattern]
        return names, [re.compile(translate(pattern)) for pattern in left if "/" in pattern]

    def match(self, path: str) -> bool:
        """Whether a pattern stands for this file or folder itself; ``path`` is absolute."""
        if not self._patterns:
            return False
        name = os.path.basename(path)
        by_name, by_path = self._globs
        if name in self._names or name.startswith(self._starts) or any(glob.match(name) for glob in by_name):
            return True
        return bool(by_path) and any(glob.match(self._below(path)) for glob in by_path)

    def match_any(self, path: str) -> bool:
        """Whether a pattern stands for this file, or for a folder between ``root`` and it."""
        while path != self._root and path != os.path.dirname(path):
            if self.match(path):
                return True
            path = os.path.dirname(path)
        return False

    def _below(self, path: str) -> str:
        inside = os.path.join(self._root, "")
        below = path[len(inside) :] if path.startswith(inside) else os.path.relpath(path, self._root)
        return below.replace(os.sep, "/")
