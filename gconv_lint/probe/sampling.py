"""Takes turns at measuring several things, so that what drifts meanwhile drifts for all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

from gconv_lint.probe.samples import Sample, enough

#: Runs once and says how long that took.
Contender = Callable[[], Sample]
#: Turns before the first one that counts.
WARM_UP = 3


def sample(contenders: Mapping[str, Contender], seed: int = 0) -> dict[str, list[Sample]]:
    """Samples of each, in rounds of random order, until each one's median is known well enough."""
    order, random = list(contenders), Random(seed)
    for name in order * WARM_UP:
        contenders[name]()
    found: dict[str, list[Sample]] = {name: [] for name in order}
    while not all(enough([sample.us for sample in samples]) for samples in found.values()):
        random.shuffle(order)
        for name in order:
            found[name].append(contenders[name]())
    return found
