"""Layers that a method other than ``__init__`` makes: whether it makes them once, and what it does with them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache

from gconv_lint.frontends.source.records import Position, Record, end, start
from gconv_lint.frontends.source.stored_names import stores
from gconv_lint.frontends.source.walking import walk

#: What is done to a layer before it is used, which leaves its weights as they are.
_MOVES = frozenset({"to", "cuda", "cpu", "half", "float", "double", "bfloat16", "type", "eval", "train"})
_SIZES = frozenset(
    {"in_channels", "out_channels", "groups", "kernel_size", "stride", "padding", "dilation", "training"}
)
#: Calls that only hold what they are given.
_HOLDERS = frozenset({"Sequential", "ModuleList", "ModuleDict", "append", "extend", "insert", "add_module"})
#: ``layer.groups = 8``, ``layer.groups *= 2``, ``setattr(layer, "groups", 8)``
_WRITES = re.compile(r"\.groups(?<!self\.groups)\s*[^\w\s=(),.:\])]{0,2}=(?!=)")
_WRITES_BY_NAME = re.compile(r"setattr\([^,\n]*,\s*[\"']groups")
_NO_TRAINING = frozenset({"no_grad", "inference_mode", "init_empty_weights", "meta"})
_LOOKUPS = frozenset({"get", "getattr", "pop"})
_CONTAINERS = (ast.List, ast.Tuple, ast.ListComp, ast.GeneratorExp, ast.Starred, ast.keyword)


def lazily_guarded(record: Record) -> bool:
    """Whether a layer is made under a test of the object's own state: the first call makes it, later ones keep it."""
    reading = _of(record)
    return reading is not None and reading.guarded(record.node)


def sets_weights(record: Record) -> bool:
    """Whether the weights of a layer may be given, or do not matter: it is no plain layer that is made and called."""
    reading = _of(record)
    return reading is not None and reading.handled(record.node)


def regrouped(record: Record) -> bool:
    """Whether the file that makes a layer writes groups to one that has been made."""
    return _writes_groups(record.module.file.text)


@lru_cache(maxsize=8)
def _writes_groups(text: str) -> bool:
    return ".groups" in text and any(way.search(text) is not None for way in (_WRITES, _WRITES_BY_NAME))


def alternative(record: Record) -> bool:
    """Whether a call is one of the values of a table, or a branch of a conditional expression."""
    function = record.call.callee.node if record.call.callee is not None else record.module.file.tree()
    return function is not None and (start(record.node), end(record.node)) in _alternatives(function)


@lru_cache(maxsize=64)
def _alternatives(function: ast.AST) -> frozenset[tuple[Position, Position]]:
    choices = [node for node in walk(function) if isinstance(node, (ast.Dict, ast.IfExp))]
    values = [v for n in choices for v in (n.values if isinstance(n, ast.Dict) else (n.body, n.orelse))]
    return frozenset((start(value), end(value)) for value in values)


def twin_has_groups(record: Record) -> bool:
    """Whether the function also stores a convolution with groups under the name of this one, which has none."""
    function = record.call.callee.node if record.call.callee is not None else record.module.file.tree()
    return function is not None and record.target in _stored_with_groups(function)


@lru_cache(maxsize=64)
def _stored_with_groups(function: ast.AST) -> frozenset[str]:
    stored = (pair for node in walk(function) for pair in stores(node))
    return frozenset(name for name, value in stored if _passes_groups(value))


def _passes_groups(value: ast.expr) -> bool:
    return any(isinstance(node, ast.keyword) and node.arg == "groups" for node in walk(value))


def serves_forward(record: Record) -> bool:
    """Whether ``forward`` alone calls the method that makes a layer, and each time it runs."""
    if record.owner is None or record.method in ("", "__init__", "forward"):
        return False
    return record.method in _served_by_forward(record.owner.node)


@lru_cache(maxsize=64)
def _served_by_forward(cls: ast.ClassDef) -> frozenset[str]:
    found: dict[str, bool] = {}
    for function in (s for s in cls.body if isinstance(s, ast.FunctionDef)):
        reading = _reading(function)
        for name, node in _mentioned_of_self(function):
            calls = function.name == "forward" and reading.is_called(node) and not reading.guarded(node)
            found[name] = found.get(name, True) and calls
    return frozenset(name for name, always in found.items() if always)


def _mentioned_of_self(function: ast.AST) -> Iterator[tuple[str, ast.Attribute]]:
    for node in walk(function):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self":
            yield node.attr, node


def _of(record: Record) -> _Reading | None:
    function = record.call.callee.node if record.call.callee is not None else None
    return _reading(function) if function is not None else None


@lru_cache(maxsize=64)
def _reading(function: ast.AST) -> _Reading:
    return _Reading(function)


class _Reading:
    """The nodes of one function, with their parents."""

    def __init__(self, function: ast.AST) -> None:
        self.function = function
        self.nodes = list(walk(function))
        self.parents = {child: node for node in self.nodes for child in ast.iter_child_nodes(node)}
        # The function may have been parsed more than once, so that places tell nodes apart.
        self.calls = {(start(node), end(node)): node for node in self.nodes if isinstance(node, ast.Call)}
        stored = {n.id for n in self.nodes if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}
        self.local = stored | {n.arg for n in self.nodes if isinstance(n, ast.arg)} - {"self"}
        self.state = {"self", "hasattr"}
        for node in self.nodes:
            if isinstance(node, (ast.Assign, ast.NamedExpr)) and self._looks_up(node.value):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                self.state.update(target.id for target in targets if isinstance(target, ast.Name))

    def is_called(self, node: ast.AST) -> bool:
        """Whether a node is what a call calls."""
        parent = self.parents.get(node)
        return isinstance(parent, ast.Call) and parent.func is node

    def guarded(self, node: ast.AST) -> bool:
        """Whether the call runs only where a look at what is kept between calls has found nothing."""
        call = self.parents.get(node) if self.is_called(node) else self.calls.get((start(node), end(node)))
        around = list(self._ancestors(call)) if call is not None else []
        return any(map(self._decides, around)) or any(self._leaves(n) for n in self.nodes if _before(n, node))

    def _decides(self, node: ast.AST) -> bool:
        if isinstance(node, (ast.If, ast.While)):
            return self._own(node.test) or self._presence(node.test)
        if isinstance(node, ast.IfExp):
            return self._presence(node.test)
        if isinstance(node, ast.BoolOp):
            return self._presence(node.values[0])
        return isinstance(node, ast.ExceptHandler) or (isinstance(node, ast.Call) and _name(node.func) == "setdefault")

    def _leaves(self, node: ast.AST) -> bool:
        """Whether a statement leaves the function where the layer is there already."""
        if isinstance(node, ast.If):
            return self._presence(node.test) and isinstance(node.body[-1], ast.Return)
        return isinstance(node, (ast.Try, ast.With)) and isinstance(node.body[-1], ast.Return)

    def _own(self, test: ast.expr) -> bool:
        return not {"self", "hasattr"}.isdisjoint(_names(test))

    def _presence(self, test: ast.expr) -> bool:
        """Whether a test asks if something is there, among what is kept between calls."""
        if isinstance(test, ast.BoolOp):
            return any(map(self._presence, test.values))
        if isinstance(test, ast.UnaryOp):
            return self._presence(test.operand)
        if isinstance(test, ast.Compare) and isinstance(test.ops[0], (ast.In, ast.NotIn)):
            return self._keeps(test.comparators[0])
        if isinstance(test, ast.Compare):
            none = isinstance(test.comparators[0], ast.Constant) and test.comparators[0].value is None
            return none and self._keeps(test.left)
        return _name(test) != "training" and not self.state.isdisjoint(_names(test))

    def _keeps(self, node: ast.expr) -> bool:
        """Whether something outlives the call: the object's own, or a variable of the module."""
        names = set(_names(node))
        return not names.isdisjoint(self.state) or not names <= self.local

    def _looks_up(self, value: ast.expr) -> bool:
        """``self.x``, ``self.x[k]``, ``CACHE.get(k)``, ``getattr(self, "x", None)``."""
        if isinstance(value, ast.Call):
            return _name(value.func) in _LOOKUPS
        return isinstance(value, (ast.Attribute, ast.Subscript)) and self._own(value)

    def handled(self, node: ast.AST) -> bool:
        """Whether something is done with the layer other than calling it, or nothing is."""
        call = self.calls.get((start(node), end(node)))
        if call is None:
            return False
        if any(_untrained(ancestor) for ancestor in self._ancestors(call)):
            return True
        layer: ast.AST = call
        while self._is_moved(layer):
            layer = self.parents[self.parents[layer]]
        return self._is_handled(layer)

    def _is_moved(self, layer: ast.AST) -> bool:
        """``layer.to(device)``."""
        parent = self.parents.get(layer)
        return isinstance(parent, ast.Attribute) and parent.attr in _MOVES and parent in self.parents

    def _is_handled(self, layer: ast.AST) -> bool:
        parent = self.parents.get(layer)
        if isinstance(parent, (ast.Assign, ast.AnnAssign, ast.NamedExpr)):
            targets = parent.targets if isinstance(parent, ast.Assign) else [parent.target]
            return any(self._uses(target) for target in targets)
        if isinstance(parent, ast.Call):
            return parent.func is not layer and _name(parent.func) not in _HOLDERS
        return not isinstance(parent, _CONTAINERS)

    def _uses(self, target: ast.expr) -> bool:
        """Whether what is stored there is used in another way than by calling, moving or measuring it."""
        key = _key(target)
        loads = (n for n in self.nodes if isinstance(getattr(n, "ctx", None), ast.Load) and key and _key(n) == key)
        for load in loads:
            parent = self.parents.get(load)
            called = isinstance(parent, ast.Call) and (parent.func is load or _name(parent.func) in _HOLDERS)
            asked = isinstance(parent, ast.Attribute) and parent.attr in _MOVES | _SIZES
            if not called and not asked and not isinstance(parent, (*_CONTAINERS, ast.Assign)):
                return True
        return False

    def _ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        while node in self.parents:
            node = self.parents[node]
            yield node


def _untrained(node: ast.AST) -> bool:
    """Whether no gradient is wanted here, or no values, so that nobody means to train the layer."""
    if isinstance(node, (ast.With, ast.AsyncWith)):
        return any(_name(part) in _NO_TRAINING for item in node.items for part in walk(item.context_expr))
    decorators = getattr(node, "decorator_list", ())
    return any(_name(part) in _NO_TRAINING for decorator in decorators for part in walk(decorator))


def _before(node: ast.AST, other: ast.AST) -> bool:
    return isinstance(node, (ast.If, ast.Try, ast.With)) and end(node) <= start(other)


def _name(node: ast.AST) -> str:
    """The last part of a name; of a text, the text."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _names(node: ast.AST) -> Iterator[str]:
    return (part.id for part in walk(node) if isinstance(part, ast.Name))


def _key(node: ast.AST) -> tuple[str, str]:
    """One name for a variable or an attribute of a variable, ``()`` for anything else."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return node.value.id, node.attr
    return (node.id, "") if isinstance(node, ast.Name) else ("", "")
