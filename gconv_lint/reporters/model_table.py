"""Models for people and programs: findings, a row for each layer, totals, and what was not understood."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from gconv_lint import reporters
from gconv_lint.model.findings import order
from gconv_lint.model.report import Counts, Report
from gconv_lint.model.summary import Connection, Row, Summary
from gconv_lint.reporters.excerpt import printable
from gconv_lint.reporters.text import aligned, blocks, count, summary

#: The columns of the table, by their names in JSON, with their heads.
COLUMNS = {
    "name": "layer",
    "kind": "kind",
    "in_channels": "in",
    "out_channels": "out",
    "groups": "groups",
    "group_width": "width",
    "kernel": "kernel",
    "output": "output",
    "params": "params",
    "macs": "MACs",
    "bytes": "bytes",
    "intensity": "FLOPs/byte",
    "share": "share",
}
_LEFT = ("name", "kind")


def arranged(found: Summary, sort: str | None, depth: int | None) -> Summary:
    """The model with its rows put together by the first ``depth`` parts of their names, and sorted, largest first."""
    rows = found.rows if depth is None else tuple(_grouped(found.rows, depth))
    if sort is not None:
        known = [row for row in rows if getattr(row, sort) is not None]
        known.sort(key=lambda row: getattr(row, sort), reverse=sort not in _LEFT)
        rows = (*known, *(row for row in rows if getattr(row, sort) is None))
    return found._replace(rows=rows)


def _grouped(rows: Sequence[Row], depth: int) -> Iterator[Row]:
    parts: dict[str, list[Row]] = {}
    for row in rows:
        parts.setdefault(".".join(row.name.split(".")[:depth]), []).append(row)
    for name, group in parts.items():
        yield group[0]._replace(name=name) if len(group) == 1 else _sum(name, group)


def _sum(name: str, rows: Sequence[Row]) -> Row:
    macs, moved = (sum(getattr(row, field) or 0 for row in rows) for field in ("macs", "bytes"))
    return Row(
        name=name,
        kind=count(len(rows), "layer"),
        output=rows[-1].output,
        params=sum(row.params for row in rows),
        macs=macs,
        bytes=moved,
        intensity=2 * macs / moved if moved else None,
        share=sum(row.share or 0 for row in rows),
        place=None,
    )


def render(found: Sequence[Summary], output_format: str, *, colour: bool = False) -> str:
    """The models in one of the formats of ``gconv_lint.settings.FORMATS``; some have room for findings only."""
    if output_format == "json":
        from gconv_lint.reporters import model_json

        return model_json.render(found)
    if output_format not in ("full", "concise"):
        return reporters.render(_together(found), output_format, colour=colour)
    return "\n".join(_text(each, output_format == "full", colour) for each in found)


def _together(found: Sequence[Summary]) -> Report:
    """One report: what several models have in common is found once."""
    reports = [each.report for each in found]
    findings = {(each.place, each.rule.code, each.message): each for report in reports for each in report.findings}
    return Report(
        findings=tuple(sorted(findings.values(), key=order)),
        problems=tuple(problem for report in reports for problem in report.problems),
        counts=Counts(files=len({path for report in reports for path in report.sources})),
        sources={path: text for report in reports for path, text in report.sources.items()},
    )


def _text(found: Summary, quote: bool, colour: bool) -> str:
    lines = [*blocks(found.report, quote=quote, colour=colour), f"{printable(found.target)} ({found.engine})"]
    lines += [f"note: {printable(note)}" for note in found.notes]
    if found.rows:
        lines += ["", *_table(found.rows), ""]
    lines += [*_totals(found), *map(_connected, found.connections), *_not_understood(found)]
    return "\n".join([*lines, summary(found.report)]) + "\n"


def _table(rows: Sequence[Row]) -> Iterator[str]:
    cells = [list(COLUMNS.values()), *([_cell(row, column) for column in COLUMNS] for row in rows)]
    return aligned(cells, {i for i, column in enumerate(COLUMNS) if column in _LEFT})


def _cell(row: Row, column: str) -> str:
    value: Any = getattr(row, column)
    if value is None:
        return "-"
    if column == "name":
        return printable(value) or "(model)"
    if column == "share":
        return f"{100 * value:.1f} %"
    if isinstance(value, float):
        return f"{value:.1f}"
    return (
        "x".join(map(str, value))
        if isinstance(value, tuple)
        else f"{value:,}"
        if isinstance(value, int)
        else printable(value)
    )


def _totals(found: Summary) -> Iterator[str]:
    totals = found.totals
    if totals is not None:
        least = "at least " if found.partial else ""
        yield f"Parameters: {least}{totals.params:,}, of which {totals.trainable_params:,} are trainable."
        yield f"MACs: {least}{totals.macs:,} ({totals.flops:,} FLOPs), of which {totals.conv_macs:,} in convolutions."


def _connected(connection: Connection) -> str:
    where = f"Channels: input {connection.input} to output {connection.output}"
    if connection.components is None:
        return f"{where}: not known, something on the way is not understood."
    parts = f"{count(connection.channels, 'channel')} in {count(connection.components, 'part')}"
    unused = f", {connection.unused} reach nothing" if connection.unused else ""
    constant = f", {count(connection.constant, 'output position')} see nothing" if connection.constant else ""
    return f"{where}: {parts}{unused}{constant}."


def _not_understood(found: Summary) -> Iterator[str]:
    for reason, number in found.report.counts.gaps.items():
        yield f"Not understood, {count(number, 'time')}: {reason}."
