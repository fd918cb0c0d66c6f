"""One target as rules see it, made of its text alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gconv_lint.frontends.fx.program import Program, read
from gconv_lint.frontends.whole.series import ask
from gconv_lint.model.targets import Limits, Target


def analyse(targets: Sequence[Target], limits: Limits, search: Sequence[str] = ()) -> list[Program]:
    """Evaluate models from their text; ``search`` has folders that imports are looked for in."""
    return list(each(targets, limits, search))


def each(targets: Sequence[Target], limits: Limits, search: Sequence[str] = ()) -> Iterator[Program]:
    """The same, one after the other."""
    for target, answer in zip(targets, ask(targets, limits, search), strict=True):
        yield read(target, answer)
