"""``gconv-lint check``: lint paths and print the report."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Mapping, Sequence
from functools import partial

from gconv_lint import __version__, api, rulebook
from gconv_lint.cache import Cache
from gconv_lint.commands import fix_flags, probe_flags, silence
from gconv_lint.commands.arguments import Parser, colour, sentence
from gconv_lint.commands.flags import (
    add_common_flags,
    add_file_flags,
    add_file_rule_flags,
    add_report_flags,
    add_root_flags,
    add_rule_flags,
    add_silence_flags,
    add_speed_flags,
    cache_folder,
    flags_of,
    printed,
)
from gconv_lint.commands.progress import Progress
from gconv_lint.config import Config, Configs
from gconv_lint.model.report import Report
from gconv_lint.reporters import render
from gconv_lint.selection import SettingError
from gconv_lint.streams import complain, read, write

STDIN = "-"


def parser() -> Parser:
    """The flags of ``check``; documented by docs/configuration.md, which is checked against them."""
    flags = Parser(
        prog="gconv-lint",
        usage="gconv-lint [check] [flags] path ...\n       gconv-lint model [flags] target ..."
        "\n       gconv-lint suggest [flags] target\n       gconv-lint probe [flags] target | path ..."
        "\n       gconv-lint rule CODE | NAME | --all"
        "\n       gconv-lint clean | devices | lsp | completion SHELL",
        description="Find mistakes with grouped convolutions in PyTorch source, without running it.",
        epilog="Exit codes: 0 nothing found, 1 findings, 2 a usage, configuration or internal error.",
    )
    flags.add_argument("paths", nargs="*", metavar="path", help="files, folders or globs; `-` reads standard input")
    add_rule_flags(flags)
    add_file_rule_flags(flags)
    fix_flags.add(flags)
    probe_flags.add(flags, switch=True)
    probe_flags.add_size(flags)
    add_file_flags(flags)
    add_root_flags(flags)
    add_silence_flags(flags)
    add_report_flags(flags, "the report, or the differences,")
    add_speed_flags(flags)
    flags.add_argument("-q", "--quiet", action="store_true", help="print findings, and neither summary nor warnings")
    flags.add_argument("--statistics", action="store_true", default=None, help="print counts per rule instead")
    flags.add_argument("--show-files", action="store_true", help="print the files that would be read, and end")
    flags.add_argument("--show-settings", action="store_true", help="print the settings of the first file, and end")
    add_common_flags(flags)
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
    if options.roots_budget is not None:
        from gconv_lint.commands.targets import check_positive

        check_positive("--roots-budget", options.roots_budget)
    settings = Configs([stdin[0]] if stdin else paths, rulebook.rules(), flags_of(options))
    found = api.files_of(paths, settings, stdin)
    if options.show_files or options.show_settings:
        return _show(options, settings, found)
    for warning in () if options.quiet else settings.main.warnings:
        complain(f"warning: {warning}")
    silent, cache = not options.ignore_noqa, _cache(options, settings.main)
    with Progress(wanted=not options.quiet) as progress:
        lint = partial(
            api.check_files, settings=settings, silence=silent, cache=cache, jobs=options.jobs, watch=progress
        )
        rooted = partial(
            api.with_roots,
            found=found,
            settings=settings,
            silence=silent,
            cache=cache,
            jobs=options.jobs,
            watch=progress,
        )
        if fix_flags.wanted(options, settings.main):
            from gconv_lint.commands import fixing

            mended = fixing.mended(lint, settings, found)
            report = mended.report
        else:
            mended, report = None, lint(found)
            report = rooted(report) if settings.main.roots else report
    for problem in report.problems:
        complain(sentence(problem))
    if not report.counts.files and not report.problems and not options.quiet:
        complain("warning: there is no Python file to check in the given paths")
    if options.write_baseline is not None or options.add_noqa is not None:
        return silence.write(report, options.write_baseline, options.add_noqa)
    code, fixed = (0, ()) if mended is None else fixing.run(options, settings.main, mended, stdin)
    if mended is not None and (options.diff or stdin is not None or settings.main.values.get("fix-only")):
        return 2 if report.problems else code
    if mended is not None and len(fixed) < len(report.fixed):  # some files could not be written: they are as they were
        report = lint(found)._replace(fixed=fixed)
    if mended is not None and settings.main.roots:
        report = rooted(report)
    if report.counts.roots.get("unreached"):
        complain(_unreached(report.counts.roots, settings.main.roots_budget))
    if options.probe:
        from gconv_lint.commands import probed

        report = probed.source(report, options, settings)
    if settings.main.baseline:
        report = silence.without_known(report, settings, found)
    _print(report, settings.main, options)
    if report.problems:
        return 2
    return max(code, 1 if report.findings and not options.exit_zero else 0)


def _unreached(roots: Mapping[str, int], budget: float) -> str:
    many = f"{roots['unreached']} of {sum(roots.values())} whole models were not looked at"
    return f"warning: {many} within the {budget:g} CPU-seconds of --roots-budget"


def _cache(options: Namespace, settings: Config) -> Cache | None:
    if options.jobs < 1:
        raise SettingError(f"--jobs cannot be {options.jobs}; allowed is a number above 0")
    wanted = not options.no_cache and not os.environ.get("GCONV_LINT_NO_CACHE")
    return Cache(cache_folder(settings)) if wanted else None


def _show(options: Namespace, settings: Configs, found: api.Found) -> int:
    """Print files or settings: 0, or 2 when a path cannot be read."""
    from gconv_lint.commands import show

    names, stdin, unreadable = found
    names = [stdin[0]] if stdin else names
    if options.show_files:
        write(show.file_list(names))
    else:
        name = names[0] if names else os.path.join(os.getcwd(), "")
        write(show.settings_of(name, settings.of(name)))
    for problem in unreadable:
        complain(sentence(problem))
    return 2 if unreadable else 0


def _parsed(words: list[str]) -> Namespace:
    """The flags and paths among ``words``; what comes after ``--`` is a path, which argparse gets wrong here."""
    end = words.index("--") if "--" in words else len(words)
    # A reason is given with `=`: what comes next is a path.
    flags = ["--add-noqa=" if word == "--add-noqa" else word for word in words[:end]]
    options = parser().parse_intermixed_args(flags)
    options.paths = [*options.paths, *words[end + 1 :]]
    return options


def _inputs(options: Namespace) -> tuple[list[str], tuple[str, bytes] | None]:
    """The paths to lint, or the name and the bytes of standard input."""
    names: list[str] = options.paths or ([STDIN] if options.stdin_filename else ["."])
    if "" in names:
        raise SettingError("a path cannot be empty")
    if STDIN in names:
        if options.add_noqa is not None:
            raise SettingError("--add-noqa writes files: it cannot be used with standard input")
        if set(names) != {STDIN}:
            raise SettingError("standard input (`-`) cannot be linted together with other paths")
        return [], (options.stdin_filename or "<stdin>", read())
    if options.stdin_filename:
        raise SettingError("--stdin-filename names standard input: give `-` as the only path")
    return names, None


def _print(report: Report, settings: Config, options: Namespace) -> None:
    """Print the report, or write it to a file, where it has no colour."""
    if settings.statistics:
        from gconv_lint.reporters import statistics

        text = statistics.render(
            report, [rule.info for rule in settings.rules or rulebook.rules()], settings.output_format
        )
    else:
        text = render(report, settings.output_format, colour=colour(options), quiet=options.quiet)
    printed(text, options)
