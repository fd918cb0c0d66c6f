"""Constructors with a parameter ``groups``: ``groups_parameter``."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gconv_lint.frontends.source.constructs.imports import dotted
from gconv_lint.frontends.source.constructs.outline import Scope
from gconv_lint.frontends.source.constructs.source_file import SourceFile
from gconv_lint.frontends.source.constructs.syntax import calls, nodes, parameters
from gconv_lint.frontends.source.constructs.torch_names import is_conv_class, mentions_conv
from gconv_lint.model.constructs import Construct


def find(file: SourceFile) -> Iterator[Construct]:
    """A construct for each ``__init__`` that takes ``groups``, placed at the parameter."""
    for scope in file.outline.functions:
        if scope.name == "__init__" and scope.parent is not None and scope.parent.is_class:
            for parameter in parameters(scope.node):
                if parameter.arg == "groups":
                    yield _construct(file, scope, scope.parent, parameter)


def _construct(file: SourceFile, init: Scope, owner: Scope, parameter: ast.arg) -> Construct:
    body = init.node.body
    if any(_reads(node, parameter.arg) for node in nodes(body)):
        # The usual case; nothing else matters then, and looking for it in every constructor would cost time.
        values = {"class_name": owner.name, "parameter": parameter.arg, "read": True}
        return file.construct("groups_parameter", parameter, **values)
    made = list(calls(body))
    functions = {dotted(call.func) for call in made}
    return file.construct(
        "groups_parameter",
        parameter,
        class_name=owner.name,
        parameter=parameter.arg,
        read=False,
        builds_convs=any(is_conv_class(call.func, file.names) or mentions_conv(call.func) for call in made),
        uses_locals=not functions.isdisjoint({"locals", "vars"}),
        abstract=_abstract(owner),
    )


def _reads(node: ast.AST, name: str) -> bool:
    # ``del groups`` counts: it says that the argument is there for the interface only.
    return isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Store)


def _abstract(owner: Scope) -> bool:
    """Whether the class cannot be meant to be built as it is."""
    header = [*owner.node.bases, *(keyword.value for keyword in owner.node.keywords)]
    if any(dotted(base).rpartition(".")[2] in {"ABC", "ABCMeta"} for base in header):
        return True
    return any(_abstract_method(method) for method in owner.methods.values())


def _abstract_method(method: Scope) -> bool:
    if any("abstract" in dotted(decorator) for decorator in method.node.decorator_list):
        return True
    raised = [s.exc for s in method.node.body if isinstance(s, ast.Raise)]
    return any(dotted(e.func if isinstance(e, ast.Call) else e) == "NotImplementedError" for e in raised)
