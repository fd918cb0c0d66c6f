"""CPU time of gconv-lint beside fvcore and a forward pass: on models of a zoo, and on one of more and more blocks.

All run in processes forked from one that has torch, on one thread. gconv-lint makes everything that
``gconv-lint model`` prints, without starting Python; fvcore counts what ``FlopCountAnalysis(...).total()`` does.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Sequence
from typing import Any
from unittest.mock import patch

import torch

from bench.zoo.linted import target_of
from bench.zoo.reference import forked, tensor
from bench.zoo.zoos import Model
from gconv_lint import api, rulebook
from gconv_lint.config import Flags, load
from gconv_lint.frontends.fx import child, process, program
from gconv_lint.frontends.fx.confinement import Outside
from gconv_lint.model.targets import Limits, Target

Answers = list[dict[str, Any]]


class _Watch:
    """CPU seconds that calls of a function took."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function, self.spent = function, 0.0

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        start = time.process_time()
        try:
            return self.function(*args, **kwargs)
        finally:
            self.spent += time.process_time() - start


def ours(target: Target) -> dict[str, float]:
    """What one model costs from its name to the report, and what of it is its own constructor."""
    config, build = load([], rulebook.rules(), Flags(isolated=True)), _Watch(child.build)

    def here(targets: Sequence[Target], limits: Limits) -> Answers:
        work = child.Work(process._request(targets[0], limits), Outside())
        work.do()
        return [json.loads(json.dumps(work.answer()))]

    with patch.object(program, "ask", here), patch.object(child, "build", build):
        start = time.process_time()
        [summary] = api.models([target], config, Limits(600))
        spent = time.process_time() - start
    if summary.report.problems:
        raise RuntimeError(summary.report.problems[0].message)
    return {"all": spent, "build": build.spent}


def theirs(model: Model, sizes: Sequence[str]) -> dict[str, float]:
    """What fvcore takes to count the operations of a built model."""
    from fvcore.nn import FlopCountAnalysis

    logging.disable(logging.CRITICAL)
    build = _Watch(model.make)
    built = build().eval()
    count = _Watch(lambda: FlopCountAnalysis(built, tuple(map(tensor, sizes))).unsupported_ops_warnings(False).total())
    with torch.no_grad():
        count()
    return {"build": build.spent, "count": count.spent}


def forward(model: Model, sizes: Sequence[str]) -> dict[str, float]:
    """One run of a built model, after another one."""
    built, arguments = model.make().eval(), [tensor(size) for size in sizes]
    once = _Watch(lambda: built(*arguments))
    with torch.no_grad():
        once()
        once.spent = 0.0
        once()
    return {"run": once.spent}
