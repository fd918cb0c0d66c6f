"""Convolutions that are replaced after construction: ``conv_assignment``."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from gconv_lint.frontends.source.constructs.imports import dotted
from gconv_lint.frontends.source.constructs.lineages import Lineage, reaches_anything
from gconv_lint.frontends.source.constructs.outline import Scope
from gconv_lint.frontends.source.constructs.source_file import SourceFile
from gconv_lint.frontends.source.constructs.syntax import is_none, made_by, names_weight, nodes, on_self
from gconv_lint.frontends.source.constructs.torch_names import is_conv_class
from gconv_lint.model.constructs import Construct

_DEPLOYS = (
    r"(?i)deploy|fuse|fusion|reparam|re_param|rep_param|merge|classifier|num_classes|(?:reset|replace|set|new)_head"
    # Hooks of training loops that run before an optimizer is made.
    r"|^configure_(?:sharded_)?model$|^setup$|^on_fit_start$|^prepare_data$"
)
_METADATA = frozenset({"device", "dtype", "shape", "size", "ndim", "dim", "is_cuda", "requires_grad", "layout"})
#: What a module offers that leads to all its layers or weights.
_REGISTRIES = frozenset(
    {"_modules", "modules", "named_modules", "children", "named_children", "parameters", "named_parameters"}
    | {"__dict__", "get_submodule", "get_parameter", "_parameters", "apply"}
)


def find(file: SourceFile) -> Iterator[Construct]:
    """Assignments of a torch convolution to ``self`` outside ``__init__``."""
    lineages: dict[Scope, Lineage] = {}
    methods: dict[Scope, _Method] = {}
    for statement, target, scope in file.outline.stored_calls:
        owner, method = scope.owner, scope.method
        if owner is None or method is None or not on_self(target) or method.name == "__init__":
            continue
        if not is_conv_class(made_by(statement.value), file.names):
            continue
        lineage = lineages.get(owner) or lineages.setdefault(owner, Lineage(file, owner))
        known = methods.get(method) or methods.setdefault(method, _Method(method, lineage))
        yield file.construct(
            "conv_assignment",
            statement,
            class_name=owner.name,
            attribute=target.attr,
            method=method.name,
            reachable_from_init=lineage.reaches(method),
            set_in_init=lineage.sets(target.attr),
            copies_weights=known.copies_weights or target.attr in known.kept,
            tests_none=known.tests_presence,
            deploys=known.deploys,
        )


class _Method:
    """What a method that replaces a convolution does about the old one."""

    def __init__(self, method: Scope, lineage: Lineage) -> None:
        body = list(nodes(method.node.body))
        # ``.to(self.conv.weight.device)`` asks where a weight is; it does not keep its value.
        asked = {id(node.value) for node in body if isinstance(node, ast.Attribute) and node.attr in _METADATA}
        helpers = {name for node in body if (name := on_self(node)) in lineage.methods} - {method.name}
        helped = nodes(statement for name in helpers for statement in lineage.methods[name].node.body)
        weights = (node for part in (body, helped) for node in part if id(node) not in asked)
        self.copies_weights = any(_reaches_weights(node) for node in weights)
        self.tests_presence = any(map(_tests_presence, body))
        #: attributes whose object is kept or given to something
        used = {id(node.value) for node in body if isinstance(node, ast.Attribute)}
        used |= {id(node.func) for node in body if isinstance(node, ast.Call)}
        loads = (node for node in body if isinstance(getattr(node, "ctx", None), ast.Load))
        self.kept = {on_self(node) for node in loads if id(node) not in used} - {""}
        self.deploys = bool(re.search(_DEPLOYS, method.name))


def _reaches_weights(node: ast.AST) -> bool:
    return (
        names_weight(node) or reaches_anything(node) or (isinstance(node, ast.Attribute) and node.attr in _REGISTRIES)
    )


def _tests_presence(node: ast.AST) -> bool:
    """Whether a node tests that a layer is there already: ``self.x is None``, ``not self.x``, ``hasattr``."""
    if isinstance(node, ast.Compare) and any(map(is_none, node.comparators)):
        return bool(on_self(node.left)) or dotted(getattr(node.left, "func", None)) == "getattr"
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return bool(on_self(node.operand))
    return isinstance(node, ast.Call) and dotted(node.func) == "hasattr"
