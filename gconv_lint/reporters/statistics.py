"""Counts per rule in place of the findings, with what was looked at and what stayed undecided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gconv_lint.model.findings import RuleInfo
from gconv_lint.model.report import Counts, Report
from gconv_lint.reporters.text import count, summary


def render(report: Report, rules: Iterable[RuleInfo], output_format: str) -> str:
    """A table for people or, for ``json``, one object with the same numbers."""
    rows = _rows(report, rules)
    if output_format == "json":
        import json

        return json.dumps({"rules": rows, **_looked_at(report.counts)}, indent=2) + "\n"
    return "\n".join([*_table(rows), *_sentences(report.counts), summary(report)]) + "\n"


def _rows(report: Report, rules: Iterable[RuleInfo]) -> list[dict[str, Any]]:
    """One row for each rule that has a finding or stayed undecided, the most findings first."""
    found = Counter(finding.rule.code for finding in report.findings)
    undecided = report.counts.undecided
    rows = [
        {"code": rule.code, "name": rule.name, "count": found[rule.code], "undecided": undecided.get(rule.code, 0)}
        for rule in rules
        if found[rule.code] or undecided.get(rule.code)
    ]
    return sorted(rows, key=lambda row: (-row["count"], row["code"]))


#: How far whole models were followed, by the names in JSON.
_STATES = {
    "whole": "followed to the end",
    "partial": "followed in part",
    "dense": "without anything grouped",
    "no-input": "with no input known",
    "failed": "that cannot be built",
    "unread": "that may be in files that cannot be loaded",
    "unreached": "not looked at",
}


def _whole_models(roots: Mapping[str, int]) -> str:
    parts = [f"{roots[state]} {words}" for state, words in _STATES.items() if roots.get(state)]
    return f"Found {count(sum(roots.values()), 'whole model')}: {', '.join(parts)}."


def _looked_at(counts: Counts) -> dict[str, Any]:
    return {
        "files": counts.files,
        "parsed": counts.parsed,
        "layers": counts.layers,
        "groups": {"reached": counts.groups_reached, "decided": counts.groups_decided},
        "suppressed": counts.suppressed,
        "known": counts.known,
        "gaps": dict(counts.gaps),
        "roots": dict(counts.roots),
    }


def _table(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    if not rows:
        return []
    lines = [f"{row['count']:8}  {row['undecided']:9}  {row['code']} {row['name']}" for row in rows]
    return ["findings  undecided  rule", *lines, ""]


def _sentences(counts: Counts) -> list[str]:
    lines = [f"Read {count(counts.files, 'file')}, parsed {counts.parsed}, reached {count(counts.layers, 'layer')}."]
    if counts.groups_reached:
        share = 100 * counts.groups_decided / counts.groups_reached
        reached = count(counts.groups_reached, "convolution call")
        lines.append(f"Groups known in {counts.groups_decided} of {reached} reached with groups ({share:.1f} %).")
    if counts.roots:
        lines.append(_whole_models(counts.roots))
    if counts.known:
        lines.append(f"Known in the baseline: {count(counts.known, 'finding')}.")
    if counts.suppressed:
        lines.append(f"Silenced by comments: {count(counts.suppressed, 'finding')}.")
    most_first = sorted(counts.gaps.items(), key=lambda gap: (-gap[1], gap[0]))
    return [*lines, *(f"Not understood, {count(number, 'time')}: {reason}." for reason, number in most_first)]
