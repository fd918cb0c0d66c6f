"""Constructors with a parameter ``groups``: ``groups_parameter``."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gconv_lint.frontends.source.constructs.imports import dotted
from gconv_lint.frontends.source.constructs.outline import Scope
from gconv_lint.frontends.source.constructs.source_file import SourceFile
from gconv_lint.frontends.source.constructs.syntax import calls, default, mentions, nodes, parameters
from gconv_lint.frontends.source.constructs.torch_names import is_conv_class, mentions_conv
from gconv_lint.model.constructs import Construct

#: Methods that see the arguments as well, or may replace ``__init__``.
_HOOKS = frozenset({"__new__", "__init_subclass__"})
#: Calls that reach the arguments of ``__init__`` without naming them.
_REFLECTION = frozenset(
    {"locals", "vars", "eval", "exec", "_getframe", "currentframe", "stack", "save_hyperparameters"}
)


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
    values = {
        "class_name": owner.name,
        "parameter": parameter.arg,
        "read": _read_elsewhere(file, init, owner, parameter.arg),
        "builds_convs": any(is_conv_class(call.func, file.names) or mentions_conv(call.func) for call in made),
        "uses_locals": any(_last(call.func) in _REFLECTION for call in made),
        "abstract": _abstract(owner),
        "for_interface": _for_interface(init, parameter),
    }
    return file.construct("groups_parameter", parameter, **values)


def _read_elsewhere(file: SourceFile, init: Scope, owner: Scope, name: str) -> bool | None:
    """False where nothing else can hand the argument to the class; what decorators and metaclasses do is unknown."""
    lineage = file.outline.lineage(owner)
    if any(scope.node.decorator_list or scope.node.keywords or _HOOKS & scope.methods.keys() for scope in lineage):
        return None
    named = (node.value == name for node in nodes(owner.node.body) if isinstance(node, ast.Constant))
    # ``self.hparams.groups`` is where some library has put the argument.
    return None if init.node.decorator_list or mentions(owner.node.body, name) or any(named) else False


def _for_interface(init: Scope, parameter: ast.arg) -> bool:
    """Whether the signature is that of other classes as well: what it does not need is ``None`` or goes unread."""
    arguments = init.node.args
    rest = arguments.kwarg
    if rest is not None and not any(_reads(node, rest.arg) for node in nodes(init.node.body)):
        return True
    return any(isinstance(d, ast.Constant) and d.value is None for d in [default(arguments, parameter)])


def _reads(node: ast.AST, name: str) -> bool:
    # ``del groups`` counts: it says that the argument is there for the interface only.
    return isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Store)


def _abstract(owner: Scope) -> bool:
    """Whether the class cannot be meant to be built as it is."""
    header = [*owner.node.bases, *(keyword.value for keyword in owner.node.keywords)]
    if any(_last(base) in {"ABC", "ABCMeta"} for base in header):
        return True
    return any(_abstract_method(method) for method in owner.methods.values())


def _last(node: ast.expr) -> str:
    """The last part of a name, also of ``self.a().b``."""
    return node.attr if isinstance(node, ast.Attribute) else dotted(node)


def _abstract_method(method: Scope) -> bool:
    if any("abstract" in dotted(decorator) for decorator in method.node.decorator_list):
        return True
    raised = [s.exc for s in method.node.body if isinstance(s, ast.Raise)]
    return any(dotted(e.func if isinstance(e, ast.Call) else e) == "NotImplementedError" for e in raised)
