"""``gconv-lint probe``: what grouped convolutions of models or source cost on a device, measured or estimated."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Sequence

from gconv_lint import api, probing, rulebook
from gconv_lint.commands import probe_flags
from gconv_lint.commands.arguments import Parser, sentence
from gconv_lint.commands.flags import add_common_flags, add_output_flags, add_rule_flags, flags_of
from gconv_lint.commands.probed import tell_notes
from gconv_lint.commands.progress import Progress
from gconv_lint.commands.targets import add_target_flags, folder_of, limits_of, target_of, with_flags
from gconv_lint.config import Config, Configs, load
from gconv_lint.model.evidence import Probed
from gconv_lint.model.report import Problem
from gconv_lint.model.targets import Target
from gconv_lint.probe.contests import Case
from gconv_lint.reporters import probe as reporter
from gconv_lint.selection import SettingError
from gconv_lint.streams import complain, write, write_file

FORMATS = ("full", "json")


def parser() -> Parser:
    """The flags of ``probe``."""
    flags = Parser(
        prog="gconv-lint probe",
        usage="gconv-lint probe [flags] path/file.py:name | pkg.module:name | path ..."
        "\n       gconv-lint probe --calibrate",
        description="Time flagged grouped convolutions of models or source on a GPU; estimate where there is none.",
        epilog="Exit codes: 0 done, 2 a model that does not run, a path that cannot be read, or misuse.",
    )
    flags.add_argument(
        "targets",
        nargs="*",
        metavar="target",
        help="a model, or a path with source; those of the configuration where none is given",
    )
    probe_flags.add(flags, switch=False)
    probe_flags.add_size(flags)
    flags.add_argument("--all", action="store_true", help="time every grouped convolution, flagged or not")
    flags.add_argument("--json", metavar="FILE", help="write the rows to this file, too, for programs")
    flags.add_argument("--calibrate", action="store_true", help="measure this GPU for the cost model, and end")
    flags.add_argument("-n", "--no-cache", action="store_true", help="measure again what was measured before")
    flags.add_argument("--cache-dir", metavar="FOLDER", help="where measurements are remembered")
    add_target_flags(flags, "model")
    add_rule_flags(flags)
    add_output_flags(flags, FORMATS)
    add_common_flags(flags)
    return flags


def run(words: Sequence[str]) -> int:
    """Print a row for each layer: 0, or 2 when something could not be run or read."""
    options = parser().parse_intermixed_args(list(words))
    if options.calibrate:
        from gconv_lint.commands import calibrate

        return calibrate.run(options)
    if options.json == "":
        raise SettingError("--json needs the name of a file")
    paths = [name for name in options.targets if not _is_model(name)]
    where = [name if name in paths else folder_of(name) for name in options.targets]
    settings = load(where, rulebook.rules(), flags_of(options, FORMATS))
    prober = probe_flags.prober(options, settings)
    work = [*_of_models(_targets(options, settings, paths), options, settings), *_of_paths(paths, options)]
    with Progress() as progress:
        found = [(name, prober.run(cases, unknown, progress)) for name, cases, unknown, _ in work]
    problems = [problem for *_, each in work for problem in each]
    for problem in problems:
        complain(sentence(problem))
    _told(found, bool(paths) and options.size is None)
    _written(found, options, settings)
    return 2 if problems else 0


def _targets(options: Namespace, settings: Config, paths: Sequence[str]) -> list[Target]:
    """The models that are given, or else those of the configuration. Raises ``SettingError`` for nothing at all."""
    named = [target_of(name, options) for name in options.targets if name not in paths]
    targets = named if options.targets else [with_flags(target, options) for target in settings.models]
    if not targets and not paths:
        raise SettingError("nothing is given to probe; allowed are models, such as path/file.py:name, and paths")
    return targets


#: What is to be timed: its name, the layers, how many have no known shape, and what went wrong.
Work = tuple[str, list[Case], int, Sequence[Problem]]


def _is_model(name: str) -> bool:
    """Whether a word has the form of a model, as no path has."""
    place, colon, attribute = name.rpartition(":")
    return bool(colon and place) and all(part.isidentifier() for part in attribute.split("."))


def _of_models(targets: Sequence[Target], options: Namespace, settings: Config) -> Iterator[Work]:
    limits = limits_of(options)
    for found in api.models(targets, settings, limits) if targets else ():
        cases, unknown = probing.of_model(found, every=options.all, batch=options.batch)
        yield found.target, cases, unknown, found.report.problems


def _of_paths(paths: Sequence[str], options: Namespace) -> Iterator[Work]:
    size = probe_flags.size_of(options)
    if not paths:
        return
    settings = Configs(paths, rulebook.rules(), flags_of(options, FORMATS))
    found = api.files_of(paths, settings)
    report = api.check_files(found, settings)
    cases, unknown = probing.of_source(report, every=options.all, batch=options.batch or 1, size=size)
    yield " ".join(paths), cases, unknown, report.problems


def _told(found: Sequence[tuple[str, Probed]], sizeless: bool) -> None:
    tell_notes(probed for _, probed in found)
    if sizeless and any(probed.unknown for _, probed in found):
        complain("warning: source does not tell the sizes of inputs: give --size HxW, or a model in place of a path")


def _written(found: Sequence[tuple[str, Probed]], options: Namespace, settings: Config) -> None:
    if options.json is not None:
        write_file(options.json, reporter.render_json(found))
    if settings.output_format == "json":
        write(reporter.render_json(found))
    else:
        write("\n".join(reporter.text(*each) for each in found))
