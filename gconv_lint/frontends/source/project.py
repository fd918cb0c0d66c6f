"""The files of the project under test, and the file that an import means."""

from __future__ import annotations

import os
from collections.abc import Mapping

from gconv_lint.frontends.source.lookups import Lookups
from gconv_lint.frontends.source.notebooks import python_of
from gconv_lint.frontends.source.parsed_files import SourceFile
from gconv_lint.frontends.source.prefilter import may_matter
from gconv_lint.frontends.source.reading import LARGE, read_start
from gconv_lint.model.report import Problem

#: Imports are followed into files of at most these sizes: what speaks of grouped convolutions, and small helpers.
MAX_IMPORTED, MAX_HELPER = 300_000, 16_000


def _worth_following(path: str, data: bytes) -> bool:
    speaks = (
        ((b"Conv" in data or b".conv" in data) and b"groups" in data)
        or path.endswith("__init__.py")
        or may_matter(data)
    )
    return len(data) <= (MAX_IMPORTED if speaks else MAX_HELPER)


class Project:
    """Finds and reads the files under test and those they import from the same source tree."""

    __slots__ = (
        "_by_name",
        "_by_path",
        "_large",
        "_roots",
        "_tops",
        "_unsaved",
        "lookups",
        "named",
        "problems",
        "size",
    )

    def __init__(self, large: bool | None = None, unsaved: Mapping[str, bytes] | None = None) -> None:
        #: what counts in place of the files on disk
        self._unsaved = unsaved or {}
        #: the files under test as the run calls them, by absolute path
        self.named: dict[str, str] = {}
        #: what was looked at on disk
        self.lookups = Lookups()
        self._large = large
        self._by_path: dict[str, SourceFile | None] = {}
        self._by_name: dict[str, SourceFile | None] = {}
        self._roots: dict[str, None] = {}
        self._tops: dict[tuple[str, str], bool] = {}
        self.problems: list[Problem] = []
        self.size = 0

    def read(self, path: str) -> bytes:
        """What ``read_start`` gives, with what is not saved yet in place of the file. Raises what that raises."""
        data = self._unsaved.get(path)
        return read_start(path) if data is None else python_of(path, data)

    def add(self, path: str, data: bytes) -> SourceFile:
        """A file under test, whose package's folder becomes a place where imports are looked up."""
        root, name, package = module_name(path, self.lookups)
        self._roots.setdefault(root, None)
        self._by_name.clear()
        file = SourceFile(path, data, name, package)
        self.size += len(data)
        self._by_path[os.path.abspath(path)] = file
        return file

    @property
    def large(self) -> bool:
        """Whether the files under test are too much to keep their whole syntax trees."""
        return self.size > LARGE if self._large is None else self._large

    def find(self, name: str) -> SourceFile | None:
        """The file of the module ``name``, if the source tree has one that is worth following."""
        if name not in self._by_name:
            self._by_name[name] = self._find(name)
        return self._by_name[name]

    def _find(self, name: str) -> SourceFile | None:
        relative = name.replace(".", os.sep)
        if not relative or os.sep * 2 in relative:
            return None
        for root in self._roots:
            if not self._has(root, relative.partition(os.sep)[0]):
                continue
            for tail in (f"{relative}.py", os.path.join(relative, "__init__.py")):
                file = self._load(os.path.join(root, tail), name)
                if file is not None:
                    return file
        return None

    def _has(self, root: str, top: str) -> bool:
        """Whether a folder has a module or package ``top``: most of what is imported is not of the project."""
        known = self._tops.get((root, top))
        if known is None:
            known = any(self.lookups.exists(os.path.join(root, top + end)) for end in (".py", ""))
            self._tops[root, top] = known
        return known

    def has(self, top: str) -> bool:
        """Whether the source tree has a module or package ``top``."""
        return any(self._has(root, top) for root in self._roots)

    def _load(self, path: str, name: str) -> SourceFile | None:
        key = os.path.abspath(path)
        if key not in self._by_path:
            self._by_path[key] = self._read(key, name)
        return self._by_path[key]

    def _read(self, found: str, name: str) -> SourceFile | None:
        path = self.named.get(found, found)
        try:
            data = self.read(path)
        except (OSError, ValueError):
            self.lookups.read(found, None)
            return None
        self.lookups.read(found, data)
        if not _worth_following(path, data):
            return None
        package = name if os.path.basename(path) == "__init__.py" else name.rpartition(".")[0]
        file = SourceFile(path, data, name, package)
        file.lean = self.large
        return file


def module_name(path: str, lookups: Lookups | None = None) -> tuple[str, str, str]:
    """``(folder that imports start from, dotted name, package)`` of a file, by its ``__init__.py`` neighbours."""
    folder, base = os.path.split(os.path.abspath(path))
    parts = [] if base == "__init__.py" else [base.removesuffix(".py")]
    is_file = os.path.isfile if lookups is None else lookups.is_file
    while is_file(os.path.join(folder, "__init__.py")) and os.path.basename(folder).isidentifier():
        folder, tail = os.path.split(folder)
        parts.insert(0, tail)
    name = ".".join(parts)
    return folder, name, name if base == "__init__.py" else name.rpartition(".")[0]
