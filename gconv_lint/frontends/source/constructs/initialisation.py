"""Initialisation of convolutions by fan-out: ``init_call``."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from functools import cache

from gconv_lint.frontends.source.constructs.grouped_convs import builds_grouped_convs, reached
from gconv_lint.frontends.source.constructs.imports import dotted
from gconv_lint.frontends.source.constructs.outline import Scope
from gconv_lint.frontends.source.constructs.source_file import SourceFile
from gconv_lint.frontends.source.constructs.syntax import argument, mentions, nodes
from gconv_lint.model.constructs import Construct

_MODE = 2


def find(file: SourceFile) -> Iterator[Construct]:
    """Calls ``kaiming_*_(w, mode="fan_out")``."""
    surroundings = cache(lambda function: _Surroundings(file, function))
    grouped = cache(lambda owner: builds_grouped_convs(file, reached(file, owner) if owner is not None else None))
    for call in file.calls_on(file.lines_with("fan_out")):
        name = dotted(call.func).rpartition(".")[2]
        mode = argument(call, "mode", _MODE)
        if not name.startswith("kaiming_") or not isinstance(mode, ast.Constant) or mode.value != "fan_out":
            continue
        around = surroundings(file.function_at(call.lineno))
        over_convs = around.fills_conv(call)
        yield file.construct(
            "init_call",
            call,
            function=name,
            mode="fan_out",
            over_convs=over_convs,
            fixes_groups=around.fixes_groups,
            over_grouped_convs=grouped(file.class_at(call.lineno)) if over_convs else None,
        )


class _Surroundings:
    """The function (or script) around initialisations: where modules are known to be convolutions, what it corrects."""

    def __init__(self, file: SourceFile, function: Scope | None) -> None:
        body: Sequence[ast.stmt] = function.node.body if function is not None else file.tree.body
        self.fixes_groups = mentions(body, "groups")
        #: For each module variable, the first and last lines of the branches in which it is a convolution.
        self.branches: dict[str, list[tuple[int, int]]] = {}
        for node in nodes(body):
            if isinstance(node, ast.If):
                lines = (node.body[0].lineno, node.body[-1].end_lineno or 0)
                for name in filter(None, map(_tested_conv, ast.walk(node.test))):
                    self.branches.setdefault(name, []).append(lines)

    def fills_conv(self, call: ast.Call) -> bool:
        """Whether the call is in the branch of ``if isinstance(m, nn.Conv2d)`` for the ``m`` whose weight it fills."""
        module = dotted(call.args[0]).partition(".")[0] if call.args else ""
        return any(first <= call.lineno <= last for first, last in self.branches.get(module, ()))


def _tested_conv(test: ast.AST) -> str:
    """``m`` of ``isinstance(m, nn.Conv2d)``, also among other classes; transposed weights keep groups elsewhere."""
    if not isinstance(test, ast.Call) or dotted(test.func) != "isinstance" or len(test.args) != 2:
        return ""
    classes = {dotted(node).rpartition(".")[2] for node in ast.walk(test.args[1])}
    return dotted(test.args[0]) if any("Conv" in c and "Transpose" not in c for c in classes) else ""
