"""Tensors on their way through ``forward``: which layers they pass, and where their channels lie."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.source import layouts
from gconv_lint.frontends.source.frames import Frame
from gconv_lint.frontends.source.layouts import Layout
from gconv_lint.frontends.source.records import Record
from gconv_lint.frontends.source.torch_vocabulary import METHODS, SILENT
from gconv_lint.frontends.source.traces import MAX_NODES, Node, Trace
from gconv_lint.frontends.source.values import Bound, Module, Value

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator

_OPERATORS = {"add": "+", "sub": "-", "mul": "*", "div": "/"}


class Tensor:
    """A tensor: its shape if the rank is known, the trace node that made it, and how its channels are laid out.

    ``node`` is ``None`` for tensors that no input reaches: weights and constants.
    """

    __slots__ = ("layout", "node", "shape", "trained")

    def __init__(self, shape: tuple[Value, ...] | None, node: int | None, layout: Layout | None = None) -> None:
        self.shape = shape
        self.node = node
        self.layout = layout
        #: whether this is a parameter that training changes
        self.trained = False


class Tensors:
    """What the evaluator does with tensors."""

    def __init__(self, ev: Evaluator) -> None:
        self.ev = ev
        self.trace: Trace | None = None
        #: the call that last moved axes about, and its module: where a hand-written shuffle stands
        self._moved_by: tuple[ast.AST | None, Module | None] = (None, None)
        #: nodes of scripts that something outside a trace went on to use
        self.escaped: set[int] = set()

    # -- values -------------------------------------------------------------------------------------------------
    def is_tensor(self, value: Value) -> bool:
        """Whether a value is a tensor."""
        return isinstance(value, Tensor)

    def attribute(self, owner: Value, name: str) -> Value:
        """``tensor.name``."""
        if not isinstance(owner, Tensor):
            return self.ev.heap.fresh(name)
        if name == "shape":
            return owner.shape if owner.shape is not None else self.ev.heap.fresh("shape")
        if name in ("data", "T", "grad", "device", "dtype", "ndim"):
            return owner if name == "data" else self.ev.heap.fresh(name)
        return Bound(name, owner)

    def item(self, owner: Value, index: Value) -> Value:
        """``tensor[index]``: a range of channels is followed, anything else is not understood."""
        if not isinstance(owner, Tensor):
            return self.ev.heap.fresh("item")
        parts = index if isinstance(index, tuple) else (index,)
        if len(parts) >= 2 and _whole(parts[0]) and all(_whole(p) for p in parts[2:]) and isinstance(parts[1], slice):
            cut = parts[1]
            channels = owner.shape[1] if owner.shape is not None and len(owner.shape) > 1 else None
            if (
                isinstance(channels, int)
                and cut.step is None
                and all(p is None or isinstance(p, int) for p in (cut.start, cut.stop))
            ):
                start, stop, _ = cut.indices(channels)
                return self._slice(owner, start, stop)
        return self.unknown([owner])

    def _slice(self, owner: Tensor, start: int, stop: int) -> Tensor:
        shape = owner.shape
        result = self.emit(
            "slice", [owner], (shape[0], max(0, stop - start), *shape[2:]) if shape is not None else None
        )
        if self.trace is not None and result.node is not None:
            self.trace.nodes[result.node].attrs = {"start": start, "stop": stop}
        return result

    def operate(self, symbol: str, a: Value, b: Value) -> Value:
        """``a symbol b`` with a tensor on at least one side."""
        tensors = [t for t in (a, b) if isinstance(t, Tensor) and t.node is not None]
        if len(tensors) < 2:
            other = b if isinstance(a, Tensor) else a
            plain = isinstance(other, (int, float, Tensor))
            return tensors[0] if tensors and plain else self.unknown([a, b])
        kind = {"+": "add", "-": "add", "*": "mul", "/": "mul"}.get(symbol)
        return self.join(kind, tensors) if kind is not None else self.unknown(tensors)

    def join(self, kind: str, tensors: Sequence[Tensor]) -> Tensor:
        """An operation element by element over tensors whose channels lie alike."""
        parts = [self.settled(t) for t in tensors]
        if any(p.layout is not None for p in parts):
            return self.unknown(parts)
        known = [p.shape for p in parts if p.shape is not None and len(p.shape) > 1 and p.shape[1] != 1]
        return self.emit(kind, parts, known[0] if known else parts[0].shape)

    # -- nodes --------------------------------------------------------------------------------------------------
    def emit(
        self,
        kind: str,
        inputs: Sequence[Value],
        shape: tuple[Value, ...] | None,
        node: ast.AST | None = None,
        module: Module | None = None,
    ) -> Tensor:
        """The output of a new node behind those of the input tensors; ``node`` and ``module`` say where it stands."""
        sources = tuple(t.node for t in inputs if isinstance(t, Tensor) and t.node is not None)
        if self.trace is None:
            self.escaped.update(sources)
        if self.trace is None or not sources:
            return Tensor(shape, None)
        self.trace.cut = self.trace.cut or len(self.trace.nodes) >= MAX_NODES
        if self.trace.cut:
            return Tensor(shape, None)
        made = Node(kind, sources, shape)
        made.node, made.module = node, module
        return Tensor(shape, self.trace.add(made))

    def unknown(self, inputs: Sequence[Value]) -> Tensor:
        """What came of tensors in a way that is not understood: it may depend on all of all of them."""
        return self.emit("unknown", inputs, None)

    def settled(self, tensor: Tensor) -> Tensor:
        """The tensor with its channels on axis 1 again: moving them about becomes a shuffle."""
        layout = tensor.layout
        if layout is None:
            return tensor
        permutation = layout.permutation(1)
        if permutation is None:
            return self.unknown([tensor])
        if list(permutation) == sorted(permutation):
            return Tensor(tensor.shape, tensor.node)
        result = self.emit("shuffle", [tensor], tensor.shape, *self._moved_by)
        if self.trace is not None and result.node is not None:
            self.trace.nodes[result.node].attrs = {"permutation": permutation, "channels": len(permutation)}
        return result

    def channelwise(self, tensor: Tensor, op: str, shape: tuple[Value, ...] | None) -> Tensor:
        if tensor.layout is not None:
            return (
                Tensor(tensor.shape, tensor.node, tensor.layout)
                if op in ("activation", "dropout")
                else self.unknown([tensor])
            )
        result = self.emit("global_pool" if op == "global_pool" else "channelwise", [tensor], shape)
        if self.trace is not None and result.node is not None:
            self.trace.nodes[result.node].attrs = {"op": op}
        return result

    def dense(self, tensor: Tensor, channels: Value) -> Tensor:
        rank = len(tensor.shape) if tensor.shape is not None else 2
        on_last = tensor.layout.axis_of_channels() == rank - 1 if tensor.layout is not None else rank == 2
        if not on_last:
            return self.unknown([tensor])
        return self.emit("linear", [tensor], (self.ev.heap.fresh("b"), channels))

    def _note_uneven(self, tensor: Tensor, args: list[Value], node: ast.AST | None, f: Frame) -> None:
        """A ``view`` that splits the channels into groups which do not hold them all."""
        split = layouts.uneven_split(tensor.shape, args)
        if split is not None and node is not None:
            record = Record("shuffle", "view", node, f, f.call)
            record.attrs = {"channels": split[0], "groups": split[1]}
            self.ev.record(record)

    def method(
        self, owner: Tensor, name: str, args: list[Value], kwargs: dict[Any, Value], node: ast.AST | None, f: Frame
    ) -> Value:
        """``tensor.name(...)``, and the function of the same name with the tensor first."""
        if name in ("view", "reshape", "permute", "transpose", "flatten", "movedim"):
            self._moved_by = (node, f.module)
            moved = layouts.move(self.ev, owner, name, args, kwargs, Tensor)
            if moved is None and owner.layout is not None and owner.layout.permutation(1) is not None:
                moved = layouts.move(self.ev, self.settled(owner), name, args, kwargs, Tensor)
            if moved is None and name in ("view", "reshape"):
                self._note_uneven(owner, args, node, f)
            return moved if moved is not None else self.unknown([owner])
        if name in ("size", "dim"):
            return self._size(owner, name, args)
        if name in SILENT:
            return owner
        if name.endswith("_") and not name.endswith("__"):
            return self._in_place(owner, name, args, kwargs, node, f)
        if name in _OPERATORS and args:
            return self.operate(_OPERATORS[name], owner, args[0])
        if name in ("chunk", "split"):
            return self._pieces(owner, name, args, kwargs)
        op = METHODS.get(name)
        if op is None:
            return self.unknown([owner])
        if op == "global_pool" and not layouts.pools_to_one(args, kwargs):
            op = "pool"
        return self.channelwise(owner, op, self.resized(owner.shape, op))

    def _in_place(
        self, owner: Tensor, name: str, args: list[Value], kwargs: dict[Any, Value], node: ast.AST | None, f: Frame
    ) -> Value:
        """``tensor.add_(...)``: everybody who holds the tensor sees the result."""
        plain = name.rstrip("_")
        made = self.method(owner, plain, args, kwargs, node, f) if plain in METHODS or plain in _OPERATORS else None
        if not isinstance(made, Tensor):
            made = self.unknown([owner, *(a for a in args if isinstance(a, Tensor))])
        if isinstance(made, Tensor):
            owner.node, owner.layout, owner.shape = made.node, made.layout, owner.shape or made.shape
        return owner

    def overwrite(self, owner: Value) -> None:
        """``tensor[...] = value``: what it holds is not known any more."""
        if isinstance(owner, Tensor):
            made = self.unknown([owner])
            if isinstance(made, Tensor):
                owner.node, owner.layout = made.node, made.layout

    def _size(self, owner: Tensor, name: str, args: list[Value]) -> Value:
        if owner.shape is None:
            return self.ev.heap.fresh(name)
        if name == "dim":
            return len(owner.shape)
        if args and isinstance(args[0], int) and -len(owner.shape) <= args[0] < len(owner.shape):
            return owner.shape[args[0]]
        return owner.shape if not args else self.ev.heap.fresh("size")

    def _pieces(self, owner: Tensor, name: str, args: list[Value], kwargs: dict[Any, Value]) -> Value:
        owner = self.settled(owner)
        axis = args[1] if len(args) > 1 else kwargs.get("dim", 0)
        channels = owner.shape[1] if owner.shape is not None and len(owner.shape) > 1 else None
        sizes = layouts.piece_sizes(name, args[0] if args else kwargs.get("chunks"), channels, self.ev.iterate)
        if axis != 1 or sizes is None:
            whole = self.unknown([owner])
            count = args[0] if args and name == "chunk" and isinstance(args[0], int) and args[0] < 64 else None
            return (whole,) * count if count else self.ev.heap.fresh("pieces")
        starts = [sum(sizes[:i]) for i in range(len(sizes))]
        return tuple(self._slice(owner, a, a + n) for a, n in zip(starts, sizes))

    def resized(self, shape: tuple[Value, ...] | None, op: str) -> tuple[Value, ...] | None:
        """The shape behind an operation that may change the size of the map."""
        if shape is None or op not in ("pool", "global_pool", "resize"):
            return shape
        return (*shape[:2], *[1 if op == "global_pool" else self.ev.heap.fresh("size") for _ in shape[2:]])

    # -- tracing ------------------------------------------------------------------------------------------------
    def follow(self, name: str, closed: bool, run: Callable[[Tensor], Value]) -> Trace | None:
        """The trace of ``run`` over one input tensor; ``None`` where its output is no tensor."""
        outer, self.trace = self.trace, Trace(name, closed)
        trace = self.trace
        try:
            result = run(Tensor(None, trace.add(Node("input", (), None))))
        finally:
            self.trace = outer
        outputs = list(result) if isinstance(result, tuple) else [result]
        trace.outputs = [o.node for o in outputs if isinstance(o, Tensor) and o.node is not None]
        return trace if trace.outputs and not trace.cut else None


def _whole(part: Value) -> bool:
    return part is Ellipsis or (isinstance(part, slice) and part == slice(None))
