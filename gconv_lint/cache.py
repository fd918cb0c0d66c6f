"""Remembers reports between runs: by contents, settings, version, and whatever else a verdict rests on.

A record is written to a file of its own and then moved into place, with a digest of itself: one that is torn or cannot
be read is none. What cannot be written is not remembered.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gconv_lint import __version__, records
from gconv_lint.config import Config
from gconv_lint.frontends.source.lookups import CONTENT, FOLDER, Key, digest, now
from gconv_lint.frontends.source.reading import read_start
from gconv_lint.frontends.source.units import Scale
from gconv_lint.memory import Memory, Take
from gconv_lint.model.report import Report
from gconv_lint.request import Request

_TAG = "CACHEDIR.TAG"
_TAGGED = (
    "Signature: 8a477f597d28d172789f06886806bc55\n# This folder holds what gconv-lint remembers of earlier runs.\n"
)


class Cache:
    """The records in a folder."""

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def open(self, names: Sequence[str], request: Request, take: Take, kind: str = "run", parts: object = ()) -> Memory:
        """What is remembered of a run over some files, whose contents ``take`` is given where it is not all of it.

        Runs of another ``kind``, or with other ``parts``, are remembered apart.
        """
        return _Remembered(self._folder, names, request, take, kind, parts)

    def read(self, key: str) -> Any:
        """The record with this name, ``None`` where there is none that is whole."""
        import json

        try:
            with open(self._path(key), "rb") as stream:
                head, _, body = stream.read().partition(b"\n")
            return json.loads(body) if head == digest(body).encode() else None
        except (OSError, ValueError, RecursionError):
            return None

    def write(self, key: str, record: Any) -> None:
        """Put a record in place, whole or not at all."""
        import json

        try:
            body = json.dumps(record, separators=(",", ":")).encode()
            self._prepare()
            path = self._path(key)
            partial = f"{path}.{os.getpid()}"
            try:
                with open(partial, "xb") as stream:
                    stream.write(digest(body).encode() + b"\n" + body)
                os.replace(partial, path)
            except BaseException:
                with contextlib.suppress(OSError):
                    os.unlink(partial)
                raise
        except (OSError, ValueError, TypeError, RecursionError):
            return

    def _path(self, key: str) -> str:
        return os.path.join(self._folder, __version__, f"{key}.json")

    def _prepare(self) -> None:
        """Make the folder, which git and backups leave out."""
        if os.path.isdir(os.path.join(self._folder, __version__)):
            return
        os.makedirs(os.path.join(self._folder, __version__), exist_ok=True)
        for name, text in ((".gitignore", "# made by gconv-lint\n*\n"), (_TAG, _TAGGED)):
            with open(os.path.join(self._folder, name), "w", encoding="utf-8") as stream:
                stream.write(text)


class _Remembered(Memory):
    """What a folder remembers of one run."""

    def __init__(
        self, folder: str, names: Sequence[str], request: Request, take: Take, run: str, parts: object
    ) -> None:
        self._cache = Cache(folder)
        self._request = request
        self._contents: dict[str, str] = {}
        self._looked: dict[Key, str] = {}
        self._seen: dict[Key, str] = {}
        self._sound = True
        self._names = names
        self._settings = ""
        rules = [tuple(rule) for rule in request.rules]
        self._program = digest(repr((_program(), os.getcwd(), request.silence, rules)).encode(errors="replace"))
        for name in names:
            self._read(name)
        self._key = self._of(run, names, parts)
        self._known = self._checked(self._key)
        if self._known is None:
            super().__init__(names, take)

    def _read(self, name: str) -> None:
        try:
            self._contents[name] = digest(read_start(name))
        except (OSError, ValueError) as error:
            self._contents[name] = f"! {error}"

    def _of(self, kind: str, names: Sequence[str], parts: Any) -> str:
        """The name of what is said of some files: by their names, contents and settings, and by anything else."""
        configs: dict[int, int] = {}
        told: list[Any] = [kind, self._program, parts]
        for name in names:
            config = self._request.settings.of(name)
            if id(config) not in configs:
                configs[id(config)] = len(configs)
                told.append(_settings(config))
            told.append((name, self._contents[name], configs[id(config)], _left_out(config, name)))
        return digest(repr(told).encode(errors="replace"))

    def root_key(self, parts: object) -> str:
        told = (self._settings_of_all(), self._program, parts)
        return digest(repr(("root", told)).encode(errors="replace"))

    def _settings_of_all(self) -> str:
        """All settings of a run; worked out once."""
        if not self._settings:
            configs = {name: self._request.settings.of(name) for name in self._names}
            apart = dict.fromkeys(repr(_settings(config)) for config in {id(c): c for c in configs.values()}.values())
            ignored = [(name, left) for name, config in configs.items() if (left := _left_out(config, name))]
            self._settings = digest(repr((sorted(apart), ignored)).encode(errors="replace"))
        return self._settings

    def whole(self) -> Report | None:
        return self._known

    def key(self, _names: Sequence[str], _scale: Scale) -> str:
        return self._of("unit", _names, tuple(_scale))

    def load(self, _key: str) -> Report | None:
        return self._checked(_key)

    def _checked(self, key: str) -> Report | None:
        """A remembered report, if everything that it rests on looks as it did."""
        record = self._cache.read(key)
        try:
            looked = {(kind, path): seen for kind, path, seen in record["looked"]} if record is not None else {}
            if record is None or any(self._now(each) != seen for each, seen in looked.items()):
                return None
            report = records.decode(record["report"])
        except (KeyError, TypeError, ValueError):
            return None
        self._looked.update(looked)
        return report if isinstance(report, Report) else None

    def _now(self, key: Key) -> str:
        if key == _ALL:
            return digest(repr([*self._contents.items()]).encode(errors="replace"))
        if key not in self._seen:
            self._seen[key] = now(key, read_start)
        return self._seen[key]

    def store(self, key: str, names: Sequence[str], report: Report, looked: Mapping[Key, str]) -> None:
        """Files that changed while they were looked at leave no record."""
        own = {os.path.abspath(name): seen for name, seen in self._contents.items()}
        for (kind, path), seen in looked.items():
            if kind == CONTENT and path in own and own[path] != seen and not own[path].startswith("!"):
                self._sound = False
                return
        told = {(CONTENT, os.path.abspath(name)) for name in names}  # by the key
        rest = {each: seen for each, seen in looked.items() if each not in told}
        self._looked.update(rest)
        self._cache.write(key, _record(report, rest))

    def keep(self, key: str, report: Report, looked: Mapping[Key, str]) -> None:
        self._looked.update(looked)
        self._cache.write(key, _record(report, looked))

    def store_whole(self, report: Report) -> None:
        if self._sound:
            self._cache.write(self._key, _record(report, self._looked))

    def everything(self, _paths: Iterable[str]) -> dict[Key, str]:
        folders = {os.path.dirname(os.path.abspath(path)) for path in _paths}
        return {_ALL: self._now(_ALL), **{(FOLDER, folder): now((FOLDER, folder), read_start) for folder in folders}}


#: The contents of all files of a run.
_ALL: Key = ("all", "")


def _settings(config: Config) -> tuple[Any, ...]:
    return sorted(config.active), config.options, config.severities, config.strict


def _left_out(config: Config, name: str) -> Sequence[str]:
    """The rules that are on, but not in a file."""
    return sorted(config.active - config.active_in(name)) if config.file_ignores else ()


def _record(report: Report, looked: Mapping[Key, str]) -> Any:
    plain = report._replace(sources={})
    return {"looked": [[kind, path, seen] for (kind, path), seen in looked.items()], "report": records.encode(plain)}


def _program() -> str:
    """This version of gconv-lint, to the byte, and of Python."""
    package = os.path.dirname(os.path.abspath(__file__))
    parts: list[Any] = [__version__, sys.version, package]
    folders = [package]
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                if entry.is_dir(follow_symlinks=False):
                    folders += [entry.path] if entry.name != "__pycache__" else []
                elif entry.name.endswith(".py"):
                    found = entry.stat()
                    parts.append((entry.name, found.st_size, found.st_mtime_ns))
    return repr(parts)
