"""Files to what they are after their fixes: linted, changed in memory, linted again, until nothing is left to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from gconv_lint.fixes.fixer import Fixer, Outcome
from gconv_lint.fixes.writing import write_all
from gconv_lint.model.findings import Finding
from gconv_lint.model.report import Problem, Report
from gconv_lint.request import Settings


class Mended(NamedTuple):
    """The report on the files as they are after their fixes, and what was done: nothing is written yet."""

    report: Report
    outcome: Outcome
    original: Mapping[str, bytes]

    def write(self) -> list[Problem]:
        """Write the files that changed, each whole or not at all; the problems met."""
        return write_all(self.outcome.changed, self.original)

    def written(self, problems: Sequence[Problem]) -> tuple[Finding, ...]:
        """What was fixed in the files that could be written, given the problems met with others."""
        left = {problem.path for problem in problems}
        return tuple(f for f in self.outcome.fixed if f.fix is None or left.isdisjoint(f.fix.paths))


def mend(
    check: Callable[[Mapping[str, bytes]], Report],
    settings: Settings,
    texts: Mapping[str, bytes],
    unknown: Callable[[Report], Report],
) -> Mended:
    """Apply, in memory, every fix that the settings allow, until ``check`` of the texts offers none.

    ``texts`` are those that stand for files from the start. What ``unknown`` leaves out of a report is not fixed.
    """
    report = Report(())

    def lint(unsaved: Mapping[str, bytes]) -> list[Finding]:
        nonlocal report
        report = check(unsaved)
        wanted = {finding.fingerprint for finding in unknown(report).findings}
        return [
            finding
            if finding.fingerprint in wanted and settings.of(finding.place.path).fixing.applies(finding)
            else finding._replace(fix=None)
            for finding in report.findings
        ]

    fixer = Fixer(lint, texts)
    outcome = fixer.run()
    if outcome.given_up:  # the last report may be that of a text that was taken back
        lint(fixer.texts)
    return Mended(report._replace(fixed=outcome.fixed), outcome, fixer.original)
