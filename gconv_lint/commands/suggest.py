"""``gconv-lint suggest``: alternatives for the flagged layers of a model, each judged by running the model with it."""

from __future__ import annotations

import json
from collections.abc import Sequence

from gconv_lint import model_settings, rulebook
from gconv_lint.commands.arguments import Parser, sentence
from gconv_lint.commands.flags import add_common_flags, add_output_flags, add_rule_flags, flags_of
from gconv_lint.commands.model import folder_of
from gconv_lint.config import load
from gconv_lint.model.targets import Limits, Target
from gconv_lint.reporters import suggestions
from gconv_lint.selection import SettingError
from gconv_lint.streams import complain, write
from gconv_lint.suggest import suggest
from gconv_lint.words import nearest

BUDGETS = ("params", "macs")
FORMATS = ("full", "json")


def parser() -> Parser:
    """The flags of ``suggest``."""
    flags = Parser(
        prog="gconv-lint suggest",
        usage="gconv-lint suggest [flags] path/file.py:name | pkg.module:name",
        description="Run a model once for each alternative to its flagged layers, and rank them by what they cost.",
        epilog="Exit codes: 0 done, 2 a model that does not run, or misuse.",
    )
    flags.add_argument("target", help="a module class, or what returns a module")
    flags.add_argument("--input", action="append", metavar="SIZES", help="a tensor to run on: 1x3x224x224[:dtype]")
    flags.add_argument("--arg", action="append", metavar="NAME=VALUE", help="an argument of the target")
    flags.add_argument("--budget", action="append", metavar="NAME=N", help="the most params or macs: macs=600M")
    flags.add_argument("--timeout", type=float, default=120.0, metavar="SECONDS", help="for each run; 120 by default")
    flags.add_argument("--memory", default="8G", metavar="SIZE", help="for each run, on top of torch; 8G by default")
    add_rule_flags(flags)
    add_output_flags(flags, FORMATS)
    add_common_flags(flags)
    return flags


def run(words: Sequence[str]) -> int:
    """Print the alternatives for each finding: 0, or 2 when the model could not be built or run."""
    options = parser().parse_intermixed_args(list(words))
    inputs = tuple(model_settings.parse_input(text) for text in options.input or ())
    arguments = dict(model_settings.parse_argument(text) for text in options.arg or ())
    target = Target(model_settings.parse_name(options.target), inputs, arguments)
    settings = load([folder_of(options.target)], rulebook.rules(), flags_of(options, FORMATS))
    limits = Limits(options.timeout, model_settings.parse_bytes(options.memory))
    base, advice = suggest(target, settings, limits, dict(map(_budget, options.budget or ())))
    for problem in base.report.problems:
        complain(sentence(problem))
    if settings.output_format == "json":
        write(json.dumps(suggestions.data(base, advice), indent=2) + "\n")
    else:
        write(suggestions.text(base, advice))
    return 2 if base.report.problems else 0


def _budget(text: str) -> tuple[str, int]:
    """``macs=600M`` as a name and a number. Raises ``SettingError``."""
    name, equals, value = text.partition("=")
    if not equals or name not in BUDGETS:
        close = nearest(name, BUDGETS)
        raise SettingError(f"--budget cannot be `{text}`{close}; allowed is params=N or macs=N, such as macs=600M")
    return name, model_settings.parse_count(value)
