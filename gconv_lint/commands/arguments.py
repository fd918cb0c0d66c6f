"""What the sub-commands share: parsers that fail in one sentence, how problems read, and colour."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any, NoReturn

from gconv_lint.model.report import Problem
from gconv_lint.selection import SettingError
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
            word = next(iter(message[len(prefix) :].split()), "")
            message = f"unexpected argument `{word}`"
            if word.startswith("-"):
                message = f"unknown flag `{word}`{nearest(word.split('=')[0], self._option_string_actions)}"
        if ": cannot be " in message:
            flag, _, what = message.removeprefix("argument ").partition(": ")
            raise SettingError(f"{flag.rpartition('/')[2]} {what}")
        raise SettingError(f"{message}; see `{self.prog} --help`")

    def print_help(self, file: Any = None) -> None:
        write(self.format_help()) if file is None else super().print_help(file)


def integer(text: str) -> int:
    """The number that a flag is given."""
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"cannot be `{text}`; allowed is a whole number above 0") from None


def decimal(text: str) -> float:
    """The number that a flag is given, which may have a fraction."""
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"cannot be `{text}`; allowed is a number above 0") from None


def comma_list(text: str) -> tuple[str, ...]:
    """``GC1, GC002`` as ``("GC1", "GC002")``."""
    return tuple(word.strip() for word in text.split(",") if word.strip())


def sentence(problem: Problem) -> str:
    """``path:line:column: message`` with as much of the position as is known."""
    position = [str(part) for part in (problem.path, problem.line, problem.column) if part not in (None, "")]
    return f"{':'.join(position)}: {problem.message}" if position else problem.message


def colour(options: argparse.Namespace) -> bool:
    """Colour is for terminals, not for files, unless the user turned it off or on (https://no-color.org,
    https://force-color.org).
    """
    if options.output_file or os.environ.get("NO_COLOR") or os.environ.get("FORCE_COLOR"):
        return not (options.output_file or os.environ.get("NO_COLOR"))
    return os.environ.get("TERM") != "dumb" and sys.stdout is not None and sys.stdout.isatty()
