"""The settings of one run: those of the nearest pyproject.toml, then those of the command line."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from gconv_lint import model_settings, rule_settings
from gconv_lint.model.findings import Severity
from gconv_lint.model.targets import Target
from gconv_lint.rulebook import Rule
from gconv_lint.selection import Choice, SettingError, chosen
from gconv_lint.settings import check


class Config(NamedTuple):
    """What a run does: ``active`` holds codes, ``options`` and ``severities`` what was set for a rule, by code.

    ``root`` is the folder that ``exclude`` patterns are relative to.
    """

    active: frozenset[str]
    options: Mapping[str, Mapping[str, Any]] = {}
    severities: Mapping[str, Severity] = {}
    strict: bool = False
    output_format: str = "full"
    statistics: bool = False
    exclude: tuple[str, ...] = ()
    root: str = ""
    models: tuple[Target, ...] = ()

    def excludes(self, path: str) -> bool:
        """Whether a pattern of ``exclude`` matches the path relative to ``root``, or any one part of it."""
        return bool(self.exclude) and _matches(self.exclude, path, self.root)


class Flags(NamedTuple):
    """What the command line sets; ``None`` leaves a setting to the configuration."""

    choice: Choice = Choice()
    strict: bool | None = None
    output_format: str | None = None
    statistics: bool | None = None
    isolated: bool = False
    config: str | None = None


def load(paths: Sequence[str], rules: Sequence[Rule], flags: Flags | None = None) -> Config:
    """The settings for a run over ``paths``.

    Raises ``SettingError`` when a file, a key, a value or a selector cannot be used.
    """
    flags = flags or Flags()
    where, values = _values(paths, flags)
    by_rule = rule_settings.read(f"{where}: rules", values.get("rules", {}), rules)
    return Config(
        active=_active(rules, where, values, flags.choice),
        options={code: table for code, (table, _) in by_rule.items() if table},
        severities={code: severity for code, (_, severity) in by_rule.items() if severity is not None},
        strict=_first(flags.strict, values.get("strict"), False),
        output_format=_first(flags.output_format, values.get("output-format"), "full"),
        statistics=_first(flags.statistics, values.get("statistics"), False),
        exclude=values.get("exclude", ()),
        root=os.path.dirname(where),
        models=model_settings.read(where, values.get("models", ()), os.path.dirname(where)),
    )


def _first(*candidates: Any) -> Any:
    return next(candidate for candidate in candidates if candidate is not None)


def _active(rules: Sequence[Rule], where: str, values: Mapping[str, Any], flags: Choice) -> frozenset[str]:
    infos = [rule.info for rule in rules]
    configured = Choice(
        select=values.get("select"), extend_select=values.get("extend-select", ()), ignore=values.get("ignore", ())
    )
    try:
        chosen(infos, [configured])
    except SettingError as error:
        raise SettingError(f"{where}: {error}") from None
    return chosen(infos, [configured, flags])


def _values(paths: Sequence[str], flags: Flags) -> tuple[str, dict[str, Any]]:
    """The file that configures the run, and its checked values."""
    if flags.config is not None:
        table = _named_table(flags.config)
        return flags.config, check(flags.config, table)
    for where in () if flags.isolated else _candidates(paths):
        found = _table(where)
        if found is not None:
            return where, check(where, found)
    return "pyproject.toml", {}


def _candidates(paths: Sequence[str]) -> Iterator[str]:
    """The pyproject.toml files of the folder that holds all of ``paths`` and of the folders above it."""
    folder, above = "", os.path.commonpath([os.path.realpath(path) for path in paths or [""]])
    while folder != above:
        folder, above = above, os.path.dirname(above)
        candidate = os.path.join(folder, "pyproject.toml")
        if os.path.isfile(candidate):
            yield candidate


def _named_table(where: str) -> Mapping[str, object]:
    """The settings of the file given by ``--config``: its ``[tool.gconv-lint]``, or else all of it."""
    document = _parse(where, _read(where))
    tool = document.get("tool", document)
    table = tool.get("gconv-lint", {}) if "tool" in document and isinstance(tool, dict) else document
    if not isinstance(table, dict):
        raise SettingError(f"{where}: `tool.gconv-lint` has to be a table")
    return table


def _table(where: str) -> Mapping[str, object] | None:
    """``[tool.gconv-lint]`` of a pyproject.toml; the file is parsed only where it has that name in it."""
    data = _read(where)
    if b"gconv-lint" not in data:
        return None
    tool = _parse(where, data).get("tool", {})
    if not isinstance(tool, dict) or "gconv-lint" not in tool:
        return None
    return _named_table(where)


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


def _matches(patterns: Sequence[str], path: str, root: str) -> bool:
    from fnmatch import fnmatch

    relative = os.path.relpath(os.path.realpath(path), os.path.realpath(root)).replace(os.sep, "/")
    names = (relative, *relative.split("/"))
    return any(fnmatch(name, pattern.rstrip("/")) for name in names for pattern in patterns)
