"""Tells, by names alone, which definitions can lead to a layer: the rest of a program need not be evaluated."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from gconv_lint.frontends.source.called_names import calls_of, stores_of
from gconv_lint.frontends.source.name_graph import PARTS_OF_LAYERS, Name, NameGraph, Part, names_layer
from gconv_lint.frontends.source.values import Function, Module

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator


class Relevance:
    """Sorts definitions into those that may lead to a layer and those that are idle."""

    __slots__ = ("_awaited", "_closures", "_graph", "_idle", "_leading", "_lengths", "_stored", "_version")

    def __init__(self, ev: Evaluator) -> None:
        self._graph = NameGraph(ev)
        self._leading: set[ast.AST] = set()
        self._idle: set[ast.AST] = set()
        #: the names that idle definitions call
        self._awaited: set[Name] = set()
        #: idle definition -> all definitions that it may run, itself first
        self._closures: dict[ast.AST, list[Part]] = {}
        self._stored: dict[ast.AST, list[str]] = {}
        self._lengths: dict[ast.AST, int] = {}
        self._version = 0

    def add(self, module: Module, body: list[ast.stmt]) -> None:
        """Take in the definitions of a module; what was found idle may not be so now if it calls any of their names."""
        if not self._awaited.isdisjoint(self._graph.add(module, body)):
            self._idle.clear()
            self._awaited.clear()
        self._version += 1

    def idle(self, function: Function) -> bool:
        """Whether calling a function makes no layer, as far as names tell."""
        node = function.code.node
        return isinstance(node, ast.stmt) and not self.leads(node, function.module)

    def leads(self, node: ast.stmt, module: Module) -> bool:
        """Whether evaluating a definition or statement may make a layer."""
        if node in self._leading:
            return True
        while node not in self._idle:
            if self._search(self._graph.part(module, node)):
                return True
        return False

    def makes(self, function: Function) -> bool:
        """Whether a function's own text calls a layer's constructor."""
        node, file = function.code.node, function.module.file
        if not isinstance(node, ast.stmt) or not file.speaks(node, PARTS_OF_LAYERS):
            return False
        return any(names_layer(c) for c in calls_of(node, file))

    def length(self, function: Function) -> int:
        """How many lines an idle function has, with all that it may call."""
        node = function.code.node
        if node not in self._lengths:
            parts = self._closure(function)
            self._lengths[node] = sum((p.node.end_lineno or 0) - p.node.lineno + 1 for p in parts)
        return self._lengths[node]

    def stored(self, function: Function) -> list[str]:
        """The attributes that an idle function, or one that it calls, may store; sorted."""
        node = function.code.node
        if node not in self._stored:
            names: set[str] = set()
            for part in self._closure(function):
                if part.stores is None:
                    part.stores = stores_of(part.node, part.module.file)
                names |= part.stores
            self._stored[node] = sorted(names)
        return self._stored[node]

    def stored_elsewhere(self, function: Function) -> frozenset[str]:
        """The attributes that a function, or one that it calls, may store in other objects than its own ``self``."""
        parts = self._closure(function)
        return frozenset().union(*[stores_of(p.node, p.module.file, own=False) for p in parts])

    def _closure(self, function: Function) -> list[Part]:
        node = function.code.node
        if node not in self._closures and isinstance(node, ast.stmt):
            queue = [self._graph.part(function.module, node)]
            seen = {node}
            for part in queue:
                fresh = [p for p in self._graph.callees(part) if p.node not in seen]
                seen.update(p.node for p in fresh)
                queue.extend(dict.fromkeys(fresh))
            self._closures[node] = queue
        return self._closures.get(node, [])

    def _search(self, start: Part) -> bool:
        above: dict[ast.AST, ast.AST | None] = {start.node: None}
        queue, version = [start], self._version
        for part in queue:
            if self._graph.read(part).leads or part.node in self._leading:
                return self._mark(part.node, above)
            for other in self._graph.callees(part):
                if other.node not in above and other.node not in self._idle:
                    above[other.node] = part.node
                    if other.node in self._leading:
                        return self._mark(other.node, above)
                    queue.append(other)
        if version == self._version:  # Reading a definition may load the modules that it imports from.
            self._idle.update(above)
            for part in queue:
                self._awaited.update(part.calls or ())
        return False

    def _mark(self, node: ast.AST | None, above: dict[ast.AST, ast.AST | None]) -> bool:
        """Everything on the way to a definition that leads to a layer leads there too."""
        while node is not None:
            self._leading.add(node)
            node = above[node]
        return True
