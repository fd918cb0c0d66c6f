"""Every setting of a run in one table: its key, flag, default, meaning, and the check of its value."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple

from gconv_lint.selection import SettingError
from gconv_lint.words import nearest

FORMATS = ("full", "concise", "grouped", "json", "json-lines", "sarif", "github", "gitlab", "junit")
CACHE = ".gconv_lint_cache"
#: CPU-seconds that following whole models may take.
ROOTS_BUDGET = 60.0
#: Folders that hold other people's code or generated code, as in ruff, and hidden ones.
EXCLUDED = (
    *(".*", "__pycache__", "__pypackages__", "_build", "buck-out", "build", "dist", "node_modules"),
    *("site-packages", "venv"),
)


def _strings(value: object) -> tuple[str, ...] | None:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    return None


def _boolean(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _output_format(value: object) -> str | None:
    return value if isinstance(value, str) and value in FORMATS else None


def _seconds(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0 else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _table(value: object) -> Mapping[str, Any] | None:
    return value if isinstance(value, dict) else None


def _table_of_strings(value: object) -> Mapping[str, tuple[str, ...]] | None:
    if not isinstance(value, dict):
        return None
    table = {key: _strings(item) for key, item in value.items()}
    return {key: item for key, item in table.items() if item is not None} if None not in table.values() else None


def _array(value: object) -> Sequence[object] | None:
    return value if isinstance(value, list) else None


class Setting(NamedTuple):
    """One key of ``[tool.gconv-lint]``; ``read`` gives the checked value, or ``None`` for one that is not allowed."""

    key: str
    flag: str
    default: str
    allowed: str
    doc: str
    read: Callable[[object], Any]


#: The documentation's table and the check of a pyproject.toml are both made from this.
SETTINGS = (
    Setting(
        key="select",
        flag="--select",
        default="the rules that are on by default",
        allowed="an array of rule selectors",
        doc="The rules to use, in place of the default set: codes, prefixes such as `GC1`, names, or `ALL`.",
        read=_strings,
    ),
    Setting(
        key="extend-select",
        flag="--extend-select",
        default="[]",
        allowed="an array of rule selectors",
        doc="Rules to use on top of the selected ones.",
        read=_strings,
    ),
    Setting(
        key="ignore",
        flag="--ignore",
        default="[]",
        allowed="an array of rule selectors",
        doc="Rules to leave out. Where `select` and `ignore` both match, the longer selector decides.",
        read=_strings,
    ),
    Setting(
        key="strict",
        flag="--strict",
        default="false",
        allowed="true or false",
        doc="Report with the stricter severity that some rules have, for code whose models are complete.",
        read=_boolean,
    ),
    Setting(
        key="output-format",
        flag="--output-format",
        default='"full"',
        allowed="one of " + ", ".join(f'"{name}"' for name in FORMATS),
        doc="How findings are printed: with source lines, one line each, below their file, or for programs.",
        read=_output_format,
    ),
    Setting(
        key="statistics",
        flag="--statistics",
        default="false",
        allowed="true or false",
        doc="Print counts per rule, with what stayed undecided, in place of the findings.",
        read=_boolean,
    ),
    Setting(
        key="preview",
        flag="--preview",
        default="false",
        allowed="true or false",
        doc="Let rules that are still in preview be selected.",
        read=_boolean,
    ),
    Setting(
        key="per-file-ignores",
        flag="--per-file-ignores",
        default="{}",
        allowed="a table of arrays of rule selectors",
        doc="Rules to leave out in some files: selectors by pattern; a pattern after `!` is for all other files.",
        read=_table_of_strings,
    ),
    Setting(
        key="extend-per-file-ignores",
        flag="--extend-per-file-ignores",
        default="{}",
        allowed="a table of arrays of rule selectors",
        doc="More of those, on top.",
        read=_table_of_strings,
    ),
    Setting(
        key="exclude",
        flag="--exclude",
        default=", ".join(f"`{name}`" for name in EXCLUDED),
        allowed="an array of glob patterns",
        doc="Files and folders to leave out: names, or paths relative to this file. A path that is given by itself is "
        "read all the same. Other files that import them are still evaluated through them.",
        read=_strings,
    ),
    Setting(
        key="extend-exclude",
        flag="--extend-exclude",
        default="[]",
        allowed="an array of glob patterns",
        doc="More of those, on top.",
        read=_strings,
    ),
    Setting(
        key="force-exclude",
        flag="--force-exclude",
        default="false",
        allowed="true or false",
        doc="Leave out what is excluded also where it is given by itself, as pre-commit gives files.",
        read=_boolean,
    ),
    Setting(
        key="respect-gitignore",
        flag="--respect-gitignore",
        default="true",
        allowed="true or false",
        doc="Leave out what git ignores, in a repository.",
        read=_boolean,
    ),
    Setting(
        key="fix",
        flag="--fix",
        default="false",
        allowed="true or false",
        doc="Apply fixes: the safe ones, and with `unsafe-fixes` the others.",
        read=_boolean,
    ),
    Setting(
        key="unsafe-fixes",
        flag="--unsafe-fixes",
        default="false",
        allowed="true or false",
        doc="Offer and apply fixes that change what is computed.",
        read=_boolean,
    ),
    Setting(
        key="fix-only",
        flag="--fix-only",
        default="false",
        allowed="true or false",
        doc="Apply fixes and report nothing of what is left.",
        read=_boolean,
    ),
    Setting(
        key="show-fixes",
        flag="--show-fixes",
        default="false",
        allowed="true or false",
        doc="List what was fixed.",
        read=_boolean,
    ),
    Setting(
        key="fixable",
        flag="--fixable",
        default='["ALL"]',
        allowed="an array of rule selectors",
        doc="Rules whose fixes are offered.",
        read=_strings,
    ),
    Setting(
        key="extend-fixable",
        flag="--extend-fixable",
        default="[]",
        allowed="an array of rule selectors",
        doc="Rules whose fixes are offered on top of `fixable`.",
        read=_strings,
    ),
    Setting(
        key="unfixable",
        flag="--unfixable",
        default="[]",
        allowed="an array of rule selectors",
        doc="Rules whose fixes are not offered, whatever `fixable` says.",
        read=_strings,
    ),
    Setting(
        key="extend-safe-fixes",
        flag="--extend-safe-fixes",
        default="[]",
        allowed="an array of rule selectors",
        doc="Rules whose fixes count as safe here.",
        read=_strings,
    ),
    Setting(
        key="extend-unsafe-fixes",
        flag="--extend-unsafe-fixes",
        default="[]",
        allowed="an array of rule selectors",
        doc="Rules whose fixes count as unsafe here.",
        read=_strings,
    ),
    Setting(
        key="extend-rules",
        flag="",
        default="[]",
        allowed="an array of files and folders",
        doc="Rules of your own: YAML files, or folders with some, relative to this file. They hold no code.",
        read=_strings,
    ),
    Setting(
        key="baseline",
        flag="--baseline",
        default="none",
        allowed="a file",
        doc="Report only findings that are not in this file, which `--write-baseline` makes; relative to this file.",
        read=_text,
    ),
    Setting(
        key="cache-dir",
        flag="--cache-dir",
        default="`.gconv_lint_cache` beside this file",
        allowed="a folder",
        doc="Where reports are remembered between runs; relative to this file.",
        read=_text,
    ),
    Setting(
        key="device",
        flag="--device",
        default='"auto"',
        allowed='a name of `gconv-lint devices`, a device file, or "auto"',
        doc="What `probe` times layers on, and `suggest` and prices of fixes estimate times for; `auto` is the GPU "
        "that is here, or else an H100.",
        read=_text,
    ),
    Setting(
        key="roots",
        flag="--roots",
        default="false",
        allowed="true or false",
        doc="Also follow the whole models that the files build, from their text, and judge the graph of each: "
        "functions that need no argument and return a module, modules made at the top level of a file, and `models`.",
        read=_boolean,
    ),
    Setting(
        key="roots-budget",
        flag="--roots-budget",
        default=f"{ROOTS_BUDGET:g}",
        allowed="a number above 0",
        doc="CPU-seconds that following whole models may take; how many were left out is told.",
        read=_seconds,
    ),
    Setting(
        key="rules",
        flag="",
        default="{}",
        allowed="a table with one table per rule",
        doc="Per rule, by code or name: its `severity`, and the options that its page lists.",
        read=_table,
    ),
    Setting(
        key="models",
        flag="",
        default="[]",
        allowed="an array of tables: [[tool.gconv-lint.models]]",
        doc="The models that `gconv-lint model` checks where it is given none, and `--roots` besides those that "
        "it finds; the keys of each are listed below.",
        read=_array,
    ),
)


#: What counts where nobody sets a key; ``select`` is worked out, and tables are empty.
DEFAULTS: Mapping[str, Any] = {
    "strict": False,
    "preview": False,
    "output-format": "full",
    "statistics": False,
    "exclude": EXCLUDED,
    "extend-exclude": (),
    "force-exclude": False,
    "respect-gitignore": True,
    "roots": False,
    "roots-budget": ROOTS_BUDGET,
}


def check(where: str, table: Mapping[str, object]) -> dict[str, Any]:
    """The values of a ``[tool.gconv-lint]`` table by key.

    Raises ``SettingError`` for a key that does not exist or a value that is not allowed.
    """
    known = {setting.key: setting for setting in SETTINGS}
    values = {}
    for key, value in table.items():
        if key not in known:
            raise SettingError(unknown_key(where, key, known))
        values[key] = known[key].read(value)
        if values[key] is None:
            raise SettingError(not_allowed(where, key, value, known[key].allowed))
    return values


def unknown_key(where: str, key: str, known: Collection[str]) -> str:
    """The sentence about a key that does not exist."""
    return f"{where}: unknown key `{key}`{nearest(key, known)}; allowed are {', '.join(sorted(known))}"


def not_allowed(where: str, key: str, value: object, allowed: str) -> str:
    """The sentence about a value that is not allowed."""
    return f"{where}: `{key}` cannot be {shown(value)}; allowed is {allowed}"


def shown(value: object) -> str:
    """A value as TOML would write it, cut where it is long."""
    text = str(value).lower() if isinstance(value, bool) else f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
