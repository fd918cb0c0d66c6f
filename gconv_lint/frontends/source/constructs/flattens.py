"""Batches viewed as one row for each channel: ``channel_flatten``."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from gconv_lint.frontends.source.constructs.batch_size import names_weight
from gconv_lint.frontends.source.constructs.imports import dotted
from gconv_lint.frontends.source.constructs.outline import Scope
from gconv_lint.frontends.source.constructs.source_file import SourceFile
from gconv_lint.frontends.source.constructs.syntax import integer, nodes, parameters
from gconv_lint.frontends.source.walking import walk
from gconv_lint.model.constructs import Construct

_SECOND_SIZE = re.compile(r"(?:\(\s*1\s*\)|(?:\(\s*\))?\[\s*1\s*\])\s*,\s*-\s*1\b")
#: Tensors whose first axis is, by their names, no batch.
_NO_BATCH = r"hidden|state|(?:^|_)h_?n?\d*$|row|embed|gamma|beta|scale|mask|anchor|memory|buffer|single|mean"
#: Functions and methods that keep a batch where it is.
_KEEPING = (
    r"\w*relu6?_?|silu|gelu|sigmoid|tanh|conv[123]d|\w*_norm|\w*pool[123]d"
    r"|contiguous|detach|clone|float|half|to|cuda|cpu"
)
_MODELS = r"(?i)model|net|conv|layer|block|backbone|encoder|decoder|features|module|extractor|stem|body"


def find(file: SourceFile) -> Iterator[Construct]:
    """``x.view(x.size(1), -1)`` and its spellings."""
    around: dict[Scope | None, _Function] = {}
    for call in file.calls_on(file.lines_with(".size", ".shape", then=_SECOND_SIZE)):
        receiver, shape = _reshaped(call)
        if receiver is None or len(shape) != 2 or integer(shape[1]) != -1:
            continue
        measured = channel_size_of(shape[0])
        if measured is None or not file.same(measured, receiver) or names_weight(receiver):
            continue
        scope = file.function_at(call.lineno)
        function = around.get(scope) or around.setdefault(scope, _Function(file, scope))
        batched = function.batched(receiver) and not function.fixes_batch(receiver)
        yield file.construct("channel_flatten", call, receiver=file.code(receiver), batched=batched or None)


def _reshaped(call: ast.Call) -> tuple[ast.expr | None, list[ast.expr]]:
    """What is reshaped, and the shape, in ``x.view(...)``, ``x.reshape(...)`` and ``torch.reshape(x, ...)``."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in {"view", "reshape"}:
        return None, []
    receiver, shape = call.func.value, call.args
    if dotted(receiver) == "torch" and shape:
        receiver, shape = shape[0], shape[1:]
    if len(shape) == 1 and isinstance(shape[0], (ast.Tuple, ast.List)):
        shape = shape[0].elts
    return receiver, shape


def channel_size_of(node: ast.expr) -> ast.expr | None:
    """``x`` of ``x.size(1)``, ``x.shape[1]`` and ``x.size()[1]``."""
    return _size_of(node, 1)


def _size_of(node: ast.AST, axis: int) -> ast.expr | None:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "size":
        return node.func.value if len(node.args) == 1 and integer(node.args[0]) == axis else None
    if not isinstance(node, ast.Subscript) or integer(node.slice) != axis:
        return None
    sizes = node.value.func if isinstance(node.value, ast.Call) and not node.value.args else node.value
    return sizes.value if isinstance(sizes, ast.Attribute) and sizes.attr in {"shape", "size"} else None


class _Function:
    """Where the tensors of a function, or of a script, come from."""

    def __init__(self, file: SourceFile, scope: Scope | None) -> None:
        self.file = file
        self.scope = scope
        body: Sequence[ast.stmt] = file.tree.body if scope is None else scope.node.body
        self.body = list(nodes(body))
        #: the texts of the tensors whose batch size is tested, when somebody has asked
        self._measured: set[str] | None = None
        self.inputs = {p.arg for p in parameters(scope.node)} - {"self"} if scope is not None else set()
        self.values: dict[str, list[ast.expr | None]] = {}
        known = set()
        for node in self.body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and len(node.targets) == 1:
                known.add(node.targets[0])
                self.values.setdefault(node.targets[0].id, []).append(node.value)
        for node in self.body:
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node not in known:
                # Loops, unpacking and ``with`` give no value that could be looked at.
                self.values.setdefault(node.id, []).append(None)

    def batched(self, node: ast.AST | None, seen: frozenset[str] = frozenset()) -> bool:
        """Whether the first axis of a tensor is a batch, of any size, as far as the function shows."""
        if isinstance(node, ast.BinOp) and not isinstance(node.op, ast.MatMult):
            node = node.left  # element by element, as in ``x - x.mean(0)``: the other side is as large at most
            return not isinstance(node, ast.Constant) and not names_weight(node) and self.batched(node, seen)
        if isinstance(node, ast.Name):
            return self._named(node.id, seen)
        if not isinstance(node, ast.Call):
            return False
        function, given = node.func, list(node.args)
        if isinstance(function, ast.Attribute) and re.fullmatch(_KEEPING, function.attr):
            resolved = self.file.names.resolve(function)
            return self.batched(given[0] if resolved.startswith("torch.") and given else function.value, seen)
        text = dotted(function)
        model = (text in self.inputs or re.search(_MODELS, text)) and not text.startswith(("torch.", "nn.", "F."))
        return bool(model) and len(given) == 1 and self.batched(given[0], seen)

    def _named(self, name: str, seen: frozenset[str]) -> bool:
        if name in seen:
            return True
        if re.search(_NO_BATCH, name.lower()):
            return False
        values = self.values.get(name, [])
        if name in self.inputs and not self._called_with_batches(name):
            return False
        return all(self.batched(value, seen | {name}) for value in values)

    def _called_with_batches(self, name: str) -> bool:
        """Whether no call in the file passes what may be no batch, or a batch of one."""
        scope = self.scope
        if scope is None or (scope.parent is not None and scope.parent.is_class):
            return True
        calls = [c for c in self.file.calls_on(self.file.lines_with(f"{scope.name}(")) if dotted(c.func) == scope.name]
        position = [p.arg for p in parameters(scope.node)].index(name)
        given = [call.args[position] for call in calls if len(call.args) > position]
        return all(isinstance(value, ast.Name) and not re.search(_NO_BATCH, value.id.lower()) for value in given)

    def fixes_batch(self, receiver: ast.expr) -> bool:
        """Whether the function tests or says what the batch size is."""
        if self._measured is None:
            parts = [part for node in self.body for part in _tested(node)]
            self._measured = {self.file.bare(tensor) for part in parts for tensor in _measured(part)}
        return self.file.bare(receiver) in self._measured


def _measured(node: ast.AST) -> Iterator[ast.expr]:
    """The tensors of whose batch size an expression speaks."""
    if isinstance(node, ast.Call) and dotted(node.func) == "len":
        yield from node.args
    tensor = _size_of(node, 0)
    if tensor is not None:
        yield tensor
    elif isinstance(node, ast.Attribute) and node.attr == "shape":
        yield node.value


def _tested(node: ast.AST) -> Iterator[ast.AST]:
    """The parts of conditions."""
    if isinstance(node, (ast.Assert, ast.If, ast.IfExp, ast.While)):
        yield from walk(node.test)
