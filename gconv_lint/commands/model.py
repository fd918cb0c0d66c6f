"""``gconv-lint model``: build and run real models, print what is wrong with them and what their layers cost."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Iterator, Sequence

from gconv_lint import api, model_settings, rulebook
from gconv_lint.commands import probe_flags
from gconv_lint.commands.arguments import Parser, colour, integer, sentence
from gconv_lint.commands.flags import add_common_flags, add_report_flags, add_rule_flags, flags_of, printed
from gconv_lint.commands.targets import add_target_flags, check_positive, folder_of, limits_of, target_of, with_flags
from gconv_lint.config import load
from gconv_lint.model.summary import Summary
from gconv_lint.model.targets import Target
from gconv_lint.reporters import model_table
from gconv_lint.selection import SettingError
from gconv_lint.streams import complain
from gconv_lint.words import nearest


def parser() -> Parser:
    """The flags of ``model``."""
    flags = Parser(
        prog="gconv-lint model",
        usage="gconv-lint model [flags] path/file.py:name | pkg.module:name ...",
        description="Build models, run each once without weights, and report mistakes and what the layers cost.",
        epilog="Exit codes: 0 nothing found, 1 findings or an exceeded budget, 2 a model that does not run, or misuse.",
    )
    flags.add_argument("targets", nargs="*", metavar="target", help="a module class, or what returns a module")
    add_target_flags(flags, "model")
    probe_flags.add(flags, switch=True)
    flags.add_argument("--engine", default="fx", metavar="NAME", help=f"one of {', '.join(api.ENGINES)}")
    flags.add_argument(
        "--search-path", action="append", metavar="DIR", help="a folder that --engine source looks for imports in"
    )
    flags.add_argument("--max-params", metavar="N", help="the most parameters that a model may have, such as 25M")
    flags.add_argument("--max-macs", metavar="N", help="the most multiply-accumulates of a forward pass")
    flags.add_argument("--sort", metavar="COLUMN", help=f"sort layers by one of {', '.join(model_table.COLUMNS)}")
    flags.add_argument(
        "--depth", type=integer, metavar="N", help="put layers together by the first N parts of their names"
    )
    add_rule_flags(flags)
    add_report_flags(flags, "the report")
    add_common_flags(flags)
    return flags


def run(words: Sequence[str]) -> int:
    """Report each model: 0 clean, 1 findings or an exceeded budget, 2 when one could not be built or run."""
    options = parser().parse_intermixed_args(list(words))
    _check(options)
    limits = limits_of(options)
    named = [_overridden(target_of(name, options), options) for name in options.targets]
    settings = load([folder_of(name) for name in options.targets], rulebook.rules(), flags_of(options))
    targets = named or [_overridden(with_flags(target, options), options) for target in settings.models]
    if not targets:
        raise SettingError(f"no model is given, and no [[tool.gconv-lint.models]] lists any; a model is {_NAMES}")
    summaries = api.models(targets, settings, limits, options.engine, options.search_path or ())
    if options.probe:
        from gconv_lint.commands import probed

        summaries = probed.models(summaries, options, settings)
    found = [model_table.arranged(summary, options.sort, options.depth) for summary in summaries]
    text = model_table.render(found, settings.output_format, colour=colour(options))
    printed(text, options)
    for text in _complaints(found):
        complain(text)
    return _code(found, options)


_NAMES = model_settings.NAMES


def _check(options: Namespace) -> None:
    if options.engine not in api.ENGINES:
        close = nearest(options.engine, api.ENGINES)
        raise SettingError(f"--engine cannot be `{options.engine}`{close}; allowed is {', '.join(api.ENGINES)}")
    options.sort = options.sort.replace("-", "_") if options.sort else None
    if options.sort not in (None, *model_table.COLUMNS):
        close = nearest(options.sort, model_table.COLUMNS)
        raise SettingError(f"--sort cannot be `{options.sort}`{close}; allowed is {', '.join(model_table.COLUMNS)}")
    check_positive("--depth", options.depth)
    for folder in options.search_path or ():
        if not os.path.isdir(folder):
            raise SettingError(f"--search-path cannot be `{folder}`; allowed is a folder that exists")


def _overridden(target: Target, options: Namespace) -> Target:
    """The target with the budgets of the command line in place of its own."""
    params, macs = (
        model_settings.parse_count(text) if text is not None else None
        for text in (options.max_params, options.max_macs)
    )
    return target._replace(max_params=params or target.max_params, max_macs=macs or target.max_macs)


def _complaints(found: Sequence[Summary]) -> Iterator[str]:
    for summary in found:
        yield from (f"{summary.target}: {sentence(problem)}" for problem in summary.report.problems)
        yield from summary.exceeded


def _code(found: Sequence[Summary], options: Namespace) -> int:
    if any(summary.report.problems for summary in found):
        return 2
    wrong = any(summary.report.findings or summary.exceeded for summary in found)
    return 1 if wrong and not options.exit_zero else 0
