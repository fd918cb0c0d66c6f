"""Classes that hold a convolution's weight themselves: ``group_division`` and ``conv_module_class``."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from gconv_lint.frontends.source.constructs.imports import dotted
from gconv_lint.frontends.source.constructs.origins import Origins
from gconv_lint.frontends.source.constructs.outline import Scope
from gconv_lint.frontends.source.constructs.source_file import SourceFile
from gconv_lint.frontends.source.constructs.syntax import argument, nodes, on_self, parameters, stored_on_self
from gconv_lint.frontends.source.constructs.torch_names import (
    CONSTRUCTOR_GROUPS,
    CONV_CLASSES,
    FUNCTIONAL_CONVS,
    FUNCTIONAL_GROUPS,
    FUNCTIONAL_TAIL,
)
from gconv_lint.frontends.source.walking import walk
from gconv_lint.model.constructs import Construct

_CHECKING_NAME = re.compile(r"check|valid|divi|assert|verify|gcd", re.IGNORECASE)
#: How many assignments to one local variable are looked at.
_MAX_VALUES = 8
_MODULE = frozenset({"torch.nn.Module"})


def find(file: SourceFile) -> Iterator[Construct]:
    """The constructs of classes that make a parameter and call a functional convolution."""
    if "Parameter(" not in file.text:
        return
    with_weights = {file.class_at(line) for line in file.lines_with("Parameter(")}
    with_convs = {file.class_at(line) for line in file.lines_with("conv", then=FUNCTIONAL_TAIL)}
    for scope in file.outline.classes:
        if scope in with_weights and scope in with_convs:
            yield from _HandWritten(file, scope).constructs()


class _HandWritten:
    """What one class does with its weights, its groups and functional convolutions."""

    def __init__(self, file: SourceFile, scope: Scope) -> None:
        self.file = file
        self.scope = scope
        self.body = list(nodes(scope.node.body))
        self.calls = [node for node in self.body if isinstance(node, ast.Call)]
        self.stored = list(stored_on_self(scope.node.body))
        self.renamed = {name: text for name, value in self.stored if (text := dotted(value))}
        self.convs = [call for call in self.calls if file.names.resolve(call.func) in FUNCTIONAL_CONVS]
        self.groups = {self.key(argument(call, "groups", FUNCTIONAL_GROUPS)) for call in self.convs} - {""}
        self.locals = _local_values(self.body)
        self.parameters = _parameter_names(self.stored, self.calls)
        self.origins = Origins(self.body, self.stored, scope, self.key)

    def constructs(self) -> Iterator[Construct]:
        if not self.convs:
            return
        checked, conv_superclass = self.checked(), self.conv_superclass()
        for call in self.calls:
            if self.file.names.resolve(call.func) == "torch.nn.Parameter" and not _frozen(call):
                yield from self.division(call, checked, conv_superclass)
        yield from self.module_class(conv_superclass is False)

    def key(self, node: ast.AST | None) -> str:
        """One name for ``groups`` and the ``self.g`` that it is stored in; ``""`` for anything else."""
        attribute = on_self(node)
        return self.renamed.get(attribute, attribute) if attribute else dotted(node)

    def division(self, call: ast.Call, checked: set[str], conv_superclass: bool | None) -> Iterator[Construct]:
        quotients = [
            (node, key)
            for node in nodes(self.shape_of(call))
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.FloorDiv) and (key := self.key(node.right))
        ]
        # The quotient by the groups is the one to report when the shape has others (``out // ratio``) as well.
        quotients.sort(key=lambda pair: pair[1] not in self.groups)
        for node, key in quotients[:1]:
            yield self.file.construct(
                "group_division",
                call,
                class_name=self.scope.name,
                parameter=self.parameters.get(id(call)),
                dividend=self.file.code(node.left),
                divisor=self.file.code(node.right),
                checked=key in checked or self.checked_outside,
                free=self.origins.free(node.left, key) or None,
                used_as_groups=key in self.groups,
                conv_superclass=conv_superclass,
            )

    def shape_of(self, call: ast.Call) -> list[ast.AST]:
        """The arguments of ``nn.Parameter(...)`` and the values of the local variables they read, two steps back."""
        found: list[ast.AST] = list(call.args)
        fresh = found
        for _ in range(2):
            names = {node.id for node in nodes(fresh) if isinstance(node, ast.Name)}
            fresh = [value for name in sorted(names) for value in self.locals.get(name, ())[:_MAX_VALUES]]
            found = [*found, *fresh]
        return found

    def checked(self) -> set[str]:
        """The divisors for which something in the class would notice that they do not divide."""
        return {self.key(part) for node in self.body for part in self.checked_by(node)} - {""}

    @cached_property
    def checked_outside(self) -> bool:
        """Whether a function that makes objects of the class, or a subclass, checks something before."""
        name, file = self.scope.name, self.file
        makers = {file.function_at(line) for line in file.lines_with(f"{name}(")}
        heirs = [s for s in file.outline.classes if s is not self.scope and self.scope in file.outline.lineage(s)]
        others = [s for s in (*makers, *heirs) if s is not None and s.owner is not self.scope]
        parts = (part for s in others for node in nodes(s.node.body) for part in self.checked_by(node))
        return any(dotted(part) for part in parts)

    def checked_by(self, node: ast.AST) -> Iterable[ast.AST | None]:
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
            return [node.right]
        if isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] in {
            "divmod",
            "fmod",
            "remainder",
            "mod",
        }:
            return node.args[1:]
        if isinstance(node, (ast.If, ast.IfExp, ast.While, ast.comprehension)):
            return _divisors(node)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult) and _divides(node.left):
            return [node.right] if self.key(node.left.right) == self.key(node.right) else []  # type: ignore[attr-defined]
        if isinstance(node, ast.Assert):
            return list(walk(node.test))
        if isinstance(node, ast.Call) and _CHECKING_NAME.search(dotted(node.func).rpartition(".")[2]):
            return list(nodes([*node.args, *(keyword.value for keyword in node.keywords)]))
        if isinstance(node, ast.Call) and self.refuses(dotted(node.func).rpartition(".")[2]):
            return list(nodes(node.args))
        if isinstance(node, ast.Call) and self.file.names.resolve(node.func) in CONV_CLASSES:
            return [argument(node, "groups", CONSTRUCTOR_GROUPS)]
        return ()

    def refuses(self, name: str) -> bool:
        """Whether a function of the file raises for what some division leaves."""
        found = [s for s in self.file.outline.functions if s.name == name]
        kinds = [{type(part) for part in nodes(s.node.body)} for s in found]
        return any(ast.Mod in kind and not kind.isdisjoint((ast.Raise, ast.Assert)) for kind in kinds)

    def conv_superclass(self) -> bool | None:
        """Whether a base class is a convolution, which checks; ``None`` when a base is not known."""
        bases = [self.file.names.resolve(base) for base in self.scope.node.bases]
        if any("conv" in base.rpartition(".")[2].lower() for base in bases):
            return True
        return False if _MODULE.issuperset(bases) else None

    def module_class(self, plain: bool) -> Iterator[Construct]:
        forward = self.scope.methods.get("forward")
        if forward is not None and self.groups:
            same = plain and self.is_one_conv(forward)
            yield Construct(
                kind="conv_module_class",
                place=self.file.header(self.scope),
                values={"class_name": self.scope.name, "reimplements_conv": same},
            )

    def is_one_conv(self, forward: Scope) -> bool:
        """Whether ``forward`` is nothing but one functional convolution of its input with a parameter of the class."""
        body = [s for s in forward.node.body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]
        result = body[0].value if len(body) == 1 and isinstance(body[0], ast.Return) else None
        if not isinstance(result, ast.Call) or result not in self.convs:
            return False
        inputs = {parameter.arg for parameter in parameters(forward.node)} - {"self"}
        weight = on_self(argument(result, "weight", 1))
        made = any(
            name == weight
            and isinstance(value, ast.Call)
            and self.file.names.resolve(value.func) == "torch.nn.Parameter"
            for name, value in self.stored
        )
        grouped = argument(result, "groups", FUNCTIONAL_GROUPS) is not None
        return made and grouped and dotted(argument(result, "input", 0)) in inputs


def _divides(node: ast.expr) -> bool:
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.FloorDiv)


def _divisors(node: ast.If | ast.IfExp | ast.While | ast.comprehension) -> list[ast.AST]:
    """What a condition divides by, such as ``c // d * d == c`` or ``(c / d).is_integer()``, or finds in ``(1, c)``."""
    tests = node.ifs if isinstance(node, ast.comprehension) else [node.test]
    parts = list(nodes(tests))
    found = [n.left for n in parts if isinstance(n, ast.Compare) and isinstance(n.ops[0], (ast.In, ast.NotIn))]
    return [
        *found,
        *(n.right for n in parts if isinstance(n, ast.BinOp) and isinstance(n.op, (ast.Div, ast.FloorDiv))),
    ]


def _frozen(call: ast.Call) -> bool:
    flag = argument(call, "requires_grad", 1)
    return isinstance(flag, ast.Constant) and flag.value is False


def _parameter_names(stored: Iterable[tuple[str, ast.expr]], calls: Iterable[ast.Call]) -> dict[int, str]:
    """``weight`` for the value in ``self.weight = value`` and in ``self.register_parameter("weight", value)``."""
    names = {id(value): name for name, value in stored}
    for call in calls:
        if len(call.args) == 2 and isinstance(call.args[0], ast.Constant):
            names[id(call.args[1])] = str(call.args[0].value)
    return names


def _local_values(body: Iterable[ast.AST]) -> dict[str, list[ast.expr]]:
    """The values given to each local variable of a class's methods."""
    found: dict[str, list[ast.expr]] = {}
    for node in body:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    found.setdefault(target.id, []).append(node.value)
    return found
