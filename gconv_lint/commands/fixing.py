"""``--fix``, ``--diff`` and ``--fix-only``: mends what can be mended, prints what was done, and what is left."""

from __future__ import annotations

from argparse import Namespace
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import unified_diff

from gconv_lint import api
from gconv_lint.commands.arguments import Parser, comma_list, sentence
from gconv_lint.config import Config
from gconv_lint.fixes.documents import decode
from gconv_lint.model.findings import Finding
from gconv_lint.streams import complain, write


def add_fix_flags(flags: Parser) -> None:
    """The flags that say which fixes are applied, and what is printed of them."""
    flags.add_argument("--fix", action="store_true", default=None, help="apply the fixes that are safe")
    flags.add_argument("--unsafe-fixes", action="store_true", default=None, help="count the others in")
    flags.add_argument("--diff", action="store_true", help="print what --fix would change; exit with 1 if it would")
    flags.add_argument("--fix-only", action="store_true", default=None, help="fix, and report nothing that is left")
    flags.add_argument("--show-fixes", action="store_true", default=None, help="list what was fixed")
    flags.add_argument("--exit-non-zero-on-fix", action="store_true", help="exit with 1 also when all was fixed")
    for name, text in _SELECTORS.items():
        flags.add_argument(f"--{name}", type=comma_list, action="extend", metavar="RULES", help=text)


_SELECTORS = {
    "fixable": "rules whose fixes are offered",
    "unfixable": "rules whose fixes are not",
    "extend-safe-fixes": "rules whose fixes count as safe",
    "extend-unsafe-fixes": "rules whose fixes count as unsafe",
}


def wanted(options: Namespace, settings: Config) -> bool:
    """Whether files are to be fixed, or differences to be shown."""
    return options.diff or bool(settings.values.get("fix")) or bool(settings.values.get("fix-only"))


def run(options: Namespace, settings: Config, mended: api.Mended, stdin: tuple[str, bytes] | None) -> int:
    """Write or print what was mended: the exit code as far as that decides it."""
    outcome = mended.outcome
    for finding, reason in outcome.given_up:
        where = f"{finding.place.source}:{finding.place.line}:{finding.place.column}"
        complain(f"warning: {where}: {finding.rule.code} is not fixed: {reason}")
    if options.diff:
        return _show_differences(mended)
    problems = mended.write() if stdin is None else []
    for problem in problems:
        complain(sentence(problem))
    if stdin is not None:
        write(decode(outcome.changed.get(*stdin))[0])
    if settings.values.get("show-fixes") and outcome.fixed:
        for line in _listed(outcome.fixed):
            complain(line)
    if problems:
        return 2
    return 1 if options.exit_non_zero_on_fix and outcome.fixed else 0


def _show_differences(mended: api.Mended) -> int:
    for path, data in sorted(mended.outcome.changed.items()):
        write("".join(_difference(path, mended.original[path], data)))
    number = len(mended.outcome.fixed)
    complain(f"would fix {number} finding{'s' if number != 1 else ''}" if number else "would fix nothing")
    return 1 if number else 0


def _difference(path: str, before: bytes, after: bytes) -> Iterator[str]:
    """A unified diff, with line ends as they are."""
    old, new = (decode(data)[0].splitlines(keepends=True) for data in (before, after))
    for line in unified_diff(old, new, path, path):
        yield line if line.endswith(("\n", "\r")) else f"{line}\n\\ No newline at end of file\n"


def _listed(fixed: Sequence[Finding]) -> Iterator[str]:
    """What was fixed, by file and rule."""
    yield f"fixed {len(fixed)} finding{'s' if len(fixed) != 1 else ''}:"
    files = dict.fromkeys(finding.place.source for finding in fixed)
    for path in files:
        yield f"- {path}:"
        rules = Counter((f.rule.code, f.rule.name) for f in fixed if f.place.source == path)
        for (code, name), number in sorted(rules.items()):
            yield f"    {number} x {code} ({name})"
