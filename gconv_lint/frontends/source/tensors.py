"""Tensors on their way through ``forward``: the nodes that they pass, and what operations make of them."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.source import comparisons
from gconv_lint.frontends.source.frames import Frame
from gconv_lint.frontends.source.layouts import Layout
from gconv_lint.frontends.source.tensor_memory import Memory
from gconv_lint.frontends.source.tensor_methods import Methods
from gconv_lint.frontends.source.tensor_values import Shape, Tensor, broadcast, keeps_channels, widened
from gconv_lint.frontends.source.torch_vocabulary import ELEMENTWISE
from gconv_lint.frontends.source.traces import MAX_NODES, Node, Trace
from gconv_lint.frontends.source.values import External, ListValue, Module, Value

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator

_KINDS = {"+": "add", "-": "add", "*": "mul", "/": "mul"}
#: Operations element by element.
_ELEMENTWISE = {*_KINDS, "//", "%", "**"}
#: What holds no tensor.
_PLAIN = (int, float, complex, str, bytes, slice, type(None), type(Ellipsis), External)


class Tensors:
    """What the evaluator does with tensors."""

    def __init__(self, ev: Evaluator) -> None:
        self.ev = ev
        self.trace: Trace | None = None
        self.methods = Methods(self)
        self.memory = Memory(self, ev)

    # -- values -------------------------------------------------------------------------------------------------
    def is_tensor(self, value: Value) -> bool:
        """Whether a value is a tensor."""
        return isinstance(value, Tensor)

    def make(self, shape: Shape, node: int | None, layout: Layout | None = None, of: Tensor | None = None) -> Tensor:
        """A new tensor, in the memory of ``of`` if it is a view."""
        at = (self.trace, node) if self.trace is not None and node is not None else None
        made = Tensor(self, shape, at, layout)
        if of is not None:
            made.share(of)
        return made

    def view(self, tensor: Tensor) -> Tensor:
        """Another tensor with the same values in the same memory."""
        return self._same(tensor, tensor)

    def copy(self, tensor: Tensor) -> Tensor:
        """Another tensor with the same values in memory of its own."""
        return self._same(tensor, None)

    def _same(self, tensor: Tensor, of: Tensor | None) -> Tensor:
        made = self.make(tensor.shape, tensor.node, tensor.layout, of)
        if self.trace is None:
            made.state["at"] = tensor.state["at"]
        made.raw, made.trained = tensor.raw, tensor.trained
        return made

    def attribute(self, owner: Value, name: str) -> Value:
        """``tensor.name``."""
        return self.methods.attribute(owner, name) if isinstance(owner, Tensor) else self.ev.heap.fresh(name)

    def item(self, owner: Value, index: Value) -> Value:
        """``tensor[index]``."""
        return self.methods.item(owner, index) if isinstance(owner, Tensor) else self.ev.heap.fresh("item")

    def method(
        self, owner: Tensor, name: str, args: list[Value], kwargs: dict[Any, Value], node: ast.AST | None, f: Frame
    ) -> Value:
        """``tensor.name(...)``, and the function of the same name with the tensor first."""
        return self.methods.call(owner, name, args, kwargs, node, f)

    # -- operations ---------------------------------------------------------------------------------------------
    def operate(self, symbol: str, a: Value, b: Value) -> Value:
        """``a symbol b`` with a tensor on at least one side."""
        if symbol not in _ELEMENTWISE:
            return self.unknown([a, b])
        if isinstance(a, Tensor) and isinstance(b, Tensor):
            return self._both(symbol, a, b)
        tensor, other = (a, b) if isinstance(a, Tensor) else (b, a)
        return self.copy(tensor) if isinstance(other, (int, float)) else self.unknown([tensor, other])

    def _both(self, symbol: str, a: Tensor, b: Tensor) -> Tensor:
        traced = [t for t in (a, b) if t.node is not None]
        if len(traced) == 2:
            return self.join(_KINDS[symbol], traced) if symbol in _KINDS else self.unknown([a, b])
        shape = broadcast(self.ev.heap, (a.shape, b.shape))
        if not traced:
            return self._same_place(shape, a, b)
        tensor, other = (a, b) if traced[0] is a else (b, a)
        if not keeps_channels(tensor, other.shape):
            return self.emit("unknown", [tensor, other], shape)
        self.memory.escape([tensor])
        return self.make(shape or tensor.shape, tensor.node, tensor.layout)

    def _same_place(self, shape: Shape, *parts: Tensor) -> Tensor:
        """What came of tensors outside a trace: they are used."""
        self.memory.escape(parts)
        made = self.make(shape, None)
        made.raw = all(part.raw for part in parts)
        return made

    def either(self, hint: str, a: Value, b: Value) -> Value:
        """One of two values, of which nobody knows which: of two tensors, what depends on both."""
        made: Value = self.ev.heap.fresh(hint)
        if isinstance(a, Tensor) and isinstance(b, Tensor):
            shape = a.shape if comparisons.equals(a.shape, b.shape) else None
            made = self.emit("unknown", [a, b], shape)
            made.trained = a.trained or b.trained
        self.memory.lose((a, b))
        return made

    def overwrite(self, owner: Value, value: Value = None) -> None:
        """``tensor[...] = value``."""
        self.memory.overwrite(owner, value)

    def update(self, symbol: str, owner: Value, change: Value) -> bool:
        """``owner symbol= change``: a tensor is changed where it is; whether it is one."""
        if not isinstance(owner, Tensor):
            return False
        made = self.operate(symbol, owner, change)
        if isinstance(made, Tensor):
            self.memory.write(owner, made)
        return True

    def join(self, kind: str, tensors: Sequence[Tensor]) -> Tensor:
        """An operation element by element over tensors whose channels lie alike."""
        parts = [self.settled(t) for t in tensors]
        shapes = [p.shape for p in parts if p.shape is not None]
        if any(p.layout is not None for p in parts) or len({len(s) for s in shapes}) > 1:
            return self.unknown(parts)
        shape = broadcast(self.ev.heap, shapes) if shapes else None
        if shape is not None and len(shapes) < len(parts):
            shape = widened(self.ev.heap, shape)
        return self.emit(kind, parts, shape)

    def channelwise(self, tensor: Tensor, op: str, shape: Shape, of: Tensor | None = None) -> Tensor:
        """What treats every channel by itself; ``of`` the tensor whose memory it may write to."""
        if tensor.layout is not None:
            plain = op in ELEMENTWISE
            return self.make(tensor.shape, tensor.node, tensor.layout, of) if plain else self.unknown([tensor], of)
        result = self.emit("global_pool" if op == "global_pool" else "channelwise", [tensor], shape, of=of)
        self.mark(result, {"op": op})
        return result

    def dense(self, tensor: Tensor, channels: Value) -> Tensor:
        """A linear layer over the last axis."""
        rank = len(tensor.shape) if tensor.shape is not None else 2
        on_last = tensor.layout.axis_of_channels() == rank - 1 if tensor.layout is not None else rank == 2
        if not on_last:
            return self.unknown([tensor])
        return self.emit("linear", [tensor], (self.ev.heap.fresh("b"), channels))

    def settled(self, tensor: Tensor) -> Tensor:
        """The tensor with its channels on axis 1 again: moving them about becomes a shuffle."""
        layout = tensor.layout
        if layout is None:
            return tensor
        permutation = layout.permutation(1)
        if permutation is None:
            return self.unknown([tensor], tensor)
        if list(permutation) == sorted(permutation):
            return self.make(tensor.shape, tensor.node, None, tensor)
        result = self.emit("shuffle", [tensor], tensor.shape, *self.methods.moved_by, of=tensor)
        self.mark(result, {"permutation": permutation, "channels": len(permutation)})
        return result

    # -- nodes --------------------------------------------------------------------------------------------------
    def emit(
        self,
        kind: str,
        inputs: Sequence[Value],
        shape: Shape,
        node: ast.AST | None = None,
        module: Module | None = None,
        of: Tensor | None = None,
    ) -> Tensor:
        """The output of a new node behind those of the inputs; ``node`` and ``module`` say where it stands."""
        if self.trace is None:
            self.memory.escape(inputs)
            return self.make(shape, None, None, of)
        sources = self._sources(inputs)
        self.trace.cut = self.trace.cut or len(self.trace.nodes) >= MAX_NODES
        if not sources or self.trace.cut:
            return self.make(shape, None, None, of)
        made = Node(kind, sources, shape)
        made.node, made.module = node, module
        return self.make(shape, self.trace.add(made), None, of)

    def mark(self, tensor: Tensor, attrs: dict[str, Value]) -> None:
        """Say more of the node that made a tensor."""
        number = tensor.node
        if self.trace is not None and number is not None:
            self.trace.nodes[number].attrs = attrs

    def _sources(self, inputs: Iterable[Value]) -> tuple[int, ...]:
        """The nodes of all tensors among some values; every node so far where some value may hold any tensor."""
        found: list[int] = []
        for value in inputs:
            if isinstance(value, Tensor):
                number = value.node
                found += [number] if number is not None else []
            elif isinstance(value, tuple) or (isinstance(value, ListValue) and value.exact):
                found += self._sources(value if isinstance(value, tuple) else value.items)
            elif not isinstance(value, _PLAIN) and self.trace is not None:
                return tuple(range(len(self.trace.nodes)))
        return tuple(found)

    def unknown(self, inputs: Sequence[Value], of: Tensor | None = None) -> Tensor:
        """What came of values in a way that is not understood: it may depend on all of all of them."""
        return self.emit("unknown", inputs, None, of=of)

    # -- tracing ------------------------------------------------------------------------------------------------
    def follow(self, name: str, closed: bool, run: Callable[[Tensor], Value]) -> Trace | None:
        """The trace of ``run`` over one input tensor; ``None`` where its output is no tensor."""
        outer, self.trace = self.trace, Trace(name, closed)
        trace = self.trace
        try:
            result = run(self.make(None, trace.add(Node("input", (), None))))
            trace.outputs = self.outputs(result)
        finally:
            self.trace = outer
        return trace if trace.outputs and not trace.cut else None

    def outputs(self, result: Value) -> list[int]:
        """The nodes of the tensors that a model gives."""
        parts = result if isinstance(result, tuple) else (result,)
        numbers = [part.node for part in parts if isinstance(part, Tensor)]
        return [number for number in numbers if number is not None]
