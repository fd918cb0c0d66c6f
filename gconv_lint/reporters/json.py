"""Findings as a JSON array for programs, with the field names that ruff's users know."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from gconv_lint.model.findings import Finding
from gconv_lint.model.fixes import Fix, Price
from gconv_lint.model.layers import Value
from gconv_lint.model.places import Place
from gconv_lint.model.report import Report

if TYPE_CHECKING:
    from gconv_lint.model.evidence import Evidence

_LARGEST = 2**63


def render(report: Report) -> str:
    """An array with one object per finding, in the report's order."""
    return json.dumps([as_data(finding) for finding in report.findings], indent=2) + "\n"


def as_data(finding: Finding) -> dict[str, Any]:
    """One finding as an object."""
    return {
        "code": finding.rule.code,
        "name": finding.rule.name,
        "severity": finding.severity.value,
        "message": finding.message,
        "help": finding.help or None,
        "filename": finding.place.path,
        "cell": finding.place.cell,
        "location": _start(finding.place),
        "end_location": {"row": finding.place.end_line, "column": finding.place.end_column},
        "related": [
            {
                "message": related.message,
                "filename": related.place.path,
                "cell": related.place.cell,
                "location": _start(related.place),
            }
            for related in finding.related
        ],
        "fix": _fix(finding.fix),
        "url": finding.rule.url,
        "fingerprint": finding.fingerprint,
        "facts": {name: plain(value) for name, value in finding.facts.items()},
        "evidence": evidence_data(finding.evidence) if finding.evidence is not None else None,
    }


def evidence_data(found: Evidence) -> dict[str, Any]:
    """What a layer costs on a device, as an object; times in microseconds."""
    times = ("floor_us", "measured_us", "estimate_us", "kernel_us", "dense_us", "fix_us")
    return {
        "device": found.device,
        "dtype": found.dtype,
        "layout": found.layout,
        **{name: _rounded(getattr(found, name)) for name in times},
        "of_floor": _rounded(found.of_floor),
        "verdict": found.verdict.value,
        "reason": found.reason,
        "source": found.source.value,
    }


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 3)


def _fix(fix: Fix | None) -> dict[str, Any] | None:
    """A fix with the texts that replace ranges of files; ``None`` where there is none to make."""
    if fix is None:
        return None
    from gconv_lint.fixes.rewriting import edits  # LibCST is heavy, and most runs have nothing to fix

    made = [
        {
            "content": edit.text,
            "filename": edit.place.path,
            "location": _start(edit.place),
            "end_location": {"row": edit.place.end_line, "column": edit.place.end_column},
        }
        for edit in edits(fix)
    ]
    if not made:
        return None
    return {"applicability": fix.applicability.value, "message": fix.message, "edits": made, "price": _price(fix.price)}


def _price(price: Price | None) -> dict[str, Any] | None:
    if price is None:
        return None
    before = price.before._asdict() if price.before is not None else None
    return {"before": before, "after": price.after._asdict(), "device": price.device or None}


def _start(place: Place) -> dict[str, int]:
    return {"row": place.line, "column": place.column}


def plain(value: Value) -> Any:
    """A fact as JSON can hold it: expressions, and numbers that other readers would not take, become text."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return int(value) if abs(value) < _LARGEST else f"an integer of {value.bit_length()} bits"
    if isinstance(value, float):
        return value if abs(value) < float("inf") else str(value)
    if isinstance(value, (tuple, list, set, frozenset)):
        return [plain(item) for item in value]
    return str(value)
