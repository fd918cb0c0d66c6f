"""``gconv-lint check``: lint paths and print the report."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Sequence
from typing import Any

from gconv_lint import __version__, api, rulebook
from gconv_lint.commands.arguments import Parser, comma_list
from gconv_lint.config import Config, Flags, load
from gconv_lint.model.report import Problem, Report
from gconv_lint.reporters import render
from gconv_lint.selection import Choice, SettingError
from gconv_lint.settings import FORMATS
from gconv_lint.streams import complain, read, write
from gconv_lint.words import nearest

STDIN = "-"


def parser() -> Parser:
    """The flags of ``check``; documented by docs/configuration.md, which is checked against them."""
    flags = Parser(
        prog="gconv-lint",
        usage="gconv-lint [check] [flags] path ...\n       gconv-lint rule CODE | NAME | --all",
        description="Find mistakes with grouped convolutions in PyTorch source, without running it.",
        epilog="Exit codes: 0 nothing found, 1 findings, 2 a usage, configuration or internal error.",
    )
    rules: dict[str, Any] = {"type": comma_list, "action": "extend", "metavar": "RULES"}
    flags.add_argument("paths", nargs="*", metavar="path", help="files or folders; `-` reads standard input")
    flags.add_argument("--select", **rules, help="rules to use: GC002, GC1, a name, ALL")
    flags.add_argument("--extend-select", **rules, help="rules to add to those")
    flags.add_argument("--ignore", **rules, help="rules to leave out")
    flags.add_argument("--output-format", metavar="FORMAT", help=f"one of {', '.join(FORMATS)}")
    flags.add_argument(
        "--strict", action="store_true", default=None, help="use the stricter severity that some rules have"
    )
    flags.add_argument("--statistics", action="store_true", default=None, help="print counts per rule instead")
    flags.add_argument("--exit-zero", action="store_true", help="exit with 0 also when there are findings")
    flags.add_argument("--stdin-filename", metavar="PATH", help="the name to give to standard input")
    flags.add_argument("--config", metavar="FILE", help="read settings from this TOML file")
    flags.add_argument("--isolated", action="store_true", help="use no configuration file")
    flags.add_argument("--version", action="version", version=f"gconv-lint {__version__}")
    return flags


def run(words: Sequence[str]) -> int:
    """Lint what the command line names: 0 clean, 1 findings, 2 when something could not be checked."""
    options = _parsed(list(words))
    try:
        os.getcwd()
    except OSError:
        raise SettingError("the current folder does not exist any more") from None
    paths, stdin = _inputs(options)
    settings = load([stdin[0]] if stdin else paths, rulebook.rules(), _flags(options))
    report = api.check(paths, settings, stdin=stdin)
    for problem in report.problems:
        complain(sentence(problem))
    if not report.counts.files and not report.problems:
        complain("warning: there is no Python file to check in the given paths")
    _print(report, settings)
    if report.problems:
        return 2
    return 1 if report.findings and not options.exit_zero else 0


def _parsed(words: list[str]) -> Namespace:
    """The flags and paths among ``words``; what comes after ``--`` is a path, which argparse gets wrong here."""
    end = words.index("--") if "--" in words else len(words)
    options = parser().parse_intermixed_args(words[:end])
    options.paths = [*options.paths, *words[end + 1 :]]
    return options


def sentence(problem: Problem) -> str:
    """``path:line:column: message`` with as much of the position as is known."""
    position = [str(part) for part in (problem.path, problem.line, problem.column) if part not in (None, "")]
    return f"{':'.join(position)}: {problem.message}"


def _inputs(options: Namespace) -> tuple[list[str], tuple[str, bytes] | None]:
    """The paths to lint, or the name and the bytes of standard input."""
    names: list[str] = options.paths or ([STDIN] if options.stdin_filename else ["."])
    if "" in names:
        raise SettingError("a path cannot be empty")
    if STDIN in names:
        if set(names) != {STDIN}:
            raise SettingError("standard input (`-`) cannot be linted together with other paths")
        return [], (options.stdin_filename or "<stdin>", read())
    if options.stdin_filename:
        raise SettingError("--stdin-filename names standard input: give `-` as the only path")
    return names, None


def _flags(options: Namespace) -> Flags:
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
        statistics=options.statistics,
        isolated=options.isolated,
        config=options.config,
    )


def _print(report: Report, settings: Config) -> None:
    if settings.statistics:
        from gconv_lint.reporters import statistics

        write(statistics.render(report, [rule.info for rule in rulebook.rules()], settings.output_format))
    else:
        write(render(report, settings.output_format, colour=_colour()))


def _colour() -> bool:
    """Colour is for terminals whose user did not turn it off (https://no-color.org)."""
    wanted = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return wanted and sys.stdout is not None and sys.stdout.isatty()
