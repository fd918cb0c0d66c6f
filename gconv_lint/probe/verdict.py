"""What the times of a layer and of its alternatives say of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from gconv_lint.model.evidence import Verdict
from gconv_lint.probe.samples import Order, Sample, compare, median

#: A layer that takes no more than this of its floor is as good as it gets, and a fix has to gain at least so much.
NEAR_FLOOR, GAIN = 0.70, 1.05

Times = Sequence[Sample]


class Judgement(NamedTuple):
    """A verdict with its reason; ``groups`` are those of the alternative that it speaks of."""

    verdict: Verdict
    reason: str
    groups: int | None = None
    speedup: float | None = None


def judge(floor_us: float, own: Times, others: Mapping[int, Times]) -> Judgement:
    """The verdict on a layer, of which ``others`` are the alternatives by their groups, measured in the same run."""
    time = _middle(own)
    if floor_us >= NEAR_FLOOR * time:
        return Judgement(Verdict.REFUTED, f"it takes {time:.1f} us, of which no kernel can save {floor_us:.1f}")
    if not others:
        return Judgement(Verdict.INCONCLUSIVE, "no other groups divide its channels")
    groups = min(others, key=lambda each: _middle(others[each]))
    speedup = time / _middle(others[groups])
    order = compare(others[groups], own)
    if order is Order.FAST and speedup >= GAIN:
        return Judgement(Verdict.CONFIRMED, f"groups={groups} is {speedup:.2f} times as fast", groups, speedup)
    if order is Order.UNCLEAR:
        return Judgement(
            Verdict.INCONCLUSIVE, f"the times of groups={groups} and of the layer overlap", groups, speedup
        )
    return Judgement(Verdict.REFUTED, f"no other groups are faster, the nearest being groups={groups}", groups, speedup)


def _middle(times: Times) -> float:
    return median([sample.us for sample in times])
