"""Convolutions and group counts that are changed after construction: ``conv_assignment``, ``groups_assignment``."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from gconv_lint.frontends.source.constructs.imports import dotted
from gconv_lint.frontends.source.constructs.outline import Scope
from gconv_lint.frontends.source.constructs.source_file import SourceFile
from gconv_lint.frontends.source.constructs.syntax import nodes, on_self, stored_on_self
from gconv_lint.frontends.source.constructs.torch_names import is_conv_class
from gconv_lint.model.constructs import Construct

_DEPLOYS = re.compile(
    r"deploy|fuse|fusion|reparam|re_param|rep_param|merge|classifier|num_classes|(?:reset|replace|set|new)_head",
    re.IGNORECASE,
)
_COPIES = frozenset({"load_state_dict", "copy_", "state_dict"})
_METADATA = frozenset({"device", "dtype", "shape", "size", "ndim", "dim", "is_cuda", "requires_grad", "layout"})
#: Receivers that are plain data, not layers: settings, and the context of an autograd function.
_DATA = re.compile(
    r"(?:^|[._])(?:cfg|config|conf|args|opts?|options|hparams|settings|params|namespace|ctx|context|attrs?|info|spec)$"
)
#: Receivers that are layers by their names.
_LAYER = re.compile(
    r"(?:^|[._])(?:\w*conv\w*|\w*layer\w*|\w*module\w*|m|mod|child|\w*dw\w*|\w*pw\w*|\w*wise|op|block|body|new_?\w*)$"
)
_NUMBERS = (ast.Constant, ast.Name, ast.Attribute, ast.BinOp, ast.Call, ast.IfExp)


def find(file: SourceFile) -> Iterator[Construct]:
    """Assignments of a torch convolution to ``self`` outside ``__init__``, and writes to an attribute ``groups``."""
    yield from _conv_assignments(file)
    yield from _groups_assignments(file)


def _conv_assignments(file: SourceFile) -> Iterator[Construct]:
    ancestries: dict[Scope, _Ancestry] = {}
    methods: dict[Scope, _Method] = {}
    for statement, target, scope in file.outline.stored_calls:
        owner, method = scope.owner, scope.method
        if owner is None or method is None or not on_self(target) or method.name == "__init__":
            continue
        if not is_conv_class(_constructor(statement.value), file.names):
            continue
        ancestry = ancestries.get(owner) or ancestries.setdefault(owner, _Ancestry(file, owner))
        known = methods.get(method) or methods.setdefault(method, _Method(method))
        yield file.construct(
            "conv_assignment",
            statement,
            class_name=owner.name,
            attribute=target.attr,
            method=method.name,
            reachable_from_init=ancestry.reaches(method.name),
            set_in_init=ancestry.sets(target.attr),
            copies_weights=known.copies_weights or target.attr in known.kept,
            tests_none=known.tests_presence,
            deploys=known.deploys,
        )


def _groups_assignments(file: SourceFile) -> Iterator[Construct]:
    touching: dict[Scope | None, bool] = {}
    for write, target, scope in file.outline.groups_writes:
        name, value = dotted(target.value).lower(), getattr(write, "value", None)
        if _DATA.search(name) or _is_none(value) or not (name == "self" or _LAYER.search(name)):
            continue
        if not _may_be_number(value):
            continue
        direct = isinstance(target.value, ast.Name) and target.value.id == "self"
        if not direct and scope not in touching:
            body: Sequence[ast.stmt] = scope.node.body if scope is not None else file.tree.body
            touching[scope] = any(_names_weight(node) for node in nodes(body))
        yield file.construct(
            "groups_assignment",
            write,
            target=file.code(target),
            on_self=direct,
            # Not looked for where no rule needs it: ``self.groups = groups`` is in every other constructor.
            touches_weights=None if direct else touching[scope],
        )


def _may_be_number(value: ast.expr | None) -> bool:
    if isinstance(value, ast.Call):
        return dotted(value.func) not in {"list", "tuple", "set", "dict", "sorted", "str"}
    if isinstance(value, ast.Constant):
        return isinstance(value.value, int)
    return isinstance(value, _NUMBERS)


def _constructor(value: ast.expr | None) -> ast.expr | None:
    """What is called first in ``nn.Conv2d(...).to(device).eval()``."""
    function = value.func if isinstance(value, ast.Call) else None
    while isinstance(function, ast.Attribute) and isinstance(function.value, ast.Call):
        function = function.value.func
    return function


class _Method:
    """What a method that replaces a convolution does about the old one."""

    def __init__(self, method: Scope) -> None:
        body = list(nodes(method.node.body))
        # ``.to(self.conv.weight.device)`` asks where a weight is; it does not keep its value.
        asked = {id(node.value) for node in body if isinstance(node, ast.Attribute) and node.attr in _METADATA}
        self.copies_weights = any(_names_weight(node) and id(node) not in asked for node in body)
        self.tests_presence = any(map(_tests_presence, body))
        #: attributes whose object gets another name
        self.kept = {on_self(node.value) for node in body if isinstance(node, ast.Assign)} - {""}
        self.deploys = bool(_DEPLOYS.search(method.name))


class _Ancestry:
    """The methods of a class and of its base classes in the same file; ``complete`` when no base is elsewhere."""

    def __init__(self, file: SourceFile, owner: Scope) -> None:
        self.methods: dict[str, Scope] = {}
        self.complete = True
        local = {scope.name: scope for scope in file.outline.classes}
        pending, seen = [owner], {id(owner)}
        while pending:
            scope = pending.pop()
            for name, method in scope.methods.items():
                self.methods.setdefault(name, method)
            for base in scope.node.bases:
                known = local.get(dotted(base))
                if known is None:
                    self.complete &= file.names.resolve(base) in {"torch.nn.Module", "object"}
                elif id(known) not in seen:
                    seen.add(id(known))
                    pending.append(known)

        self.from_init = self._from_init()
        roots = [statement for name in self.from_init for statement in self.methods[name].node.body]
        self.attributes = {name for name, value in stored_on_self(roots) if not _is_none(value)}

    def _from_init(self) -> set[str]:
        """The names of the methods that ``__init__`` mentions, directly or through others."""
        found: set[str] = set()
        pending = ["__init__"]
        while pending:
            name = pending.pop()
            if name not in found and name in self.methods:
                found.add(name)
                pending.extend(a for node in nodes(self.methods[name].node.body) if (a := on_self(node)))
        return found

    def reaches(self, method: str) -> bool | None:
        """Whether ``__init__`` may call the method; unknown when a base class is."""
        return True if method in self.from_init else (False if self.complete else None)

    def sets(self, attribute: str) -> bool | None:
        """Whether ``__init__`` puts something other than ``None`` there; unknown when a base class may."""
        return True if attribute in self.attributes else (False if self.complete else None)


def _names_weight(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and (node.attr in _COPIES or node.attr.startswith("weight"))


def _tests_presence(node: ast.AST) -> bool:
    """Whether a node tests that a layer is there already: ``self.x is None``, ``not self.x``, ``hasattr``."""
    if isinstance(node, ast.Compare) and any(map(_is_none, node.comparators)):
        return bool(on_self(node.left)) or dotted(getattr(node.left, "func", None)) == "getattr"
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return bool(on_self(node.operand))
    return isinstance(node, ast.Call) and dotted(node.func) == "hasattr"


def _is_none(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
