"""Tell whether a number is computed from the batch size of a function's data."""

from __future__ import annotations

import ast
import re

from gconv_lint.frontends.source.constructs.imports import dotted
from gconv_lint.frontends.source.constructs.syntax import integer, nodes
from gconv_lint.frontends.source.walking import walk

#: Tensors whose first axis is not the batch: ``groups=kernel.shape[0]`` is a constant of the model.
_WEIGHTS = re.compile(r"weight|kernel|filter|bias|(?:^|\.)[wk]$|window|taps", re.IGNORECASE)


def names_weight(node: ast.expr) -> bool:
    """Whether an expression is called like a weight, whose first axis is no batch."""
    return _WEIGHTS.search(dotted(node)) is not None


class Locals:
    """The local variables of a function: those that hold a batch size, and those that hold weights."""

    def __init__(self, function: ast.FunctionDef) -> None:
        self.sizes: set[str] = set()
        self.weights: set[str] = set()
        assignments = [node for node in nodes(function.body) if isinstance(node, ast.Assign)]
        for assignment in sorted(assignments, key=lambda node: node.lineno):
            for target in assignment.targets:
                self._bind(target, assignment.value)

    def from_batch(self, value: ast.expr) -> bool:
        """Whether an expression of plain arithmetic has a batch size in it: ``x.shape[0]``, ``x.size(0)``."""
        pending: list[ast.expr] = [value]
        while pending:
            node = pending.pop()
            if isinstance(node, ast.BinOp):
                pending.extend((node.left, node.right))
            elif self._is_batch(node) or (isinstance(node, ast.Name) and node.id in self.sizes):
                return True
            elif isinstance(node, ast.Call) and dotted(node.func) == "int":
                pending.extend(node.args)
        return False

    def _bind(self, target: ast.expr, value: ast.expr) -> None:
        if self._reads_weights(value):
            self.weights.update(node.id for node in walk(target) if isinstance(node, ast.Name))
        elif isinstance(target, ast.Name) and self.from_batch(value):
            self.sizes.add(target.id)
        elif isinstance(target, (ast.Tuple, ast.List)) and self._is_shape(value):
            self.sizes.update(node.id for node in target.elts[:1] if isinstance(node, ast.Name))

    def _reads_weights(self, value: ast.expr) -> bool:
        """Whether an expression reads a weight, so that its sizes, and those of what it makes, may be the weight's."""
        return any(isinstance(n, (ast.Name, ast.Attribute)) and not self._is_data(n) for n in walk(value))

    def _is_batch(self, node: ast.expr) -> bool:
        if isinstance(node, ast.Subscript) and integer(node.slice) == 0:
            return self._is_shape(node.value)
        if isinstance(node, ast.Call) and len(node.args) == 1 and integer(node.args[0]) == 0:
            return isinstance(node.func, ast.Attribute) and node.func.attr == "size" and self._is_data(node.func.value)
        return False

    def _is_shape(self, node: ast.expr) -> bool:
        """``x.shape``, ``x.size()`` and slices of them that start at 0."""
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice):
            node = node.value if node.slice.lower is None else node
        if isinstance(node, ast.Call) and not node.args:
            node = node.func
        return isinstance(node, ast.Attribute) and node.attr in {"shape", "size"} and self._is_data(node.value)

    def _is_data(self, node: ast.expr) -> bool:
        name = dotted(node)
        return bool(name) and name not in self.weights and not _WEIGHTS.search(name)
