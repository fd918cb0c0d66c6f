"""``--show-files`` and ``--show-settings``: what a run would read, and by which settings."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gconv_lint.config import Config
from gconv_lint.settings import DEFAULTS


def file_list(names: Sequence[str]) -> str:
    """The absolute paths of the files, sorted, a line each."""
    return "".join(f"{path}\n" for path in sorted(map(os.path.abspath, names)))


def settings_of(name: str, config: Config) -> str:
    """The settings for one file as a gconv-lint.toml with the same effect; ``select`` holds every rule that is on."""
    where = os.path.abspath(config.where) if config.where else "no configuration file"
    head = [f"# settings of {os.path.abspath(name) if name else 'standard input'}", f"# from {where}"]
    return "\n".join([*head, *_lines(config, name)]) + "\n"


def _lines(config: Config, name: str) -> Iterator[str]:
    values = {**DEFAULTS, **config.values, "select": sorted(config.active_in(name)), "extend-select": [], "ignore": []}
    tables = {key: values.pop(key) for key in [*values] if isinstance(values[key], Mapping)}
    values.pop("models", None)
    yield from (f"{key} = {_toml(value)}" for key, value in values.items() if value is not None)
    yield from (line for key, table in tables.items() if key != "rules" and table for line in _table(key, table))
    for code in sorted({*config.options, *config.severities}):
        severity = {"severity": config.severities[code].value} if code in config.severities else {}
        options = {option.replace("_", "-"): value for option, value in config.options.get(code, {}).items()}
        yield from _table(f"rules.{code}", {**severity, **options})


def _table(name: str, table: Mapping[str, Any]) -> Iterator[str]:
    yield f"\n[{name}]"
    yield from (f"{_key(key)} = {_toml(value)}" for key, value in table.items())


def _key(text: str) -> str:
    return text if text.replace("-", "_").isidentifier() else _toml(text)


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        import json

        return json.dumps(value)
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_toml, value))}]"
    return str(value)
