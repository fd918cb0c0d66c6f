"""Cuts the files of a run into programs of their own: those that import nothing of each other share no verdict.

The cut depends on the files alone, never on how many processes share the work.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from gconv_lint.frontends.source.prefilter import FEW_FILES, may_matter
from gconv_lint.frontends.source.reading import LARGE

_IMPORTS = re.compile(rb"^[ \t]*(?:from|import)\b[^\n]*", re.MULTILINE)
_WORDS = re.compile(rb"\w+")
#: Bytes worth parsing of a program that is judged by itself, as whoever installs it alone would see it judged.
BY_ITSELF = 250_000
#: Above so many names it is quicker to read all imports than to look for each name.
MANY_NAMES = 24
#: The folder that imports start from, and the module or package below it.
Program = tuple[str, str]


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
    """Takes in the files of a run one by one, and keeps no content of them."""

    def __init__(self, names: Sequence[str], hear: Callable[[bytes], bool] = lambda _: True) -> None:
        self._names = names
        self._hear = hear
        #: files that were read and say nothing, not even what ``hear`` is true for: nobody has to read them again
        self.idle: set[str] = set()
        self._keys: dict[str, Program] = {}
        #: the modules and packages of the run by name, and which of those names each imports
        self._tops: dict[bytes, list[Program]] = {}
        self._imports: dict[Program, set[bytes]] = {}
        self._sizes: dict[str, int] = {}
        self._packages: dict[str, bool] = {}
        self._spoken = len(names) > FEW_FILES

    def add(self, name: str, data: bytes) -> None:
        """A file with its content."""
        if not self._keys:
            self._sort()
        if may_matter(data) or len(self._names) <= FEW_FILES:
            self._sizes[name] = len(data)
        elif data and not self._hear(data):  # Of what cannot be read there is no content.
            self.idle.add(name)
        self._spoken = self._spoken or may_matter(data, few=True)
        if b"import" in data and len(self._imports) > 1:
            _note_imports(data, self._tops, self._imports[self._keys[name]])

    def _sort(self) -> None:
        """Find out where each file belongs."""
        self._keys = {name: self._key(name) for name in self._names}
        self._imports = {key: set() for key in self._keys.values()}
        self._tops = _by_top(self._imports)

    def _key(self, name: str) -> Program:
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
        return Scale(len(self._names), len(self._sizes), sum(self._sizes.values()), self._spoken)

    def cut(self) -> list[Unit]:
        """The units, each with its files in the order of the run; the largest first.

        Programs that import each other are one, but no two that are large: so is the work that can be shared out.
        """
        units: dict[Program, list[str]] = {}
        above = self._joined()
        for name, key in self._keys.items():
            units.setdefault(_top(above, key), []).append(name)
        found = [Unit(tuple(group), sum(self._sizes.get(name, 0) for name in group)) for group in units.values()]
        return sorted(found, key=lambda unit: -unit.size)

    def _joined(self) -> dict[Program, Program]:
        """For each program another one of its unit, up to the one that stands for it: a large one, if there is any."""
        above = {key: key for key in self._imports}
        large = self._large()
        for key, words in self._imports.items():
            for other in (other for word in sorted(words) for other in self._tops[word]):
                one, two = sorted((_top(above, key), _top(above, other)), key=large.__contains__)
                if one not in large:
                    above[one] = two
        return above

    def _large(self) -> set[Program]:
        sizes = Counter[Program]()
        for name, size in self._sizes.items():
            sizes[self._keys[name]] += size
        return {key for key, size in sizes.items() if size >= BY_ITSELF}


def _by_top(keys: Iterable[Program]) -> dict[bytes, list[Program]]:
    names: dict[bytes, list[Program]] = {}
    for key in keys:
        names.setdefault(key[1].encode(errors="replace"), []).append(key)
    return names


def _note_imports(data: bytes, names: Mapping[bytes, object], found: set[bytes]) -> None:
    """Add the names among ``names`` that stand in an import of a text to those that were ``found``."""
    if len(names) > MANY_NAMES or any(name in data for name in names if name not in found):
        words = {word for line in _IMPORTS.findall(data) for word in _WORDS.findall(line)}
        found |= words & names.keys()


def _top(above: dict[Program, Program], key: Program) -> Program:
    while above[key] != key:
        key = above[key]
    return key
