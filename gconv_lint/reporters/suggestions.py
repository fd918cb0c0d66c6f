"""Alternatives for flagged layers, as a table for people and as data for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from gconv_lint.model.devices import Device
from gconv_lint.model.findings import Finding
from gconv_lint.model.suggestions import Advice, Standing, Suggestion
from gconv_lint.model.summary import Summary
from gconv_lint.model.targets import Alteration
from gconv_lint.reporters.excerpt import printable
from gconv_lint.reporters.json import as_data
from gconv_lint.reporters.text import count

_HEADS = ("change", "params", "MACs", "time", "width", "sees", "parts", "effect")
#: How many names of layers that share a line are told.
MOST = 3


def text(base: Summary, advice: Sequence[Advice], device: Device) -> str:
    """For each finding a table of what would mend it, the best first; times are estimates for ``device``."""
    if base.stopped:
        return "".join(f"{line}\n" for line in _stopped(base))
    if not advice:
        return f"{base.target}: no finding is on a convolution, so there is nothing to suggest.\n"
    note = f"time: an estimate of the microseconds of convolutions and shuffles on {device.title} in fp16\n"
    return "\n".join(line for each in advice for line in _table(each)) + "\n" + note


def _stopped(base: Summary) -> Iterator[str]:
    """What ended the run of a model, and what is found in it: it has to be mended before anything can be tried."""
    yield from (f"{base.target}: {printable(note)}" for note in base.notes)
    yield from map(_line, base.report.findings)
    yield "No alternative was tried: the model has to run first."


def _line(finding: Finding) -> str:
    place = f"{printable(finding.place.source)}:{finding.place.line}:{finding.place.column}"
    return f"{place}: {finding.rule.code} {finding.rule.name}: {printable(finding.message)}"


def _table(advice: Advice) -> Iterator[str]:
    yield _line(advice.finding)
    more = f" and {len(advice.layers) - MOST} more" if len(advice.layers) > MOST else ""
    yield f"in {', '.join(f'`{name}`' for name in advice.layers[:MOST])}{more}"
    rows = [_HEADS, _now(advice.before), *(_row(each, advice.before) for each in advice.suggestions)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADS))]
    for row in rows:
        change, *numbers, effect = row
        cells = [number.rjust(width) for number, width in zip(numbers, widths[1:], strict=False)]
        yield "  ".join(["", change.ljust(widths[0]), *cells, effect])
    if advice.over_budget:
        yield f"  {count(advice.over_budget, 'alternative')} over the budget"
    yield ""


def _now(before: Standing) -> tuple[str, ...]:
    """The model as it is."""
    totals = before.totals
    time = "-" if before.time_us is None else f"{before.time_us:,.1f} us"
    return "as it is", f"{totals.params:,}", f"{totals.macs:,}", time, *_seen(before), ""


def _row(each: Suggestion, before: Standing) -> tuple[str, ...]:
    """An alternative, with the differences that it makes."""
    effect = "mends it" if each.mends else "the finding stays"
    if each.new:
        effect += f", and brings {', '.join(each.new)}"
    params, macs, time = _differences(each, before)
    shown = "-" if time is None else signed_us(time)
    return sentence(each.alteration), f"{params:+,}", f"{macs:+,}", shown, *_seen(each.after), effect


def signed_us(time: float) -> str:
    """Microseconds that come on top, with their sign; what rounds to nothing has that of nothing."""
    return f"{round(time, 1) + 0.0:+,.1f} us"  # -0.0 + 0.0 is 0.0


def _differences(each: Suggestion, before: Standing) -> tuple[int, int, float | None]:
    """Parameters, multiply-accumulates and microseconds that come on top."""
    after, totals = each.after.totals, before.totals
    left, now = each.after.time_us, before.time_us
    time = left - now if left is not None and now is not None else None
    return after.params - totals.params, after.macs - totals.macs, time


def _seen(standing: Standing) -> tuple[str, ...]:
    """Width of a group, channels seen by an output, parts that stay apart."""
    width, parts = ("-" if number is None else str(number) for number in (standing.group_width, standing.parts))
    return width, "-" if standing.field is None else f"{standing.field.seen} of {standing.field.channels}", parts


def sentence(alteration: Alteration) -> str:
    """An alteration in words."""
    words = {
        "groups": "dense: groups=1" if alteration.groups == 1 else f"groups={alteration.groups}",
        "shuffle": f"nn.ChannelShuffle({alteration.groups}) in front",
        "pointwise": "a pointwise convolution behind",
        "separable": "depthwise, then pointwise",
    }
    return words[alteration.kind]


def data(base: Summary, advice: Sequence[Advice], device: Device) -> dict[str, Any]:
    """The same as an object: the model as it is, and for each finding its alternatives."""
    return {
        "target": base.target,
        "device": device.name,
        "stopped": base.stopped,
        "notes": list(base.notes),
        "totals": None if base.totals is None else {**base.totals._asdict(), "flops": base.totals.flops},
        "advice": [
            {
                "finding": as_data(each.finding),
                "layers": list(each.layers),
                "before": _standing(each.before),
                "suggestions": [_suggestion(made, each.before) for made in each.suggestions],
                "over_budget": each.over_budget,
            }
            for each in advice
        ],
    }


def _suggestion(made: Suggestion, before: Standing) -> dict[str, Any]:
    params, macs, time = _differences(made, before)
    return {
        "change": sentence(made.alteration),
        "kind": made.alteration.kind,
        "groups": made.alteration.groups,
        **_standing(made.after),
        "params_difference": params,
        "macs_difference": macs,
        "estimated_us_difference": None if time is None else round(time, 3) + 0.0,
        "mends": made.mends,
        "new_findings": list(made.new),
    }


def _standing(standing: Standing) -> dict[str, Any]:
    field = standing.field
    return {
        "params": standing.totals.params,
        "macs": standing.totals.macs,
        "group_width": standing.group_width,
        "receptive_field": None if field is None else field._asdict(),
        "parts": standing.parts,
    }
