"""The flags that the sub-commands share, by what they are about, and what they set."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping, Sequence
from typing import Any

from gconv_lint.commands.arguments import Parser, comma_list, decimal, integer
from gconv_lint.config import Config, Flags
from gconv_lint.selection import Choice, SettingError
from gconv_lint.settings import CACHE, FORMATS, SETTINGS
from gconv_lint.streams import write, write_file
from gconv_lint.words import nearest

#: A flag with its opposite, `--no-...`; not given, the configuration holds.
SWITCH: dict[str, Any] = {"action": argparse.BooleanOptionalAction, "default": None}
_LIST: dict[str, Any] = {"type": comma_list, "action": "extend"}


def add_rule_flags(flags: Parser) -> None:
    """The flags that say which rules are on and how severe their findings are."""
    flags.add_argument("--select", **_LIST, metavar="RULES", help="rules to use: GC002, GC1, a name, ALL")
    flags.add_argument("--extend-select", **_LIST, metavar="RULES", help="rules to add to those")
    flags.add_argument("--ignore", **_LIST, metavar="RULES", help="rules to leave out")
    flags.add_argument("--preview", **SWITCH, help="let rules in preview be selected")
    flags.add_argument(
        "--strict", action="store_true", default=None, help="use the stricter severity that some rules have"
    )


def add_file_rule_flags(flags: Parser) -> None:
    """The flags that leave rules out by file."""
    words: dict[str, Any] = {**_LIST, "metavar": "PATTERN:RULE"}
    flags.add_argument("--per-file-ignores", **words, help="rules to leave out in some files: tests/*:GC101")
    flags.add_argument("--extend-per-file-ignores", **words, help="more of those, on top of the configuration")


def add_file_flags(flags: Parser) -> None:
    """The flags that say which files are read."""
    flags.add_argument("--exclude", **_LIST, metavar="PATTERNS", help="files and folders to leave out")
    flags.add_argument("--extend-exclude", **_LIST, metavar="PATTERNS", help="more of those")
    flags.add_argument("--force-exclude", **SWITCH, help="leave them out also where they are given by themselves")
    flags.add_argument("--respect-gitignore", **SWITCH, help="leave out what git ignores")
    flags.add_argument("--stdin-filename", metavar="PATH", help="the name to give to standard input")


def add_root_flags(flags: Parser) -> None:
    """The flags about whole models."""
    flags.add_argument("--roots", **SWITCH, help="also follow the whole models that the files build, from their text")
    flags.add_argument(
        "--roots-budget", type=decimal, metavar="SECONDS", help="CPU time that this may take; 60 seconds by default"
    )


def add_silence_flags(flags: Parser) -> None:
    """The flags about findings that are known or waved through."""
    flags.add_argument("--ignore-noqa", action="store_true", help="report also what comments silence")
    flags.add_argument("--add-noqa", metavar="[=REASON]", help="write a comment behind each finding, and end")
    flags.add_argument("--baseline", metavar="FILE", help="report only findings that are not in this file")
    flags.add_argument("--write-baseline", metavar="FILE", help="write all findings to this file, and end")


def add_speed_flags(flags: Parser) -> None:
    """The flags about what is remembered and who does the work."""
    flags.add_argument("-n", "--no-cache", action="store_true", help="neither use nor write the cache")
    flags.add_argument("--cache-dir", metavar="FOLDER", help="where the cache is")
    flags.add_argument(
        "-j", "--jobs", type=integer, default=1, metavar="N", help="processes that share the work; 1 by default"
    )


def cache_folder(settings: Config) -> str:
    """Where the cache is: as the settings say, or beside the configuration file, or in the current folder."""
    named = os.environ.get("GCONV_LINT_CACHE_DIR")
    if settings.cache_dir:
        return settings.cache_dir
    return named or os.path.join(os.path.dirname(settings.where) or os.curdir, CACHE)


def add_output_flags(flags: Parser, formats: Sequence[str] = FORMATS) -> None:
    """The flag that says how findings are printed."""
    flags.add_argument("--output-format", metavar="FORMAT", help=f"one of {', '.join(formats)}")


def add_report_flags(flags: Parser, content: str) -> None:
    """The flags that say how a report of findings is printed, and where to."""
    add_output_flags(flags)
    flags.add_argument(
        "-o",
        "--output-file",
        metavar="FILE",
        default=os.environ.get("GCONV_LINT_OUTPUT_FILE"),
        help=f"write {content} there",
    )


def printed(text: str, options: argparse.Namespace) -> None:
    """Print a report, or write it to the file that the flags name. Raises ``StreamError`` when it cannot be written."""
    if options.output_file:
        write_file(options.output_file, text)
    else:
        write(text)


def add_common_flags(flags: Parser) -> None:
    """The flags about exit codes and configuration files."""
    flags.add_argument("-e", "--exit-zero", action="store_true", help="exit with 0 also when there are findings")
    flags.add_argument(
        "--config",
        action="append",
        metavar="FILE | KEY=VALUE",
        help="read settings from this TOML file, or set one: --config 'rules.GC301.min-group-width = 8'",
    )
    flags.add_argument("--isolated", action="store_true", help="use no configuration file")


def flags_of(options: argparse.Namespace, formats: Sequence[str] = FORMATS) -> Flags:
    """What the shared flags set. Raises ``SettingError`` for what is not allowed."""
    if options.select == []:
        raise SettingError("--select names no rule")
    if options.output_format is not None:
        check_format("--output-format", options.output_format, formats)
    return Flags(
        choice=Choice(
            select=None if options.select is None else tuple(options.select),
            extend_select=tuple(options.extend_select or ()),
            ignore=tuple(options.ignore or ()),
        ),
        isolated=options.isolated,
        config=tuple(options.config or ()),
        values=_values(options, formats),
    )


def check_format(source: str, name: str, formats: Sequence[str]) -> None:
    """Raise ``SettingError`` for a format that is none of those that a command has."""
    if name not in formats:
        allowed = ", ".join(formats)
        raise SettingError(f"{source} cannot be `{name}`{nearest(name, formats)}; allowed is {allowed}")


def _values(options: argparse.Namespace, formats: Sequence[str]) -> Mapping[str, Any]:
    """The flags that stand for a key, by that key."""
    values: dict[str, Any] = {}
    for setting in SETTINGS:
        value = getattr(options, setting.key.replace("-", "_"), None)
        if value is None or setting.key in ("select", "extend-select", "ignore"):
            continue
        if setting.key.endswith("per-file-ignores"):
            value = _by_pattern(setting.flag, value)
        values[setting.key] = tuple(value) if isinstance(value, list) else value
    environment = os.environ.get("GCONV_LINT_OUTPUT_FORMAT")
    if environment and "output-format" not in values:
        check_format("GCONV_LINT_OUTPUT_FORMAT", environment, formats)
        values["output-format"] = environment
    return values


def _by_pattern(flag: str, words: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """``tests/*:GC101`` as selectors by pattern."""
    table: dict[str, tuple[str, ...]] = {}
    for word in words:
        pattern, colon, selector = word.rpartition(":")
        if not colon or not pattern or not selector:
            raise SettingError(f"{flag} cannot be `{word}`; allowed is PATTERN:RULE, such as tests/*:GC101")
        table[pattern] = (*table.get(pattern, ()), selector)
    return table
