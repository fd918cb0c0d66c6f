"""``gconv-lint completion``: a script that completes commands, flags and their values in a shell, made by shtab."""

from __future__ import annotations

import re
from argparse import Action
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

from gconv_lint import rulebook
from gconv_lint.commands import COMMANDS
from gconv_lint.commands.arguments import Parser
from gconv_lint.selection import ALL, SettingError
from gconv_lint.streams import write
from gconv_lint.words import nearest

SHELLS = ("bash", "zsh", "fish")
_ONE_OF = re.compile(r"\bone of ([\w, -]+)$")


def parser() -> Parser:
    """The flags of ``completion``."""
    flags = Parser(
        prog="gconv-lint completion",
        description="Print a script that completes the words of gconv-lint in your shell.",
    )
    flags.add_argument("shell", metavar="SHELL", help=f"one of {', '.join(SHELLS)}")
    return flags


def run(words: Sequence[str]) -> int:
    """Print the script. Raises ``SettingError`` for a shell that has none."""
    shell = parser().parse_args(list(words)).shell
    if shell not in SHELLS:
        raise SettingError(f"SHELL cannot be `{shell}`{nearest(shell, SHELLS)}; allowed is {', '.join(SHELLS)}")
    import shtab  # nothing but this command needs it

    write(shtab.complete(whole(shtab.FILE, shtab.DIRECTORY), shell))
    return 0


def whole(file: Mapping[str, Any], folder: Mapping[str, Any]) -> Parser:
    """All commands as one parser; ``file`` and ``folder`` complete the values that are one."""
    flags = Parser(prog="gconv-lint", add_help=False)
    check = import_module("gconv_lint.commands.check").parser()
    for action in check._actions:
        if action.option_strings:
            flags._add_action(_completed(action, file, folder))
    commands = flags.add_subparsers()
    for name in COMMANDS:
        one = import_module(f"gconv_lint.commands.{name}").parser()
        commands.add_parser(name, parents=[one], add_help=False, help=one.description)
        for action in one._actions:
            _completed(action, file, folder)
    return flags


def _completed(action: Action, file: Mapping[str, Any], folder: Mapping[str, Any]) -> Action:
    """An argument with what completes it, by what its help calls the value."""
    word = action.metavar = str(action.metavar).replace(":", " ") if action.metavar else ""  # zsh ends words at colons
    listed = _ONE_OF.search(action.help or "")
    if listed:
        action.choices = listed[1].split(", ")
    elif "RULE" in word and "PATTERN" not in word:
        action.choices = [ALL, *_codes()]
    elif "CODE" in word:
        action.choices = [word for rule in rulebook.rules() for word in (rule.info.code, rule.info.name)]
    elif "FILE" in word or "path" in word.lower():
        action.complete = file  # type: ignore[attr-defined]
    elif "FOLDER" in word:
        action.complete = folder  # type: ignore[attr-defined]
    return action


def _codes() -> list[str]:
    return [rule.info.code for rule in rulebook.rules()]
