"""``gconv-lint suggest``: alternatives for the flagged layers of a model, each judged by running the model with it."""

from __future__ import annotations

import json
from collections.abc import Sequence

from gconv_lint import model_settings, rulebook
from gconv_lint.commands.arguments import Parser, sentence
from gconv_lint.commands.flags import add_common_flags, add_output_flags, add_rule_flags, flags_of
from gconv_lint.commands.targets import add_target_flags, folder_of, limits_of, target_of
from gconv_lint.config import load
from gconv_lint.probe.gpu import AUTO, device_of
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
    add_target_flags(flags, "run")
    flags.add_argument("--budget", action="append", metavar="NAME=N", help="the most params or macs: macs=600M")
    flags.add_argument("--device", metavar="NAME", help="what times are estimated for: one of `gconv-lint devices`")
    add_rule_flags(flags)
    add_output_flags(flags, FORMATS)
    add_common_flags(flags)
    return flags


def run(words: Sequence[str]) -> int:
    """Print the alternatives for each finding: 0, or 2 when the model could not be built or run."""
    options = parser().parse_intermixed_args(list(words))
    target, limits = target_of(options.target, options), limits_of(options)
    settings = load([folder_of(options.target)], rulebook.rules(), flags_of(options, FORMATS))
    device = device_of(settings.values.get("device", AUTO))
    base, advice = suggest(target, settings, limits, dict(map(_budget, options.budget or ())), device)
    for problem in base.report.problems:
        complain(sentence(problem))
    if settings.output_format == "json":
        write(json.dumps(suggestions.data(base, advice, device), indent=2) + "\n")
    else:
        write(suggestions.text(base, advice, device))
    return 2 if base.report.problems or base.stopped else 0


def _budget(text: str) -> tuple[str, int]:
    """``macs=600M`` as a name and a number. Raises ``SettingError``."""
    name, equals, value = text.partition("=")
    if not equals or name not in BUDGETS:
        close = nearest(name, BUDGETS)
        raise SettingError(f"--budget cannot be `{text}`{close}; allowed is params=N or macs=N, such as macs=600M")
    return name, model_settings.parse_count(value)
