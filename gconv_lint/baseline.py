"""A file of known findings: those are silenced, those of it that are gone are told."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from gconv_lint.model.findings import Finding
from gconv_lint.model.report import Report, Silenced
from gconv_lint.selection import SettingError

VERSION = 1


class Entry(NamedTuple):
    """One known finding: its file relative to the baseline's folder, its rule, its fingerprint, what it said."""

    path: str
    code: str
    fingerprint: str
    message: str


def read(where: str) -> list[Entry]:
    """The entries of a baseline. Raises ``SettingError`` when the file cannot be used."""
    import json

    try:
        with open(where, encoding="utf-8") as stream:
            data = json.load(stream)
    except OSError as error:
        raise SettingError(f"{where}: cannot be read: {error.strerror}; --write-baseline makes it") from None
    except (ValueError, RecursionError) as error:
        raise SettingError(f"{where}: is no baseline: {error}") from None
    return _checked(where, data)


def _checked(where: str, data: Any) -> list[Entry]:
    if not isinstance(data, dict) or data.get("version") != VERSION or not isinstance(data.get("findings"), list):
        allowed = f"an object with `version` {VERSION} and an array of `findings`"
        raise SettingError(f"{where}: is no baseline of this version of gconv-lint; it has to be {allowed}")
    for number, item in enumerate(data["findings"], 1):
        if not isinstance(item, dict) or not all(isinstance(item.get(field), str) for field in Entry._fields):
            raise SettingError(
                f"{where}: finding {number} has to be an object with the texts {', '.join(Entry._fields)}"
            )
    return [Entry(*(item[field] for field in Entry._fields)) for item in data["findings"]]


def text_of(findings: Sequence[Finding], where: str) -> str:
    """The baseline that holds ``findings``, to be written to ``where``; sorted, an entry a line, for small diffs."""
    import json

    entries = sorted(_entry(finding, where) for finding in findings)
    lines = ",\n".join(f"    {json.dumps(entry._asdict(), ensure_ascii=False)}" for entry in entries)
    inside = f"\n{lines}\n  " if lines else ""
    return f'{{\n  "version": {VERSION},\n  "findings": [{inside}]\n}}\n'


def _entry(finding: Finding, where: str) -> Entry:
    return Entry(_relative(finding.place.path, where), finding.rule.code, finding.fingerprint, finding.message)


def _relative(path: str, where: str) -> str:
    return os.path.relpath(path, os.path.dirname(os.path.abspath(where))).replace(os.sep, "/")


class Matched(NamedTuple):
    """The findings that are new, those that are known, and the entries that nothing was found for."""

    new: list[Finding]
    known: list[Finding]
    left: list[Entry]


def apply(report: Report, entries: Sequence[Entry], where: str) -> tuple[Report, list[Entry]]:
    """The report without what the entries know, and the entries that no finding has.

    An entry silences one finding: that of its own file, or else one with its fingerprint in another file, where its
    own file is gone: it may have got another name.
    """
    here = _matched(report.findings, entries, lambda entry: (entry.path, entry.fingerprint), where)
    gone = [entry for entry in here.left if not os.path.exists(_path(entry, where))]
    moved = _matched(here.new, gone, lambda entry: entry.fingerprint, where)
    known = {id(finding) for finding in (*here.known, *moved.known)}
    silenced = (Silenced(f, "baseline", f"known in {where}") for f in report.findings if id(f) in known)
    kept = tuple(finding for finding in report.findings if id(finding) not in known)
    stale = [*moved.left, *(entry for entry in here.left if os.path.exists(_path(entry, where)))]
    return report._replace(findings=kept, silenced=(*report.silenced, *silenced)), stale


def _matched(findings: Sequence[Finding], entries: Sequence[Entry], key: Callable[[Entry], Any], where: str) -> Matched:
    """Each entry with one finding that has the same key."""
    waiting: dict[Any, list[Entry]] = {}
    for entry in entries:
        waiting.setdefault(key(entry), []).append(entry)
    new: list[Finding] = []
    known: list[Finding] = []
    for finding in findings:
        group = waiting.get(key(_entry(finding, where)))
        (known if group else new).append(finding)
        if group:
            group.pop()
    return Matched(new, known, [entry for group in waiting.values() for entry in group])


def _path(entry: Entry, where: str) -> str:
    return os.path.join(os.path.dirname(os.path.abspath(where)), entry.path)


def seen(entries: Sequence[Entry], where: str, active: Mapping[str, frozenset[str]]) -> Iterator[Entry]:
    """The entries that this run could have found again: ``active`` has the rules by each file that was read."""
    by_path = {_relative(path, where): codes for path, codes in active.items()}
    for entry in entries:
        if not os.path.exists(_path(entry, where)) or entry.code in by_path.get(entry.path, ()):
            yield entry
