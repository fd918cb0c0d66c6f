"""``--fix``, ``--diff`` and ``--fix-only``: mends what can be mended, prints what was done, and what is left."""

from __future__ import annotations

import os
import re
from argparse import Namespace
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import diff_bytes, unified_diff

from gconv_lint import baseline
from gconv_lint.api import Found
from gconv_lint.commands.arguments import sentence
from gconv_lint.config import Config, Configs
from gconv_lint.mend import Mended, mend
from gconv_lint.model.findings import Finding
from gconv_lint.model.report import Report
from gconv_lint.reporters.text import count
from gconv_lint.streams import complain, write_bytes, write_file


def mended(lint: Callable[..., Report], settings: Configs, found: Found) -> Mended:
    """What ``lint`` says of the files found after the fixes of all that the baseline does not know."""
    names, stdin, unreadable = found

    def check(texts: Mapping[str, bytes]) -> Report:
        text = (stdin[0], texts[stdin[0]]) if stdin is not None else None
        return lint((names, text, unreadable), unsaved=texts)

    where = settings.main.baseline
    entries = baseline.read(where) if where else []

    def unknown(report: Report) -> Report:
        return baseline.apply(report, entries, where)[0] if entries else report

    return mend(check, settings, dict([stdin] if stdin is not None else []), unknown)


def run(
    options: Namespace, settings: Config, mended: Mended, stdin: tuple[str, bytes] | None
) -> tuple[int, tuple[Finding, ...]]:
    """Write or print what was mended: the exit code as far as that decides it, and what is fixed."""
    outcome = mended.outcome
    for finding, reason in outcome.given_up:
        where = f"{finding.place.source}:{finding.place.line}:{finding.place.column}"
        complain(f"warning: {where}: {finding.rule.code} is not fixed: {reason}")
    if options.diff:
        return _show_differences(mended, options.output_file), outcome.fixed
    problems = mended.write() if stdin is None else []
    for problem in problems:
        complain(sentence(problem))
    if stdin is not None:
        write_bytes(outcome.changed.get(*stdin))
    fixed = mended.written(problems)
    if settings.values.get("show-fixes") and fixed:
        for line in _listed(fixed):
            complain(line)
    if problems:
        return 2, fixed
    return 1 if options.exit_non_zero_on_fix and fixed else 0, fixed


def _show_differences(mended: Mended, file: str | None) -> int:
    """Print the differences, or write them to a file."""
    changed = sorted(mended.outcome.changed.items())
    patch = b"".join(_difference(path, mended.original[path], data) for path, data in changed)
    if file:
        write_file(file, patch)
    else:
        write_bytes(patch)
    number = len(mended.outcome.fixed)
    complain(f"would fix {count(number, 'finding')}" if number else "would fix nothing")
    return 1 if number else 0


def _difference(path: str, before: bytes, after: bytes) -> bytes:
    """A unified diff in bytes: lines end where `patch` and git see their end."""
    old, new = (re.findall(rb"[^\n]*\n|[^\n]+", data) for data in (before, after))
    name = os.fsencode(path) + (b"\t" if " " in path else b"")  # as git does, or the name ends there
    lines = diff_bytes(unified_diff, old, new, name, name)
    return b"".join(line if line.endswith(b"\n") else line + b"\n\\ No newline at end of file\n" for line in lines)


def _listed(fixed: Sequence[Finding]) -> Iterator[str]:
    """What was fixed, by file and rule."""
    yield f"fixed {count(len(fixed), 'finding')}:"
    files = dict.fromkeys(finding.place.source for finding in fixed)
    for path in files:
        yield f"- {path}:"
        rules = Counter((f.rule.code, f.rule.name) for f in fixed if f.place.source == path)
        for (code, name), number in sorted(rules.items()):
            yield f"    {number} x {code} ({name})"
