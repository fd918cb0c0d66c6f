"""Prints findings for people: a line each, with the source under a caret where it is asked for."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from functools import partial

from gconv_lint.model.findings import Finding, Severity
from gconv_lint.model.fixes import Applicability
from gconv_lint.model.places import Place, Related
from gconv_lint.model.report import Report
from gconv_lint.reporters.excerpt import excerpt, printable, split_lines

COLOURS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.INFO: "36"}
BOLD, FAINT = "1", "2"


def render(report: Report, *, quote: bool = True, colour: bool = False, quiet: bool = False) -> str:
    """Findings, then the summary line unless ``quiet``; ``quote`` adds source lines, help and related places."""
    ending = [] if quiet else [line for line in (summary(report), fixable(report)) if line]
    return "".join(f"{part}\n" for part in (*blocks(report, quote=quote, colour=colour), *ending))


def blocks(report: Report, *, quote: bool, colour: bool) -> list[str]:
    """A text for each finding; with source lines it ends in an empty line."""
    lines = {path: split_lines(text) for path, text in _quoted(report).items()} if quote else {}
    found = ["\n".join(_block(finding, lines, quote, colour, report.unsafe_fixes)) for finding in report.findings]
    return [f"{block}\n" for block in found] if quote else found


def aligned(rows: Sequence[Sequence[str]], left: Container[int]) -> Iterator[str]:
    """The rows of a table, the heads among them; the columns ``left`` are flush left, all others right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = enumerate(zip(row, widths, strict=True))
        yield "  ".join(word.ljust(width) if i in left else word.rjust(width) for i, (word, width) in cells).rstrip()


def summary(report: Report) -> str:
    """``Found 3 findings (2 errors, 1 warning) in 5 files.``"""
    problems = f"; {count(len(report.problems), 'problem')} on standard error" if report.problems else ""
    where = f"in {count(report.counts.files, 'file')}{problems}"
    mended = f"Fixed {count(len(report.fixed), 'finding')}. " if report.fixed else ""
    if not report.findings:
        return f"{mended}No findings {where}."
    severities = [finding.severity for finding in report.findings]
    parts = [_of_severity(severities.count(severity), severity) for severity in Severity if severity in severities]
    return f"{mended}Found {count(len(severities), 'finding')} ({', '.join(parts)}) {where}."


def _is_ready(finding: Finding, unsafe: bool) -> bool:
    """Whether ``--fix`` would mend the finding under the settings of the run."""
    return finding.fix is not None and finding.fix.applies(unsafe=unsafe)


def fixable(report: Report) -> str:
    """How many findings ``--fix`` would mend, and how many more ``--unsafe-fixes``; empty where it is none."""
    ready = sum(_is_ready(finding, report.unsafe_fixes) for finding in report.findings)
    hidden = sum(_is_ready(finding, True) for finding in report.findings) - ready
    parts = [f"{ready} with `--fix`"] if ready else []
    parts += [f"{hidden} {'more ' if ready else ''}with `--fix --unsafe-fixes`"] if hidden else []
    return f"[*] fixable: {', '.join(parts)}." if parts else ""


def _of_severity(number: int, severity: Severity) -> str:
    return f"{number} info" if severity is Severity.INFO else count(number, severity.value)


def count(number: int, word: str) -> str:
    """``1 file``, ``2 files``."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _quoted(report: Report) -> Mapping[str, str]:
    """The sources that the findings point into."""
    places = [f.place for f in report.findings] + [r.place for f in report.findings for r in f.related]
    wanted = {place.source for place in places}
    return {path: report.sources[path] for path in wanted if path in report.sources}


#: What is said of a fix behind its message.
_GRADES = {Applicability.SAFE: "", Applicability.UNSAFE: " (unsafe)", Applicability.DISPLAY: " (by hand)"}


def _block(
    finding: Finding, lines: Mapping[str, Sequence[str]], quote: bool, colour: bool, unsafe: bool
) -> Iterator[str]:
    style = partial(paint, on=colour)
    code = style(finding.rule.code, COLOURS[finding.severity]) + (" [*]" if _is_ready(finding, unsafe) else "")
    yield f"{style(_position(finding.place), BOLD)}: {code} {finding.rule.name}: {printable(finding.message)}"
    if not quote:
        return
    yield from (style(line, FAINT) for line in excerpt(lines.get(finding.place.source, ()), finding.place))
    if finding.help:
        yield f"{style('help:', BOLD)} {printable(finding.help)}"
    if finding.fix is not None:
        yield f"{style('fix:', BOLD)} {printable(finding.fix.message)}{_GRADES[finding.fix.applicability]}"
    if finding.evidence is not None:
        from gconv_lint.reporters.probe import sentence

        yield f"{style('probe:', BOLD)} {sentence(finding.evidence)}"
    for related in finding.related:
        yield from _note(related, lines, style)


def _note(related: Related, lines: Mapping[str, Sequence[str]], style: partial[str]) -> Iterator[str]:
    yield f"{style('note:', BOLD)} {_position(related.place)}: {printable(related.message)}"
    first_line = lines.get(related.place.source, ())
    yield from (style(line, FAINT) for line in excerpt(first_line, related.place, caret=False, most=1))


def _position(place: Place) -> str:
    return f"{printable(place.source)}:{place.line}:{place.column}"


def paint(text: str, style: str, *, on: bool) -> str:
    """The text in a terminal's ``style``, where that is ``on``."""
    return f"\x1b[{style}m{text}\x1b[0m" if on else text
