"""What layers cost on a device: a table for people, an object for programs."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from typing import Any

from gconv_lint.model.evidence import Evidence, Probed, ProbeRow, Regrouping, Source
from gconv_lint.reporters.excerpt import printable
from gconv_lint.reporters.json import evidence_data
from gconv_lint.reporters.text import aligned, count

#: Heads of the table, in which estimates have no kernel of our own.
_WORDS, _TIMES, _ENDING = ("layer", "line", "shape", "rules", "type"), ("floor", "takes"), ("of floor", "verdict")
_HEADS = {
    Source.ESTIMATE: (*_WORDS, *_TIMES, "dense", "best other", *_ENDING),
    Source.MEASURED: (*_WORDS, *_TIMES, "own kernel", "dense", "best other", *_ENDING),
}


def sentence(found: Evidence) -> str:
    """The evidence in one line."""
    time, share = _us(found.time_us), f"{100 * (found.of_floor or 0):.0f} %"
    dense = f", dense {_us(found.dense_us)}" if found.dense_us is not None else ""
    where = f"{found.device}, {found.dtype}, {found.layout}"
    times = f"{time}{dense}, floor {_us(found.floor_us)} ({share} of it is floor)"
    return f"{found.verdict.value} ({found.source.value}; {where}): {times}; {found.reason}"


def text(target: str, found: Probed) -> str:
    """A table with a line for each layer, and what is suggested."""
    lines = [f"{printable(target)}: {_what(found)}"]
    if found.rows:
        lines += ["", *_table(found.rows, found.source), ""]
        lines += [f"{printable(row.layer) or _line(row)}: {_told(row)}" for row in found.rows if _worth_telling(row)]
    return "\n".join([*lines, *_ending(found)]) + "\n"


def _what(found: Probed) -> str:
    if found.source is Source.MEASURED:
        return f"measured on {found.title}, microseconds"
    return f"*estimate* for {found.title}, microseconds; nothing was measured"


def _table(rows: Sequence[ProbeRow], source: Source) -> Iterator[str]:
    heads = _HEADS[source]
    return aligned([heads, *map(_cells, rows)], {i for i, head in enumerate(heads) if head in (*_WORDS, "verdict")})


def _cells(row: ProbeRow) -> tuple[str, ...]:
    found = row.evidence
    own = (found.kernel_us,) if found.source is Source.MEASURED else ()
    times = (_number(each) for each in (found.floor_us, found.time_us, *own, found.dense_us, found.fix_us))
    share = f"{100 * (found.of_floor or 0):.0f} %"
    rules = ", ".join(row.codes) or "-"
    way = f"{found.dtype} {found.layout}"
    return (printable(row.layer) or "-", _line(row), str(row.shape), rules, way, *times, share, found.verdict.value)


def _line(row: ProbeRow) -> str:
    """The file and the line, as far as they tell layers apart: JSON has the whole path."""
    return "-" if row.place is None else f"{printable(os.path.basename(row.place.source))}:{row.place.line}"


def _worth_telling(row: ProbeRow) -> bool:
    """Whether a row says more than that nothing was measured and nothing else is expected to be faster."""
    return row.evidence.source is Source.MEASURED or row.suggestion is not None


def _told(row: ProbeRow) -> str:
    suggested = f"; {regrouping(row.suggestion, row.evidence.source)}" if row.suggestion is not None else ""
    return f"{row.evidence.reason}{suggested}"


def regrouping(found: Regrouping, source: Source) -> str:
    """``groups=32 -> 16: 1.9x faster, 1.06x params``, which an estimate says of itself that it is."""
    params = f"{found.params:.2f}x {'params' if found.of_model else 'weights'}"
    estimated = " (estimate)" if source is Source.ESTIMATE else ""
    return f"groups={found.before} -> {found.after}: {found.speedup:.1f}x faster, {params}{estimated}"


def _ending(found: Probed) -> Iterator[str]:
    verdicts = [row.evidence.verdict.value for row in found.rows]
    told = [f"{verdicts.count(word)} {word}" for word in dict.fromkeys(verdicts)]
    yield f"{count(len(found.rows), 'row')}{': ' if told else ''}{', '.join(told)}."
    if found.unknown:
        yield f"{count(found.unknown, 'grouped convolution')} more whose sizes are not known."


def _us(time: float | None) -> str:
    return "-" if time is None else f"{time:.1f} us"


def _number(time: float | None) -> str:
    return "-" if time is None else f"{time:.1f}"


def data(target: str, found: Probed) -> dict[str, Any]:
    """The same as an object; times in microseconds."""
    return {
        "target": target,
        "device": found.device,
        "title": found.title,
        "source": found.source.value,
        "rows": [_row(row) for row in found.rows],
        "unknown": found.unknown,
        "notes": list(found.notes),
    }


def _row(row: ProbeRow) -> dict[str, Any]:
    place = row.place
    return {
        "layer": row.layer,
        "filename": place.path if place is not None else None,
        "location": {"row": place.line, "column": place.column} if place is not None else None,
        "codes": list(row.codes),
        "shape": row.shape._asdict(),
        "evidence": evidence_data(row.evidence),
        "suggestion": row.suggestion._asdict() if row.suggestion is not None else None,
    }


def render_json(found: Sequence[tuple[str, Probed]]) -> str:
    """Several targets as an array, one as an object."""
    objects = [data(*each) for each in found]
    return json.dumps(objects[0] if len(objects) == 1 else objects, indent=2) + "\n"
