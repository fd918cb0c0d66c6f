"""``--add-noqa``: writes a comment behind each finding, without changing what the program means."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from gconv_lint.fixes.writing import write_all
from gconv_lint.frontends.source.notebooks import ENDING as NOTEBOOK
from gconv_lint.model.findings import Finding
from gconv_lint.model.report import Problem, Report

_LIST = re.compile(r"#\s*noqa\s*:\s*[A-Za-z]+[0-9]+(?:[\s,]+[A-Za-z]+[0-9]+(?![\w-]))*", re.IGNORECASE)
#: A line as Python counts them, with its end.
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$")


def run(report: Report, reason: str = "") -> tuple[int, list[Problem]]:
    """Write the comments: how many findings have one now, and a sentence for each that cannot have one."""
    by_path: dict[str, list[Finding]] = {}
    for finding in report.findings:
        by_path.setdefault(finding.place.path, []).append(finding)
    added, problems = 0, []
    for path, findings in by_path.items():
        left, unwritten = _file(path, findings, reason)
        if unwritten:
            problems += unwritten
            continue
        added += len(findings) - len(left)
        problems += [Problem(f.place.source, f"{f.rule.code} can have no comment here", f.place.line) for f in left]
    return added, problems


def _file(path: str, findings: Sequence[Finding], reason: str) -> tuple[Sequence[Finding], list[Problem]]:
    """Write one file: the findings that found no line for their comment, and why it could not be written."""
    if path.endswith(NOTEBOOK):
        return findings, []
    try:
        return _written(path, findings, reason)
    except OSError as error:
        why = f"cannot be read: {error.strerror}"
    except UnicodeEncodeError as error:
        why = f"the reason cannot be written in its encoding, {error.encoding}"
    return findings, [Problem(path, why)]


def _written(path: str, findings: Sequence[Finding], reason: str) -> tuple[Sequence[Finding], list[Problem]]:
    with open(path, "rb") as stream:
        data = stream.read()
    encoding = _encoding(data)
    lines = _LINE.findall(data.decode(encoding))
    left = []
    for finding in findings:
        better = next(_commented(lines, finding, reason), None)
        if better is None:
            left.append(finding)
        else:
            lines = better
    changed = "".join(lines).encode(encoding)
    return left, write_all({path: changed}, {path: data}) if changed != data else []


def _encoding(data: bytes) -> str:
    import io
    import tokenize

    return tokenize.detect_encoding(io.BytesIO(data).readline)[0]


def _commented(lines: list[str], finding: Finding, reason: str) -> Iterator[list[str]]:
    """The lines with the comment on the last line of the finding that can have one, and the same program."""
    place = finding.place
    before = _meaning(lines)
    for number in range(place.end_line, place.line - 1, -1):
        line = lines[number - 1]
        body = line.rstrip("\r\n")
        commented = _with_code(body, finding.rule.code, reason) + line[len(body) :]
        changed = [*lines[: number - 1], commented, *lines[number:]]
        if _meaning(changed) == before and _is_comment(changed, number):
            yield changed


def _with_code(line: str, code: str, reason: str) -> str:
    lists = list(_LIST.finditer(line))
    if lists:
        return f"{line[: lists[-1].end()]}, {code}{line[lists[-1].end() :]}"
    return f"{line.rstrip()}  # noqa: {code}{f' {reason}' if reason else ''}"


def _meaning(lines: Sequence[str]) -> str:
    try:
        return ast.dump(ast.parse("".join(lines)))
    except (SyntaxError, ValueError, RecursionError):
        return ""


def _is_comment(lines: Sequence[str], number: int) -> bool:
    """Whether what was added is a comment for Python, and not part of a text."""
    import tokenize

    feed = iter(lines)
    try:
        tokens = list(tokenize.generate_tokens(lambda: next(feed, "")))
    except (tokenize.TokenError, SyntaxError):
        return False
    return any(t.type == tokenize.COMMENT and t.start[0] == number and "noqa" in t.string.lower() for t in tokens)
