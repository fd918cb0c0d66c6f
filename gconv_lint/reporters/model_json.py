"""Models as JSON for programs: one object, or an array of them for several."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from gconv_lint.model.summary import Row, Summary, Totals
from gconv_lint.reporters.json import as_data, plain

#: The fields of a layer, in their order; its place is added.
_FIELDS = [field for field in Row._fields if field not in ("place", "shape")]


def render(found: Sequence[Summary]) -> str:
    """The models in their order."""
    objects = [_model(each) for each in found]
    return json.dumps(objects[0] if len(objects) == 1 else objects, indent=2) + "\n"


def _model(found: Summary) -> dict[str, Any]:
    return {
        "target": found.target,
        "engine": found.engine,
        "findings": [as_data(finding) for finding in found.report.findings],
        "layers": [_row(row) for row in found.rows],
        "totals": _totals(found.totals) if found.totals is not None else None,
        "partial": found.partial,
        "gaps": [{"reason": reason, "count": number} for reason, number in found.report.counts.gaps.items()],
        "connectivity": [connection._asdict() for connection in found.connections],
        "notes": list(found.notes),
        "exceeded": list(found.exceeded),
        "problems": [
            {"filename": problem.path or None, "row": problem.line, "message": problem.message}
            for problem in found.report.problems
        ],
    }


def _row(row: Row) -> dict[str, Any]:
    place = row.place
    where = {
        "filename": place.path if place is not None else None,
        "location": {"row": place.line, "column": place.column} if place is not None else None,
    }
    return {**{field: plain(getattr(row, field)) for field in _FIELDS}, **where}


def _totals(totals: Totals) -> dict[str, int]:
    return {
        "params": totals.params,
        "trainable_params": totals.trainable_params,
        "macs": totals.macs,
        "flops": totals.flops,
        "conv_macs": totals.conv_macs,
    }
