"""One target as rules see it, made of its text alone."""

from __future__ import annotations

from collections.abc import Sequence

from gconv_lint.frontends.fx.program import Program, read
from gconv_lint.frontends.whole.engine import ask
from gconv_lint.model.targets import Limits, Target


def analyse(targets: Sequence[Target], limits: Limits, search: Sequence[str] = ()) -> list[Program]:
    """Evaluate models from their text; ``search`` has folders that imports are looked for in."""
    return [read(target, answer) for target, answer in zip(targets, ask(targets, limits, search), strict=True)]
