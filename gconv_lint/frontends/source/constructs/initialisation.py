"""Initialisation of convolutions by fan-out: ``init_call``."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from functools import cache

from gconv_lint.frontends.source.constructs.grouped_convs import builds_grouped_convs, reached
from gconv_lint.frontends.source.constructs.imports import dotted
from gconv_lint.frontends.source.constructs.outline import Scope
from gconv_lint.frontends.source.constructs.source_file import SourceFile
from gconv_lint.frontends.source.constructs.syntax import (
    argument,
    calls,
    default,
    integer,
    mentions,
    nodes,
    on_self,
    parameters,
    stored_on_self,
)
from gconv_lint.frontends.source.constructs.torch_names import CONSTRUCTOR_GROUPS, CONV_CLASSES
from gconv_lint.frontends.source.walking import walk
from gconv_lint.model.constructs import Construct

_MODE = 2
_TRANSPOSED = frozenset(name for name in CONV_CLASSES if "Transpose" in name)


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
        over_convs, named = around.fills_conv(call), _named_layer(file, call)
        yield file.construct(
            "init_call",
            call,
            function=name,
            mode="fan_out",
            over_convs=over_convs or named is not None,
            fixes_groups=around.fixes_groups if over_convs else around.minds_groups,
            over_grouped_convs=named if not over_convs else grouped(file.class_at(call.lineno)),
        )


def _named_layer(file: SourceFile, call: ast.Call) -> bool | None:
    """Whether ``self.conv`` of ``kaiming_normal_(self.conv.weight)`` is grouped; ``None`` where nobody can see that."""
    filled, owner = call.args[0] if call.args else None, file.class_at(call.lineno)
    name = on_self(filled.value) if isinstance(filled, ast.Attribute) and filled.attr == "weight" else ""
    if not name or owner is None:
        return None
    made = [value for stored, value in stored_on_self(owner.node.body) if stored == name]
    return True if made and all(_is_grouped(file, value) for value in made) else None


def _is_grouped(file: SourceFile, value: ast.expr) -> bool:
    """Whether a value is a convolution that has groups unless somebody says otherwise."""
    if not isinstance(value, ast.Call) or file.names.resolve(value.func) not in CONV_CLASSES - _TRANSPOSED:
        return False
    groups, channels = argument(value, "groups", CONSTRUCTOR_GROUPS), argument(value, "in_channels", 0)
    if groups is None or (channels is not None and file.same(groups, channels)):
        return groups is not None
    function = file.function_at(value.lineno)
    for parameter in parameters(function.node) if function is not None else ():
        if isinstance(groups, ast.Name) and parameter.arg == groups.id and function is not None:
            return integer(default(function.node.args, parameter)) not in (None, 1)
    return integer(groups) not in (None, 1)


class _Surroundings:
    """The function (or script) around initialisations: where modules are known to be convolutions, what it corrects."""

    def __init__(self, file: SourceFile, function: Scope | None) -> None:
        body: Sequence[ast.stmt] = function.node.body if function is not None else file.tree.body
        self.fixes_groups = mentions(body, "groups")
        #: the same, but for calls that make the layers
        self.minds_groups = mentions(_outside_convs(file, body), "groups")
        #: For each module variable, the first and last lines of the branches in which it is a convolution.
        self.branches: dict[str, list[tuple[int, int]]] = {}
        for node in nodes(body):
            if isinstance(node, ast.If):
                lines = (node.body[0].lineno, node.body[-1].end_lineno or 0)
                for name in filter(None, map(_tested_conv, walk(node.test))):
                    self.branches.setdefault(name, []).append(lines)

    def fills_conv(self, call: ast.Call) -> bool:
        """Whether the call is in the branch of ``if isinstance(m, nn.Conv2d)`` for the ``m`` whose weight it fills."""
        module = dotted(call.args[0]).partition(".")[0] if call.args else ""
        return any(first <= call.lineno <= last for first, last in self.branches.get(module, ()))


def _outside_convs(file: SourceFile, body: Sequence[ast.stmt]) -> list[ast.AST]:
    """The nodes of some statements that are no part of a call that makes a convolution."""
    made = {id(part) for call in calls(body) if file.names.resolve(call.func) in CONV_CLASSES for part in walk(call)}
    return [node for node in nodes(body) if isinstance(node, (ast.Name, ast.Attribute)) and id(node) not in made]


def _tested_conv(test: ast.AST) -> str:
    """``m`` of ``isinstance(m, nn.Conv2d)``, also among other classes; transposed weights keep groups elsewhere."""
    if not isinstance(test, ast.Call) or dotted(test.func) != "isinstance" or len(test.args) != 2:
        return ""
    classes = {dotted(node).rpartition(".")[2] for node in walk(test.args[1])}
    return dotted(test.args[0]) if any("Conv" in c and "Transpose" not in c for c in classes) else ""
