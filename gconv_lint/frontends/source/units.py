"""Cuts the files of a run into programs of their own: those that import nothing of each other share no verdict."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from gconv_lint.frontends.source.prefilter import FEW_FILES, may_matter
from gconv_lint.frontends.source.reading import LARGE

_IMPORTS = re.compile(rb"^[ \t]*(?:from|import)\b[^\n]*", re.MULTILINE)
_WORDS = re.compile(rb"\w+")
#: Above so many names it is quicker to read all imports than to look for each name.
MANY_NAMES = 24


class Scale(NamedTuple):
    """What all files of a run are together: their number, those worth parsing and their bytes.

    ``spoken`` is whether any speaks of layers. All of it decides how thoroughly each file is evaluated, so that a file
    is judged alike however the run is cut.
    """

    files: int
    modules: int
    size: int
    spoken: bool = True
    #: whether somebody wants to know which contents the verdicts rest on
    recorded: bool = False

    @property
    def few(self) -> bool:
        """Whether every file that speaks of layers is worth parsing."""
        return self.files <= FEW_FILES

    @property
    def large(self) -> bool:
        """Whether functions are only parsed when somebody looks into them."""
        return self.size > LARGE


class Unit(NamedTuple):
    """Files that are evaluated together, and the bytes of those worth parsing."""

    names: tuple[str, ...]
    size: int


class Units:
    """Takes in the files of a run one by one."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._groups: dict[tuple[str, str], list[str]] = {}
        self._order: dict[str, tuple[str, str]] = {}
        self._imports: dict[tuple[str, str], list[bytes]] = {}
        self._sizes: dict[str, int] = {}
        self._packages: dict[str, bool] = {}
        self._spoken = count > FEW_FILES

    def add(self, name: str, data: bytes) -> None:
        """A file with its content."""
        key = self._key(name)
        self._order[name] = key
        self._groups.setdefault(key, []).append(name)
        if may_matter(data) or self._count <= FEW_FILES:
            self._sizes[name] = len(data)
        self._spoken = self._spoken or may_matter(data, few=True)
        if b"import" in data:
            self._imports.setdefault(key, []).append(data)

    def _key(self, name: str) -> tuple[str, str]:
        """The folder that imports start from, and the module or package below it."""
        folder, top = os.path.split(os.path.abspath(name))
        top = top.partition(".")[0]
        while self._is_package(folder) and os.path.basename(folder).isidentifier():
            folder, top = os.path.split(folder)
        return folder, top

    def _is_package(self, folder: str) -> bool:
        if folder not in self._packages:
            self._packages[folder] = os.path.isfile(os.path.join(folder, "__init__.py"))
        return self._packages[folder]

    @property
    def scale(self) -> Scale:
        """What all files are together."""
        return Scale(self._count, len(self._sizes), sum(self._sizes.values()), self._spoken)

    def cut(self) -> list[Unit]:
        """The units, each with its files in the order of the run; the largest first."""
        keys = list(self._groups)
        names = _by_top(keys)
        above: dict[tuple[str, str], tuple[str, str]] = {key: key for key in keys}
        if len(keys) > 1:
            for key in keys:
                for word in _imported(self._imports.get(key, ()), names):
                    for other in names[word]:
                        above[_top(above, other)] = _top(above, key)
        self._imports.clear()  # all their texts, which nobody needs any more
        return self._units(above)

    def _units(self, above: dict[tuple[str, str], tuple[str, str]]) -> list[Unit]:
        units: dict[tuple[str, str], list[str]] = {}
        for name, key in self._order.items():
            units.setdefault(_top(above, key), []).append(name)
        found = [Unit(tuple(group), sum(self._sizes.get(name, 0) for name in group)) for group in units.values()]
        return sorted(found, key=lambda unit: -unit.size)


def _by_top(keys: Iterable[tuple[str, str]]) -> dict[bytes, list[tuple[str, str]]]:
    names: dict[bytes, list[tuple[str, str]]] = {}
    for key in keys:
        names.setdefault(key[1].encode(errors="replace"), []).append(key)
    return names


def _imported(texts: Sequence[bytes], names: Mapping[bytes, object]) -> set[bytes]:
    """The names among ``names`` that stand in an import of some texts."""
    found: set[bytes] = set()
    for data in texts:
        if len(names) > MANY_NAMES or any(name in data for name in names if name not in found):
            words = {word for line in _IMPORTS.findall(data) for word in _WORDS.findall(line)}
            found |= words & names.keys()
    return found


def _top(above: dict[tuple[str, str], tuple[str, str]], key: tuple[str, str]) -> tuple[str, str]:
    while above[key] != key:
        key = above[key]
    return key
