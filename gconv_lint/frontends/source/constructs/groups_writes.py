"""Group counts that are changed after construction: ``groups_assignment``."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from gconv_lint.frontends.source.constructs.imports import dotted
from gconv_lint.frontends.source.constructs.outline import Scope
from gconv_lint.frontends.source.constructs.source_file import SourceFile
from gconv_lint.frontends.source.constructs.syntax import (
    is_none,
    made_by,
    names_weight,
    nodes,
    on_self,
    stored_on_self,
    tested_classes,
)
from gconv_lint.frontends.source.constructs.torch_names import CONV_CLASSES
from gconv_lint.model.constructs import Construct

#: Receivers that are plain data, not layers: settings, and the context of an autograd function.
_DATA = (
    r"(?:^|[._])(?:cfg|config|conf|args|opts?|options|hparams|settings|params|namespace|ctx|context|attrs?|info|spec)$"
)
#: Receivers that are layers by their names.
_LAYER = (
    r"(?:^|[._])(?:\w*conv\w*|\w*layer\w*|\w*module\w*|m|mod|child|\w*dw\w*|\w*pw\w*|\w*wise|op|block|body|new_?\w*)$"
)
#: Receivers that are convolutions by their names.
_CONV = r"(?:^|[._])(?:\w*conv(?!ert|er|olver)\w*|dw\d*|pw\d*|\w*(?:depth|point)_?wise)$"
_NUMBERS = (ast.Constant, ast.Name, ast.Attribute, ast.BinOp, ast.Call, ast.IfExp)
#: Methods that leave the weights of their object as they are; functions that change nothing.
_LEAVING = frozenset(
    {
        "to",
        "cuda",
        "cpu",
        "eval",
        "train",
        "float",
        "half",
        "double",
        "type",
        "requires_grad_",
        "zero_grad",
        "extra_repr",
    }
    | {"children", "modules", "named_children", "named_modules", "forward", "register_forward_hook"}
)
_HARMLESS = frozenset({"isinstance", "print", "type", "hasattr", "len", "repr", "str", "id", "getattr"})
#: Calls whose result is a layer of the kind that they are given.
_COPIES = frozenset({"copy", "deepcopy", "to", "cuda", "eval", "cpu", "clone"})


def find(file: SourceFile) -> Iterator[Construct]:
    """Writes to an attribute ``groups``."""
    around: dict[Scope | None, _Surroundings] = {}
    for write, target, scope in file.outline.groups_writes:
        name, value = dotted(target.value).lower(), getattr(write, "value", None)
        if re.search(_DATA, name) or is_none(value):
            continue
        if not (name == "self" or re.search(_LAYER, name) or _is_conv_of_file(file, target.value)):
            continue
        if not _may_be_number(value):
            continue
        direct = isinstance(target.value, ast.Name) and target.value.id == "self"
        # Not looked into where no rule needs it: ``self.groups = groups`` is in every other constructor.
        known = None if direct else around.get(scope) or around.setdefault(scope, _Surroundings(file, scope))
        yield file.construct(
            "groups_assignment",
            write,
            target=file.code(target),
            on_self=direct,
            is_conv=known.is_conv(target.value) if known else None,
            restores=known.restores(target) if known else None,
            touches_weights=known.touches_weights(target.value) if known else None,
        )


def _is_conv_of_file(file: SourceFile, receiver: ast.expr) -> bool:
    """Whether ``model.mixer`` has the name of an attribute that the classes of the file make convolutions of only."""
    if not isinstance(receiver, ast.Attribute) or not dotted(receiver) or on_self(receiver):
        return False
    stored = [
        value
        for owner in file.outline.classes
        for name, value in stored_on_self(owner.node.body)
        if name == receiver.attr
    ]
    makers = [file.names.resolve(made_by(value)) for value in stored]
    return bool(makers) and all(map(_has_weight, makers))


def _may_be_number(value: ast.expr | None) -> bool:
    if isinstance(value, ast.Call):
        return dotted(value.func) not in {"list", "tuple", "set", "dict", "sorted", "str"}
    if isinstance(value, ast.Constant):
        return isinstance(value.value, int)
    return isinstance(value, _NUMBERS)


class _Surroundings:
    """The function, or the statements of the file, around a write, with what they do to each name."""

    def __init__(self, file: SourceFile, scope: Scope | None) -> None:
        self.file = file
        body: Sequence[ast.stmt] = scope.node.body if scope is not None else file.tree.body
        self.tested: dict[str, set[str]] = {}
        self.values: dict[str, list[ast.expr]] = {}
        self.kept: dict[str, set[str]] = {}
        self.handed: set[str] = set()
        self.names_weight = False
        for node in nodes(body):
            self._note(node)
        owner = scope.owner if scope is not None else None
        self.stored = list(stored_on_self(owner.node.body)) if owner is not None else []

    def _note(self, node: ast.AST) -> None:
        self.names_weight = self.names_weight or names_weight(node)
        if isinstance(node, ast.Call):
            self.handed.update(_handed_over(node))
            for name, classes in tested_classes(node, self.file.names):
                self.tested.setdefault(name, set()).update(classes)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                self.values.setdefault(dotted(target), []).append(node.value)
                if isinstance(target, ast.Name):
                    self.kept.setdefault(dotted(node.value), set()).add(target.id)

    def is_conv(self, receiver: ast.expr) -> bool | None:
        """Whether the receiver is a convolution by its test, by what made it or by its name; else unknown."""
        tested = self.tested.get(dotted(receiver))
        if tested:
            return all(_has_weight(name) for name in tested)
        made = [self._class_of(value) for value in self._values(receiver)]
        if any(name is not None for name in made):
            return True if all(name is not None and _has_weight(name) for name in made) else None
        return True if re.search(_CONV, dotted(receiver).lower()) or _is_conv_of_file(self.file, receiver) else None

    def _values(self, receiver: ast.expr) -> list[ast.expr]:
        """What the receiver is assigned, here or as an attribute of the class."""
        attribute = on_self(receiver)
        return [*self.values.get(dotted(receiver), ()), *(value for name, value in self.stored if name == attribute)]

    def _class_of(self, value: ast.expr) -> str | None:
        """The class that is called, with ``""`` for one without a name; ``None`` where nothing is told."""
        maker = made_by(value)
        if maker is None or dotted(maker).rpartition(".")[2] in _COPIES:
            return None
        return self.file.names.resolve(maker)

    def restores(self, target: ast.Attribute) -> bool:
        """Whether the function reads the groups of the same object and writes them back."""
        own = dotted(target)
        return not {own, *self.kept.get(own, ())}.isdisjoint(map(dotted, self.values.get(own, ())))

    def touches_weights(self, receiver: ast.expr) -> bool:
        """Whether the weight is named, or the layer is given to something that may change it."""
        return self.names_weight or dotted(receiver) in self.handed


def _handed_over(call: ast.Call) -> Iterator[str]:
    """The names of what a call may change: its arguments, and its object, whose parameters it may give away."""
    if isinstance(call.func, ast.Attribute) and call.func.attr not in _LEAVING:
        yield dotted(call.func.value)
    if dotted(call.func) not in _HARMLESS:
        yield from (dotted(part) for part in (*call.args, *(k.value for k in call.keywords)))


def _has_weight(name: str) -> bool:
    """Whether a class is one of torch's that has its weight as soon as it is made."""
    return (name in CONV_CLASSES or name == "torch.nn._ConvNd") and "Lazy" not in name
