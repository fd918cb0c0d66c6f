"""What the sub-commands share on the command line: parsers that fail in one sentence, flags, how problems read."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any, NoReturn

from gconv_lint.config import Flags
from gconv_lint.model.report import Problem
from gconv_lint.selection import Choice, SettingError
from gconv_lint.settings import FORMATS
from gconv_lint.streams import write
from gconv_lint.words import nearest


def _formatter(prog: str) -> argparse.HelpFormatter:
    """Help of a fixed width: asking for the terminal's would import shutil for every run."""
    return argparse.HelpFormatter(prog, width=100, max_help_position=28)


class Parser(argparse.ArgumentParser):
    """An ``ArgumentParser`` that raises ``SettingError``, with the nearest flag for one that does not exist."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(allow_abbrev=False, formatter_class=_formatter, **settings)

    def error(self, message: str) -> NoReturn:
        prefix = "unrecognized arguments: "
        if message.startswith(prefix):
            word = message[len(prefix) :].split()[0]
            message = f"unknown flag `{word}`{nearest(word.split('=')[0], self._option_string_actions)}"
        raise SettingError(f"{message}; see `{self.prog} --help`")

    def print_help(self, file: Any = None) -> None:
        write(self.format_help()) if file is None else super().print_help(file)


def comma_list(text: str) -> tuple[str, ...]:
    """``GC1, GC002`` as ``("GC1", "GC002")``."""
    return tuple(word.strip() for word in text.split(",") if word.strip())


def add_rule_flags(flags: Parser) -> None:
    """The flags that say which rules are on and how their findings are printed."""
    rules: dict[str, Any] = {"type": comma_list, "action": "extend", "metavar": "RULES"}
    flags.add_argument("--select", **rules, help="rules to use: GC002, GC1, a name, ALL")
    flags.add_argument("--extend-select", **rules, help="rules to add to those")
    flags.add_argument("--ignore", **rules, help="rules to leave out")
    flags.add_argument("--output-format", metavar="FORMAT", help=f"one of {', '.join(FORMATS)}")
    flags.add_argument(
        "--strict", action="store_true", default=None, help="use the stricter severity that some rules have"
    )


def add_common_flags(flags: Parser) -> None:
    """The flags about exit codes and configuration files."""
    flags.add_argument("--exit-zero", action="store_true", help="exit with 0 also when there are findings")
    flags.add_argument("--config", metavar="FILE", help="read settings from this TOML file")
    flags.add_argument("--isolated", action="store_true", help="use no configuration file")


def flags_of(options: argparse.Namespace) -> Flags:
    """What the shared flags set. Raises ``SettingError`` for what is not allowed."""
    if options.select == []:
        raise SettingError("--select names no rule")
    allowed = options.output_format
    if allowed not in (None, *FORMATS):
        names = ", ".join(FORMATS)
        raise SettingError(f"--output-format cannot be `{allowed}`{nearest(allowed, FORMATS)}; allowed is {names}")
    return Flags(
        choice=Choice(
            select=None if options.select is None else tuple(options.select),
            extend_select=tuple(options.extend_select or ()),
            ignore=tuple(options.ignore or ()),
        ),
        strict=options.strict,
        output_format=options.output_format,
        statistics=getattr(options, "statistics", None),
        isolated=options.isolated,
        config=options.config,
    )


def sentence(problem: Problem) -> str:
    """``path:line:column: message`` with as much of the position as is known."""
    position = [str(part) for part in (problem.path, problem.line, problem.column) if part not in (None, "")]
    return f"{':'.join(position)}: {problem.message}" if position else problem.message


def colour() -> bool:
    """Colour is for terminals whose user did not turn it off (https://no-color.org)."""
    wanted = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return wanted and sys.stdout is not None and sys.stdout.isatty()
