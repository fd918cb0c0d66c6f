"""Finds and reads the files that hold settings: pyproject.toml, gconv-lint.toml, and what ``--config`` names."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from gconv_lint.selection import SettingError

#: Files whose top level holds the settings, then the one with a table for each tool; the first in a folder counts.
OWN = (".gconv-lint.toml", "gconv-lint.toml")
SHARED = "pyproject.toml"
#: Names of our table there that somebody may write, and nobody reads.
_MISSPELT = ("gconv_lint", "gconvlint")


def in_folder(folder: str) -> str | None:
    """The file that configures what is below ``folder``, if it has one itself.

    Raises ``SettingError`` for a file that cannot be read, or is no TOML and speaks of gconv-lint.
    """
    for name in OWN:
        where = os.path.join(folder, name)
        if os.path.isfile(where):
            return where
    where = os.path.join(folder, SHARED)
    return where if os.path.isfile(where) and _speaks(where) else None


def nearest(folder: str) -> str | None:
    """The file that configures ``folder``, in it or above it. Raises ``SettingError`` as ``in_folder`` does."""
    while True:
        where, above = in_folder(folder), os.path.dirname(folder)
        if where is not None or above == folder:
            return where
        folder = above


def _speaks(where: str) -> bool:
    """Whether a pyproject.toml has a ``[tool.gconv-lint]``; it is parsed only where it has that name in it."""
    data = _read(where)
    misspelt = [name for name in _MISSPELT if name.encode() in data]
    if not misspelt and b"gconv-lint" not in data:
        return False
    tool = _parse(where, data).get("tool", {})
    for name in misspelt:
        if isinstance(tool, dict) and name in tool:
            raise SettingError(f"{where}: unknown table `tool.{name}` (did you mean `tool.gconv-lint`?)")
    return isinstance(tool, dict) and "gconv-lint" in tool


def table(where: str) -> Mapping[str, object]:
    """The settings of a file: its ``[tool.gconv-lint]``, or all of it where it has no ``tool``.

    Raises ``SettingError`` when the file cannot be used.
    """
    document = _parse(where, _read(where))
    tool = document.get("tool", document)
    found = tool.get("gconv-lint", {}) if "tool" in document and isinstance(tool, dict) else document
    if os.path.basename(where) == SHARED and "tool" not in document:
        found = {}
    if not isinstance(found, dict):
        raise SettingError(f"{where}: `tool.gconv-lint` has to be a table")
    return found


def named(words: Sequence[str]) -> tuple[str | None, dict[str, Any]]:
    """The file and the settings that ``--config FILE`` and ``--config KEY=VALUE`` name.

    Raises ``SettingError`` for two files, or a setting that is no TOML.
    """
    where: str | None = None
    settings: dict[str, Any] = {}
    for word in words:
        if "=" in word and not os.path.exists(word):
            _merge(settings, _parse(f"--config {word}", word.encode(errors="surrogateescape")))
        elif where is not None:
            raise SettingError(f"--config names two files, `{where}` and `{word}`; allowed is one")
        else:
            where = word
    return where, settings


def _merge(settings: dict[str, Any], more: Mapping[str, Any]) -> None:
    for key, value in more.items():
        if isinstance(value, dict) and isinstance(settings.get(key), dict):
            _merge(settings[key], value)
        else:
            settings[key] = value


def _read(where: str) -> bytes:
    try:
        with open(where, "rb") as stream:
            return stream.read()
    except OSError as error:
        raise SettingError(f"{where}: cannot be read: {error.strerror}") from None


def _parse(where: str, data: bytes) -> dict[str, Any]:
    if sys.version_info >= (3, 11):
        import tomllib as toml
    else:
        import tomli as toml
    try:
        document: dict[str, Any] = toml.loads(data.decode())
    except (UnicodeDecodeError, toml.TOMLDecodeError, RecursionError) as error:
        raise SettingError(f"{where}: is not valid TOML: {error}") from None
    return document
