"""What ``check`` does about known findings: it leaves them out, or writes them down as known."""

from __future__ import annotations

from gconv_lint import baseline
from gconv_lint.model.report import Problem, Report
from gconv_lint.reporters.text import count
from gconv_lint.request import Settings
from gconv_lint.streams import complain, write_file
from gconv_lint.streams import write as write_out

#: How many entries that are gone are told one by one.
MOST = 10


def without_known(
    report: Report, settings: Settings, found: tuple[list[str], tuple[str, bytes] | None, list[Problem]]
) -> Report:
    """The report without what the baseline of the settings knows; entries that nothing was found for are told.

    Raises ``SettingError`` when the baseline cannot be used.
    """
    where = settings.main.baseline
    names, stdin, _ = found
    names = [stdin[0]] if stdin is not None else names
    left, stale = baseline.apply(report, baseline.read(where), where)
    _tell(list(baseline.seen(stale, where, {name: settings.of(name).active_in(name) for name in names})), where)
    known = len(report.findings) - len(left.findings)
    return left._replace(counts=left.counts._replace(known=known))


def _tell(stale: list[baseline.Entry], where: str) -> None:
    if not stale:
        return
    head = f"{where}: {count(len(stale), 'finding')} in it {'is' if len(stale) == 1 else 'are'} fixed"
    complain(f"warning: {head}: `--write-baseline {where}` takes them out")
    for entry in stale[:MOST]:
        complain(f"fixed: {entry.path}: {entry.code} {entry.message}")
    if len(stale) > MOST:
        complain(f"fixed: and {len(stale) - MOST} more")


def write(report: Report, file: str | None, reason: str | None) -> int:
    """Write a baseline or comments: 0, or 2 when something could not be read or written."""
    problems = list(report.problems)
    if file is not None:
        write_file(file, baseline.text_of(report.findings, file))
        write_out(f"Wrote {count(len(report.findings), 'finding')} to {file}.\n")
    if reason is not None:
        from gconv_lint.commands import add_noqa
        from gconv_lint.commands.arguments import sentence

        added, refused = add_noqa.run(report, reason)
        write_out(f"Added a comment for {count(added, 'finding')}.\n")
        for problem in refused:
            complain(sentence(problem))
        problems += refused
    return 2 if problems else 0
