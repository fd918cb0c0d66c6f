"""Takes turns at measuring several things, so that what drifts meanwhile drifts for all of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from random import Random

from gconv_lint.probe.samples import LEAST, Sample, enough

#: Runs once and says how long that took.
Contender = Callable[[], Sample]
#: Turns before the first one that counts.
WARM_UP = 3
#: How long one layer and its alternatives are measured, unless that gives too few samples.
SECONDS = 1.5


def sample(
    contenders: Mapping[str, Contender], seed: int = 0, now: Callable[[], float] = time.monotonic
) -> dict[str, list[Sample]]:
    """Samples of each, in rounds of random order, until each one's median is known well enough or the time is over.

    ``now`` tells the time in seconds.
    """
    end = now() + SECONDS
    order, random = list(contenders), Random(seed)
    for name in order * WARM_UP:
        contenders[name]()
    found: dict[str, list[Sample]] = {name: [] for name in order}
    while not _done(found, now() >= end):
        random.shuffle(order)
        for name in order:
            found[name].append(contenders[name]())
    return found


def _done(found: Mapping[str, list[Sample]], late: bool) -> bool:
    if late:
        return all(len(samples) >= LEAST for samples in found.values())
    return all(enough([each.us for each in samples]) for samples in found.values())
