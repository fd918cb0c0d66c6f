"""What the sub-commands that run models share: the flags that say how, and what these make of a target."""

from __future__ import annotations

import os
from argparse import Namespace

from gconv_lint import model_settings
from gconv_lint.commands.arguments import Parser, decimal
from gconv_lint.model.targets import Limits, Target
from gconv_lint.selection import SettingError


def add_target_flags(flags: Parser, each: str) -> None:
    """The flags that say what a model is built and run with; the limits are those of ``each`` model or run."""
    flags.add_argument("--input", action="append", metavar="SIZES", help="a tensor to run on: 1x3x224x224[:dtype]")
    flags.add_argument("--arg", action="append", metavar="NAME=VALUE", help="an argument of the target")
    flags.add_argument(
        "--timeout", type=decimal, default=120.0, metavar="SECONDS", help=f"for each {each}; 120 by default"
    )
    flags.add_argument(
        "--memory", default="8G", metavar="SIZE", help=f"for each {each}, on top of torch; 8G by default"
    )


def target_of(name: str, options: Namespace) -> Target:
    """The model of that name with what the command line says. Raises ``SettingError``."""
    return with_flags(Target(model_settings.parse_name(name)), options)


def with_flags(target: Target, options: Namespace) -> Target:
    """The target with what the command line says in place of what the configuration says."""
    inputs = tuple(model_settings.parse_input(text) for text in options.input or ())
    arguments = dict(model_settings.parse_argument(text) for text in options.arg or ())
    return target._replace(inputs=inputs or target.inputs, args={**target.args, **arguments})


def limits_of(options: Namespace) -> Limits:
    """What each model may use. Raises ``SettingError``."""
    check_positive("--timeout", options.timeout)
    return Limits(options.timeout, model_settings.parse_bytes(options.memory))


def check_positive(flag: str, value: float | None) -> None:
    """Raise ``SettingError`` for a number that is given and not above 0."""
    if value is not None and not value > 0:
        raise SettingError(f"{flag} cannot be {value}; allowed is a number above 0")


def folder_of(name: str) -> str:
    """Where the search for a pyproject.toml starts."""
    path = name.rpartition(":")[0]
    return path if path.endswith(".py") else os.curdir
