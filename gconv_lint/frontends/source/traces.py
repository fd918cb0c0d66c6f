"""The layers that a tensor passes on its way through ``forward``, as the evaluator meets them."""

from __future__ import annotations

import ast
from typing import Any

from gconv_lint.frontends.source.parsed_files import SourceFile
from gconv_lint.frontends.source.values import Module, Value
from gconv_lint.model.dims import Dim, Sym
from gconv_lint.model.graph import LayerGraph
from gconv_lint.model.layers import ConvAttrs, Layer
from gconv_lint.model.places import Place

MAX_NODES = 2_000


class Node:
    """One operation: what it is, the nodes it reads, and how many channels it gives."""

    __slots__ = ("attrs", "channels", "conv", "inputs", "kind", "module", "name", "node", "shape")

    def __init__(self, kind: str, inputs: tuple[int, ...], shape: tuple[Value, ...] | None) -> None:
        self.kind = kind
        self.inputs = inputs
        self.shape = shape
        self.attrs: dict[str, Value] = {}
        self.conv: ConvAttrs | None = None
        self.name = ""
        self.node: ast.AST | None = None
        self.module: Module | None = None


class Trace:
    """Nodes in the order in which they were met; ``closed`` for a model that is built and run as a script."""

    __slots__ = ("closed", "cut", "name", "nodes", "outputs")

    def __init__(self, name: str, closed: bool) -> None:
        self.name = name
        self.closed = closed
        #: whether there was more than a trace may hold
        self.cut = False
        self.nodes: list[Node] = []
        self.outputs: list[int] = []

    def add(self, node: Node) -> int:
        """The number of a new node."""
        self.nodes.append(node)
        return len(self.nodes) - 1

    def graph(self, file: SourceFile) -> LayerGraph:
        """The trace as a layer graph."""
        nowhere = file.place(ast.Module(body=[], type_ignores=[]))
        layers = tuple(_layer(i, n, nowhere) for i, n in enumerate(self.nodes))
        outputs = tuple(dict.fromkeys(self.outputs))
        return LayerGraph(name=self.name, layers=layers, outputs=outputs, closed=self.closed, path=file.path)


def _layer(number: int, node: Node, nowhere: Place) -> Layer:
    return Layer(
        id=number,
        kind=node.kind,
        name=node.name or f"{node.kind}{number}",
        place=node.module.file.place(node.node) if node.module is not None and node.node is not None else nowhere,
        conv=node.conv,
        attrs=node.attrs,
        inputs=tuple([i for i in node.inputs if i < number]),
        out_shape=tuple(_dim(d) for d in node.shape) if node.shape is not None else None,
    )


def _dim(value: Any) -> Dim:
    return value if isinstance(value, (int, Sym)) else None
