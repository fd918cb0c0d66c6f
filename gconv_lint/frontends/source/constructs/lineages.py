"""What the constructors of a class, of its base classes and of its subclasses in the same file do and call."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from gconv_lint.frontends.source.constructs.imports import dotted
from gconv_lint.frontends.source.constructs.outline import Scope
from gconv_lint.frontends.source.constructs.source_file import SourceFile
from gconv_lint.frontends.source.constructs.syntax import is_none, made_by, nodes, stored_on_self
from gconv_lint.frontends.source.constructs.torch_names import is_conv_class, mentions_conv

#: Methods that are there to make layers, at first or anew, and those that Python calls.
_MAKES = r"(?i)__|_*(?:re_?)?init(?![a-z])|_*(?:reset|initiali[sz]e|build|set_?up|make|create|load)(?![a-z])"
_PLAIN_DECORATORS = frozenset({"torch.no_grad", "torch.inference_mode", "staticmethod", "classmethod"})
#: Calls that ask for something of an object, or set it, by what they are given.
_ASKING = frozenset(
    {"super", "isinstance", "print", "type", "id", "repr", "str", "len", "hasattr", "setattr", "delattr"}
)
#: Bases whose ``__init__`` calls nothing that the class itself defines; ``module.py`` of Lightning.
_PLAIN_BASES = frozenset({"torch.nn.Module", "object"}) | {
    f"{package}.LightningModule" for package in ("lightning", "lightning.pytorch", "pytorch_lightning")
}


class Lineage:
    """The methods of a class and of its base classes in the same file; ``complete`` when no base is elsewhere."""

    def __init__(self, file: SourceFile, owner: Scope) -> None:
        self.file = file
        self.owner = owner
        scopes = file.outline.lineage(owner)
        self.methods = {name: method for scope in reversed(scopes) for name, method in scope.methods.items()}
        local = {id(scope.node): scope.name for scope in scopes}.values()
        bases = {file.names.resolve(base) for scope in scopes for base in scope.node.bases} - set(local)
        made_otherwise = any(scope.node.decorator_list or scope.node.keywords for scope in scopes)
        self.complete = bases <= _PLAIN_BASES and not made_otherwise
        self.heirs = [s for s in file.outline.classes if s is not owner and owner in file.outline.lineage(s)]
        self.from_init = self._from_init()
        body = [node for name in self.from_init for node in nodes(self.methods[name].node.body)]
        self.any_method = any(map(reaches_anything, body))
        self.attributes: dict[str, list[ast.expr]] = {}
        for name, value in stored_on_self([self.methods[name].node for name in self.from_init]):
            self.attributes.setdefault(name, []).append(value)

    def _from_init(self) -> set[str]:
        """The names of the methods that ``__init__`` mentions, directly or through others."""
        found: set[str] = set()
        pending = ["__init__"]
        while pending:
            name = pending.pop()
            if name not in found and name in self.methods:
                found.add(name)
                pending.extend(filter(None, map(_mentioned, nodes(self.methods[name].node.body))))
        return found

    def reaches(self, method: Scope) -> bool | None:
        """Whether ``__init__`` may call the method; unknown when a base class, a subclass or a maker may."""
        if method.name in self.from_init:
            return True
        decorators = (d.func if isinstance(d, ast.Call) else d for d in method.node.decorator_list)
        others = not {dotted(d) for d in decorators} <= _PLAIN_DECORATORS
        if not self.complete or self.any_method or others or re.match(_MAKES, method.name):
            return None
        heirs = nodes(heir.node for heir in self.heirs)
        if any(_mentioned(node) == method.name or reaches_anything(node) for node in heirs):
            return None
        return None if self._at_construction(method.name) else False

    def sets(self, attribute: str) -> bool | None:
        """Whether ``__init__`` makes a convolution there; unknown when a base class may, or it makes something else."""
        values = self.attributes.get(attribute, [])
        if all(map(is_none, values)):
            return False if self.complete else None
        return True if all(map(self._makes_conv, values)) else None

    def _makes_conv(self, value: ast.expr) -> bool:
        maker = made_by(value)
        return maker is not None and (is_conv_class(maker, self.file.names) or mentions_conv(maker))

    def _at_construction(self, method: str) -> bool:
        """Whether somebody calls the method on an object that the statement before has made."""
        classes = {self.owner.name, *(heir.name for heir in self.heirs)}
        if f".{method}(" not in self.file.text:
            return False
        functions = [self.file.function_at(line) for line in self.file.lines_with(f".{method}(")]
        roots = [self.file.tree.body if f is None else f.node.body for f in functions]
        return any(method in _first_calls(block, classes) for root in roots for block in _blocks(root))


def _mentioned(node: ast.AST) -> str:
    """The attribute, or the text that may be the name of one."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def reaches_anything(node: ast.AST) -> bool:
    """Whether a call may use any attribute or method of the object: ``f(self)``, ``getattr(self, name)``, ``eval``."""
    if not isinstance(node, ast.Call):
        return False
    name = dotted(node.func)
    if name == "getattr" and len(node.args) > 1 and isinstance(node.args[1], ast.Constant):
        return False
    given = [*node.args, *(keyword.value for keyword in node.keywords)]
    return name in {"eval", "exec"} or (name not in _ASKING and any(dotted(value) == "self" for value in given))


def _blocks(body: list[ast.stmt]) -> Iterator[list[ast.stmt]]:
    yield body
    for node in nodes(body):
        yield from (b for field in ("body", "orelse", "finalbody") if isinstance(b := getattr(node, field, None), list))


def _first_calls(block: list[ast.stmt], classes: set[str]) -> Iterator[str]:
    """The methods that are called on a new object of one of the classes before anything else happens."""
    new = ""
    for statement in block:
        value = getattr(statement, "value", None)
        if isinstance(statement, ast.Assign) and isinstance(value, ast.Call) and dotted(value.func) in classes:
            new = dotted(statement.targets[0])
        elif new and isinstance(statement, ast.Expr) and isinstance(value, ast.Call):
            receiver, _, called = dotted(value.func).rpartition(".")
            new = new if receiver == new else ""
            yield called if new else ""
        else:
            new = ""
