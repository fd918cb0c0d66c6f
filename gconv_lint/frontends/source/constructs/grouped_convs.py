"""Tell whether a file builds grouped or depthwise convolutions at all, by how its calls are written."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection

from gconv_lint.frontends.source.constructs.imports import dotted
from gconv_lint.frontends.source.constructs.outline import Scope
from gconv_lint.frontends.source.constructs.source_file import SourceFile
from gconv_lint.frontends.source.constructs.syntax import integer, nodes, parameters
from gconv_lint.frontends.source.constructs.torch_names import groups_like

_DEPTHWISE = re.compile(r"depth_?wise|dw_?conv|conv_?dw|dwise|^dw", re.IGNORECASE)
_POSITIONAL = 7

#: Calls that make grouped convolutions have one of these in their text; reading every call would cost too much.
_HINTS = ("groups", "epth", "dw", "DW", "Dw")


def builds_grouped_convs(file: SourceFile, scopes: Collection[Scope] | None = None) -> bool | None:
    """Whether any call of the file, or of some of its classes and functions, makes a grouped convolution.

    ``None`` when calls only hand on a parameter or an attribute, which is 1 unless someone else says more.
    """
    answers = set()
    lines = file.lines_with(*_HINTS)
    if scopes is not None:
        lines = [n for n in lines if any(s.node.lineno <= n <= s.node.end_lineno for s in scopes)]
    for call in file.calls_on(lines):
        answer = _is_grouped(file, call)
        if answer is True:
            return True
        answers.add(answer)
    return None if None in answers else False


def _is_grouped(file: SourceFile, call: ast.Call) -> bool | None:
    name = dotted(call.func).rpartition(".")[2]
    if _DEPTHWISE.search(name):
        return True
    groups = next((keyword.value for keyword in call.keywords if keyword.arg == "groups"), None)
    if groups is None and "conv" in name.lower() and len(call.args) >= _POSITIONAL:
        groups = call.args[_POSITIONAL - 1]
    if groups is None or integer(groups) == 1:
        return False
    return None if groups_like(groups) and _handed_on(file, groups) else True


def _handed_on(file: SourceFile, groups: ast.expr) -> bool:
    """Whether the value is an attribute, or a parameter of the function that has the call."""
    function = file.function_at(groups.lineno)
    names = {parameter.arg for parameter in parameters(function.node)} if function is not None else set()
    return isinstance(groups, ast.Attribute) or dotted(groups) in names


def reached(file: SourceFile, start: Scope) -> list[Scope]:
    """A class or function, and those of the same file that it names, directly or through others."""
    known = {scope.name: scope for scope in file.outline.scopes if scope.parent is None}
    found = [start]
    for scope in found:
        names = {node.id for node in nodes([scope.node]) if isinstance(node, ast.Name)}
        found += [known[name] for name in sorted(names) if name in known and known[name] not in found]
    return found
