"""Initialisation of convolutions by fan-out: ``init_call``."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from gconv_lint.frontends.source.constructs.grouped_convs import builds_grouped_convs
from gconv_lint.frontends.source.constructs.imports import dotted
from gconv_lint.frontends.source.constructs.source_file import SourceFile
from gconv_lint.frontends.source.constructs.syntax import argument, mentions, nodes
from gconv_lint.model.constructs import Construct

_MODE = 2


def find(file: SourceFile) -> Iterator[Construct]:
    """Calls ``kaiming_*_(w, mode="fan_out")``."""
    for call in file.calls_on(file.lines_with("fan_out")):
        name = dotted(call.func).rpartition(".")[2]
        mode = argument(call, "mode", _MODE)
        if name.startswith("kaiming_") and isinstance(mode, ast.Constant) and mode.value == "fan_out":
            yield _construct(file, call, name)


def _construct(file: SourceFile, call: ast.Call, name: str) -> Construct:
    function = file.function_at(call.lineno)
    body: Sequence[ast.stmt] = function.node.body if function is not None else file.tree.body
    over_convs = _in_conv_branch(call, body)
    return file.construct(
        "init_call",
        call,
        function=name,
        mode="fan_out",
        over_convs=over_convs,
        fixes_groups=mentions(body, "groups"),
        file_has_grouped_convs=builds_grouped_convs(file) if over_convs else None,
    )


def _in_conv_branch(call: ast.Call, body: Sequence[ast.stmt]) -> bool:
    """Whether the call is in the branch of ``if isinstance(m, nn.Conv2d)`` for the ``m`` whose weight it fills."""
    module = dotted(call.args[0]).partition(".")[0] if call.args else ""
    return any(_is_branch_of(node, call, module) for node in nodes(body))


def _is_branch_of(node: ast.AST, call: ast.Call, module: str) -> bool:
    if not isinstance(node, ast.If) or not node.body[0].lineno <= call.lineno <= (node.body[-1].end_lineno or 0):
        return False
    return any(_tests_conv(test, module) for test in ast.walk(node.test))


def _tests_conv(test: ast.AST, module: str) -> bool:
    """``isinstance(m, nn.Conv2d)``, also among other classes; transposed weights have their groups elsewhere."""
    if not isinstance(test, ast.Call) or dotted(test.func) != "isinstance" or len(test.args) != 2:
        return False
    classes = {dotted(node).rpartition(".")[2] for node in ast.walk(test.args[1])}
    return dotted(test.args[0]) == module and any("Conv" in c and "Transpose" not in c for c in classes)
