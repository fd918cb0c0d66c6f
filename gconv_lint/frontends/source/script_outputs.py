"""What a script does with the output of its model, by the text around the call."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gconv_lint.frontends.source.bindings import is_main_block
from gconv_lint.frontends.source.frames import Call
from gconv_lint.frontends.source.parsed_files import SourceFile
from gconv_lint.frontends.source.torch_vocabulary import LOSSES
from gconv_lint.frontends.source.walking import walk
from gconv_lint.frontends.source.words import last_word

Position = tuple[int, int, int | None, int | None]

#: Attributes that say how a tensor is made, and nothing of what is in it.
_MEASURES = {"shape", "size", "dim", "ndim", "numel", "dtype", "device", "element_size", "stride", "is_contiguous"}
#: Methods whose result stands for the tensor.
_LOOKS = {"view", "reshape", "flatten", "detach", "cpu", "numpy", "item", "tolist", "mean", "std", "var", "sum", "abs"}
_LOOKS |= {"max", "min", "norm", "backward", "float", "squeeze", "corrcoef", "isnan", "any", "all", "allclose"}
_LOSSES = {name.rpartition(".")[2] for name in LOSSES}
_PRINTING = {"print", "len", "str", "repr", "type", "tuple", "list", "float", "int", "isinstance", "format"}


class ScriptOutputs:
    """Answers for one file."""

    def __init__(self, file: SourceFile) -> None:
        tree = file.tree() or ast.Module(body=[], type_ignores=[])
        self.parents: dict[ast.AST, ast.AST] = {}
        self.calls: dict[Position, ast.AST] = {}
        self.loads: dict[str, list[ast.AST]] = {}
        self.main = [s for s in tree.body if is_main_block(s)]
        for node in walk(tree):
            for child in ast.iter_child_nodes(node):
                self.parents[child] = node
            if isinstance(node, ast.Call):
                self.calls[_position(node)] = node
            elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store):
                self.loads.setdefault(node.id, []).append(node)

    def stay(self, call: ast.AST | None) -> bool:
        """Whether nothing goes on with the output of a call but looks at it."""
        return all(kind != "flows" for kind in self._uses(call))

    def are_measured(self, call: ast.AST | None) -> bool:
        """Whether all that a script asks of the output of a call is its shape and the like."""
        return all(kind == "measured" for kind in self._uses(call))

    def are_compared(self, call: ast.AST | None) -> bool:
        """Whether a script writes out how far the output of a call is from its target."""
        return "compared" in self._uses(call)

    def in_main(self, node: ast.AST | None) -> bool:
        """Whether a node stands in the block that runs only where the file is the program."""
        line = getattr(node, "lineno", 0)
        return any(s.lineno <= line <= (s.end_lineno or 0) for s in self.main)

    def _uses(self, call: ast.AST | None) -> Iterator[str]:
        """``measured``, ``seen``, ``compared`` or ``flows`` for everything that a script does with a call's output."""
        found = self.calls.get(_position(call)) if call is not None else None
        if found is None:
            yield "flows"
            return
        parent = self.parents[found]
        if isinstance(parent, ast.Assign) and parent.value is found:
            names = [n for target in parent.targets for n in _names(target)]
            if None in names:
                yield "flows"
            for name in names:
                yield from (self._use(load) for load in self.loads.get(name or "", ()))
        else:
            yield self._use(found)

    def _use(self, node: ast.AST) -> str:
        parent = self.parents[node]
        if isinstance(parent, ast.Expr):
            return "measured"
        if isinstance(parent, ast.Attribute) and parent.attr in _MEASURES:
            return "measured"
        while not isinstance(parent, (ast.Expr, ast.Assert)) and not _is_loss(node, parent):
            if isinstance(parent, ast.BinOp) and self._is_distance(parent):
                return "compared"
            if not self._only_looks(node, parent):
                return "flows"
            node, parent = parent, self.parents[parent]
        return "seen"

    def _is_distance(self, node: ast.BinOp) -> bool:
        """Whether a difference becomes one number: ``(output - target).pow(2).mean()``."""
        part: ast.AST = node
        signless = False
        while isinstance(part, ast.expr) and isinstance(node.op, ast.Sub):
            parent = self.parents[part]
            call = self.parents[parent] if isinstance(parent, ast.Attribute) else parent
            if isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Pow) and parent.left is part:
                part, signless = parent, True
                continue
            word = getattr(parent, "attr", "") or getattr(getattr(call, "func", None), "attr", "")
            plain = isinstance(call, ast.Call) and not call.keywords and len(call.args) == (call is parent)
            if word in ("mean", "sum") and plain:
                return signless
            if word not in ("pow", "square", "abs") or not isinstance(call, ast.Call):
                return False
            part, signless = call, True
        return False

    def _only_looks(self, node: ast.AST, parent: ast.AST) -> bool:
        if isinstance(parent, ast.Attribute):
            return parent.attr in _MEASURES | _LOOKS
        if isinstance(parent, ast.Call):
            function = parent.func
            name = last_word(function)
            return function is node or name in _PRINTING | _LOOKS
        return isinstance(parent, (ast.FormattedValue, ast.JoinedStr, ast.Subscript, ast.Compare, ast.Tuple))


def _is_loss(node: ast.AST, parent: ast.AST) -> bool:
    """Whether a call makes one number of an output and its target: ``F.mse_loss(output, target)``."""
    if not isinstance(parent, ast.Call) or parent.func is node or any(k.arg == "reduction" for k in parent.keywords):
        return False
    return last_word(parent.func) in _LOSSES and len(parent.args) <= 2


def _position(node: ast.AST) -> Position:
    """Where a node is, which stays when its file is parsed again."""
    return (
        getattr(node, "lineno", 0),
        getattr(node, "col_offset", 0),
        getattr(node, "end_lineno", 0),
        getattr(node, "end_col_offset", 0),
    )


def _names(target: ast.expr) -> list[str | None]:
    if isinstance(target, ast.Name):
        return [target.id]
    if isinstance(target, (ast.Tuple, ast.List)):
        return [name for part in target.elts for name in _names(part)]
    return [None]


def in_script(call: Call) -> bool:
    """Whether the chain of calls begins at a module's top level, and not in a definition that nobody called."""
    while call.parent is not None:
        call = call.parent
    return call.callee is None
