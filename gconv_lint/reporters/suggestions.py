"""Alternatives for flagged layers, as a table for people and as data for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from gconv_lint.model.devices import Device
from gconv_lint.model.suggestions import Advice, Suggestion
from gconv_lint.model.summary import Summary
from gconv_lint.model.targets import Alteration
from gconv_lint.reporters.excerpt import printable
from gconv_lint.reporters.json import as_data
from gconv_lint.reporters.text import count

_HEADS = ("change", "params", "MACs", "time", "width", "parts", "effect")
#: How many names of layers that share a line are told.
MOST = 3


def text(base: Summary, advice: Sequence[Advice], device: Device) -> str:
    """For each finding a table of what would mend it, the best first; times are estimates for ``device``."""
    if not advice:
        return f"{base.target}: no finding is on a convolution, so there is nothing to suggest.\n"
    note = f"time: an estimate of the microseconds of convolutions and shuffles on {device.title} in fp16\n"
    return "\n".join(line for each in advice for line in _table(each)) + "\n" + note


def _table(advice: Advice) -> Iterator[str]:
    finding = advice.finding
    place = f"{printable(finding.place.source)}:{finding.place.line}:{finding.place.column}"
    yield f"{place}: {finding.rule.code} {finding.rule.name}: {printable(finding.message)}"
    more = f" and {len(advice.layers) - MOST} more" if len(advice.layers) > MOST else ""
    yield f"in {', '.join(f'`{name}`' for name in advice.layers[:MOST])}{more}"
    rows = [_HEADS, *(_row(each) for each in advice.suggestions)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADS))]
    for row in rows:
        change, *numbers, effect = row
        cells = [number.rjust(width) for number, width in zip(numbers, widths[1:], strict=False)]
        yield "  ".join(["", change.ljust(widths[0]), *cells, effect])
    if advice.over_budget:
        yield f"  {count(advice.over_budget, 'alternative')} over the budget"
    yield ""


def _row(each: Suggestion) -> tuple[str, ...]:
    width, parts = ("-" if number is None else str(number) for number in (each.group_width, each.parts))
    effect = "mends it" if each.mends else "the finding stays"
    if each.new:
        effect += f", and brings {', '.join(each.new)}"
    return sentence(each.alteration), f"{each.params:+,}", f"{each.macs:+,}", _time(each.time_us), width, parts, effect


def _time(time: float | None) -> str:
    return "-" if time is None else f"{time:+,.1f} us"


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
        "totals": None if base.totals is None else {**base.totals._asdict(), "flops": base.totals.flops},
        "advice": [
            {
                "finding": as_data(each.finding),
                "layers": list(each.layers),
                "suggestions": [_suggestion(made) for made in each.suggestions],
                "over_budget": each.over_budget,
            }
            for each in advice
        ],
    }


def _suggestion(made: Suggestion) -> dict[str, Any]:
    return {
        "change": sentence(made.alteration),
        "kind": made.alteration.kind,
        "groups": made.alteration.groups,
        "params": made.totals.params,
        "macs": made.totals.macs,
        "params_difference": made.params,
        "macs_difference": made.macs,
        "estimated_us_difference": None if made.time_us is None else round(made.time_us, 3),
        "group_width": made.group_width,
        "parts": made.parts,
        "mends": made.mends,
        "new_findings": list(made.new),
    }
