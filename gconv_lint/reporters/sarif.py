"""SARIF 2.1.0, the format of code scanning: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from gconv_lint import __version__
from gconv_lint.model.findings import Finding, RuleInfo, Severity
from gconv_lint.model.fixes import Fix
from gconv_lint.model.places import Place, Related
from gconv_lint.model.report import Problem, Report, Silenced
from gconv_lint.reporters.json import evidence_data, plain
from gconv_lint.reporters.rule_page import markdown, plain_help
from gconv_lint.rulebook.load import document_of

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
HOME = "https://github.com/gconv-lint/gconv-lint"
#: The name of our fingerprint; a number that changes with the way it is made.
FINGERPRINT = "gconvLint/v1"
LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_KINDS = {"comment": "inSource", "baseline": "external"}


def render(report: Report) -> str:
    """A log with one run: the rules that found something, the results, and those that something silences."""
    silenced = {id(each.finding): each for each in report.silenced}
    found = [*report.findings, *(each.finding for each in report.silenced)]
    infos = list({finding.rule.code: finding.rule for finding in found}.values())
    infos.sort(key=lambda info: info.code)
    positions = {info.code: index for index, info in enumerate(infos)}
    run = {
        "tool": {"driver": _driver(infos)},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(report)],
        "results": [_result(f, positions[f.rule.code], silenced.get(id(f))) for f in found],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _driver(infos: Sequence[RuleInfo]) -> dict[str, Any]:
    return {
        "name": "gconv-lint",
        "informationUri": HOME,
        "version": __version__,
        "semanticVersion": __version__,
        "rules": [_rule(info) for info in infos],
    }


def _rule(info: RuleInfo) -> dict[str, Any]:
    document = document_of(info)
    return {
        "id": info.code,
        "name": "".join(part.capitalize() for part in info.name.split("-")),
        "shortDescription": {"text": f"{info.summary}."},
        "fullDescription": {"text": document.why},
        "help": {"text": plain_help(document), "markdown": markdown(document)},
        **({"helpUri": info.url} if info.url else {}),
        "defaultConfiguration": {"enabled": info.default, "level": LEVELS[info.severity]},
        "properties": {"tags": [info.category], "name": info.name},
    }


def _invocation(report: Report) -> dict[str, Any]:
    notes = [_notification(problem) for problem in report.problems]
    return {"executionSuccessful": not notes, "toolExecutionNotifications": notes}


def _notification(problem: Problem) -> dict[str, Any]:
    note: dict[str, Any] = {"level": "error", "message": {"text": problem.message}}
    if problem.path:
        physical: dict[str, Any] = {"artifactLocation": _artifact(problem.path)}
        if problem.line:
            column = {"startColumn": problem.column} if problem.column else {}
            physical["region"] = {"startLine": problem.line, **column}
        note["locations"] = [{"physicalLocation": physical}]
    return note


def _result(finding: Finding, index: int, silenced: Silenced | None) -> dict[str, Any]:
    text = finding.message + (f"\n{finding.help}" if finding.help else "")
    facts = {name: plain(value) for name, value in finding.facts.items()}
    cell = {"cell": finding.place.cell} if finding.place.cell is not None else {}
    evidence = {"evidence": evidence_data(finding.evidence)} if finding.evidence is not None else {}
    return {
        "ruleId": finding.rule.code,
        "ruleIndex": index,
        "level": LEVELS[finding.severity],
        "message": {"text": text},
        "locations": [{"physicalLocation": _physical(finding.place)}],
        **({"relatedLocations": list(_related(finding.related))} if finding.related else {}),
        "partialFingerprints": {FINGERPRINT: finding.fingerprint},
        **({"fixes": [_fix(finding.fix)]} if finding.fix is not None else {}),
        **({"suppressions": [_suppression(silenced)]} if silenced is not None else {}),
        "properties": {"facts": facts, **cell, **evidence},
    }


def _fix(fix: Fix) -> dict[str, Any]:
    """A fix as changes of files; how sure it is of itself stands in its properties, which SARIF has no word for."""
    from gconv_lint.fixes.rewriting import edits

    changes: dict[str, list[dict[str, Any]]] = {}
    for edit in edits(fix):
        physical = _physical(edit.place)
        replacement = {"deletedRegion": physical["region"], "insertedContent": {"text": edit.text}}
        changes.setdefault(edit.place.path, []).append(replacement)
    return {
        "description": {"text": fix.message},
        "artifactChanges": [
            {"artifactLocation": _artifact(path), "replacements": replacements}
            for path, replacements in changes.items()
        ],
        "properties": {"applicability": fix.applicability.value},
    }


def _related(places: Sequence[Related]) -> Iterator[Mapping[str, Any]]:
    for number, related in enumerate(places, 1):
        yield {"id": number, "message": {"text": related.message}, "physicalLocation": _physical(related.place)}


def _suppression(silenced: Silenced) -> dict[str, Any]:
    return {"kind": _KINDS[silenced.by], "status": "accepted", "justification": silenced.reason}


def _physical(place: Place) -> dict[str, Any]:
    return {
        "artifactLocation": _artifact(place.path),
        "region": {
            "startLine": place.line,
            "startColumn": place.column,
            "endLine": place.end_line,
            "endColumn": place.end_column,
        },
    }


def _artifact(path: str) -> dict[str, str]:
    """Paths below the current folder are relative to the root of the sources, as code scanning wants them."""
    uri = quote(os.fsencode(path.replace(os.sep, "/")))
    if os.path.isabs(path):
        return {"uri": f"file://{uri}"}
    return {"uri": uri, "uriBaseId": "%SRCROOT%"}
