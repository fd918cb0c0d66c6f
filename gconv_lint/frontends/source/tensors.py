"""Tensors on their way through ``forward``: which layers they pass, and where their channels lie."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.source import layouts, torch_modules
from gconv_lint.frontends.source.frames import Frame
from gconv_lint.frontends.source.layouts import Layout
from gconv_lint.frontends.source.records import Record
from gconv_lint.frontends.source.torch_signatures import CONV, FUNCTIONAL_CONV, SIGNATURES, bind, canonical
from gconv_lint.frontends.source.torch_vocabulary import CHANNELWISE, CONSTRUCTORS, FUNCTIONS, METHODS, SILENT
from gconv_lint.frontends.source.traces import MAX_NODES, Node, Trace
from gconv_lint.frontends.source.values import Bound, Instance, Value
from gconv_lint.model.layers import ConvAttrs

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator


class Tensor:
    """A tensor: its shape if the rank is known, the trace node that made it, and how its channels are laid out.

    ``node`` is ``None`` for tensors that no input reaches: weights and constants.
    """

    __slots__ = ("layout", "node", "shape")

    def __init__(self, shape: tuple[Value, ...] | None, node: int | None, layout: Layout | None = None) -> None:
        self.shape = shape
        self.node = node
        self.layout = layout


class Tensors:
    """What the evaluator does with tensors."""

    def __init__(self, ev: Evaluator) -> None:
        self.ev = ev
        self.trace: Trace | None = None
        #: the name of the Sequential's child that is being called, for layers that have no other
        self._child = ""
        #: nodes of scripts that something outside a trace went on to use
        self.escaped: set[int] = set()

    # -- values -------------------------------------------------------------------------------------------------
    def is_tensor(self, value: Value) -> bool:
        """Whether a value is a tensor."""
        return isinstance(value, Tensor)

    def knows(self, name: str) -> bool:
        """Whether a torch function is followed."""
        return name in FUNCTIONS or name in CONSTRUCTORS or FUNCTIONAL_CONV.match(name) is not None

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
            if isinstance(channels, int) and cut.step is None and all(p is None or isinstance(p, int) for p in (cut.start, cut.stop)):
                start, stop, _ = cut.indices(channels)
                return self._slice(owner, start, stop)
        return self.unknown([owner])

    def _slice(self, owner: Tensor, start: int, stop: int) -> Tensor:
        shape = owner.shape
        result = self._emit("slice", [owner], (shape[0], max(0, stop - start), *shape[2:]) if shape is not None else None)
        if self.trace is not None and result.node is not None:
            self.trace.nodes[result.node].attrs = {"start": start, "stop": stop}
        return result

    def operate(self, symbol: str, a: Value, b: Value) -> Value:
        """``a symbol b`` with a tensor on at least one side."""
        tensors = [t for t in (a, b) if isinstance(t, Tensor) and t.node is not None]
        if len(tensors) < 2:
            other = b if isinstance(a, Tensor) else a
            plain = isinstance(other, (int, float)) or isinstance(other, Tensor)
            return tensors[0] if tensors and plain else self.unknown([a, b])
        kind = {"+": "add", "-": "add", "*": "mul", "/": "mul"}.get(symbol)
        return self.join(kind, tensors) if kind is not None else self.unknown(tensors)

    def join(self, kind: str, tensors: Sequence[Tensor]) -> Tensor:
        """An operation element by element over tensors whose channels lie alike."""
        parts = [self.settled(t) for t in tensors]
        if any(p.layout is not None for p in parts):
            return self.unknown(parts)
        known = [p.shape for p in parts if p.shape is not None and len(p.shape) > 1 and p.shape[1] != 1]
        return self._emit(kind, parts, known[0] if known else parts[0].shape)

    # -- nodes --------------------------------------------------------------------------------------------------
    def _emit(self, kind: str, inputs: Sequence[Value], shape: tuple[Value, ...] | None, node: ast.AST | None = None) -> Tensor:
        sources = tuple(t.node for t in inputs if isinstance(t, Tensor) and t.node is not None)
        if self.trace is None:
            self.escaped.update(sources)
        if self.trace is None or not sources or len(self.trace.nodes) >= MAX_NODES:
            return Tensor(shape, None)
        made = Node(kind, sources, shape)
        made.node = node
        return Tensor(shape, self.trace.add(made))

    def unknown(self, inputs: Sequence[Value]) -> Tensor:
        """What came of tensors in a way that is not understood: it may depend on all of all of them."""
        return self._emit("unknown", inputs, None)

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
        result = self._emit("shuffle", [tensor], tensor.shape)
        if self.trace is not None and result.node is not None:
            self.trace.nodes[result.node].attrs = {"permutation": permutation, "channels": len(permutation)}
        return result

    def _channelwise(self, tensor: Tensor, op: str, shape: tuple[Value, ...] | None) -> Tensor:
        if tensor.layout is not None:
            return Tensor(tensor.shape, tensor.node, tensor.layout) if op in ("activation", "dropout") else self.unknown([tensor])
        result = self._emit("global_pool" if op == "global_pool" else "channelwise", [tensor], shape)
        if self.trace is not None and result.node is not None:
            self.trace.nodes[result.node].attrs = {"op": op}
        return result

    def _dense(self, tensor: Tensor, channels: Value) -> Tensor:
        rank = len(tensor.shape) if tensor.shape is not None else 2
        on_last = tensor.layout.axis_of_channels() == rank - 1 if tensor.layout is not None else rank == 2
        if not on_last:
            return self.unknown([tensor])
        return self._emit("linear", [tensor], (self.ev.heap.fresh("b"), channels))

    # -- calls --------------------------------------------------------------------------------------------------
    def call_module(self, owner: Instance, args: list[Value], kwargs: dict[Any, Value], node: ast.AST | None, f: Frame, base: str | None) -> Value:
        """The output of one of torch's own modules."""
        tensors = [a for a in (*args, *kwargs.values()) if isinstance(a, Tensor)]
        names = [canonical(base)] if base is not None else torch_modules.external_names(owner)
        name = next((n for n in names if n.startswith("torch.nn.")), "")
        if not tensors:
            return self.ev.heap.fresh("output")
        if name == torch_modules.SEQUENTIAL:
            return self._sequence(owner, tensors[0], node, f)
        if CONV.match(name) and owner.layer is not None and owner.layer.conv is not None:
            return self._convolve(self.settled(tensors[0]), owner.layer.conv, owner.layer)
        if name == "torch.nn.ChannelShuffle":
            return self._shuffle(self.settled(tensors[0]), owner.attrs.get("groups"))
        if name == "torch.nn.Linear":
            return self._dense(tensors[0], owner.attrs.get("out_features"))
        return self._plain(name.rpartition(".")[2], owner, tensors)

    def _plain(self, name: str, owner: Instance, tensors: list[Tensor]) -> Value:
        op = CHANNELWISE.get(name)
        if name == "Identity":
            return tensors[0]
        if op is None:
            if name == "GroupNorm" and tensors[0].layout is None:
                result = self._emit("group_norm", tensors[:1], tensors[0].shape)
                if self.trace is not None and result.node is not None:
                    self.trace.nodes[result.node].attrs = {"num_groups": owner.attrs.get("num_groups")}
                return result
            return tensors[0] if name.endswith("Loss") else self.unknown(tensors)
        return self._channelwise(tensors[0], op, self._resized(tensors[0].shape, op))

    def _resized(self, shape: tuple[Value, ...] | None, op: str) -> tuple[Value, ...] | None:
        if shape is None or op not in ("pool", "global_pool", "resize"):
            return shape
        return (*shape[:2], *[1 if op == "global_pool" else self.ev.heap.fresh("size") for _ in shape[2:]])

    def _sequence(self, owner: Instance, tensor: Value, node: ast.AST | None, f: Frame) -> Value:
        found = torch_modules.children(owner)
        if found is None:
            return self.unknown([tensor])
        outer = self._child
        for key, child in zip(torch_modules.child_names(owner), found):
            self._child = key
            tensor = self.ev.call(child, [tensor], {}, node, f)
        self._child = outer
        return tensor

    def _convolve(self, tensor: Tensor, conv: ConvAttrs, record: Record, name: str = "") -> Tensor:
        rank, before = conv.rank, tensor.shape
        size = [self.ev.heap.fresh("size") for _ in range(rank)]
        if before is not None and len(before) == rank + 2 and not conv.transposed:
            size = [layouts.conv_size(self.ev.heap, conv, i, before[i + 2]) for i in range(rank)]
        first = before[0] if before is not None and len(before) == rank + 2 else self.ev.heap.fresh("b")
        if self.trace is not None and tensor.node is not None and before is None:
            source = self.trace.nodes[tensor.node]
            if source.kind == "input":
                source.shape = (first, conv.in_channels, *size)
        result = self._emit("conv", [tensor], (first, conv.out_channels, *size), record.node)
        if self.trace is not None and result.node is not None:
            made = self.trace.nodes[result.node]
            made.conv, made.module, made.name = conv, record.module, name or self.ev.targets.get(record.node, self._child)
        return result

    def _shuffle(self, tensor: Tensor, groups: Value) -> Tensor:
        channels = tensor.shape[1] if tensor.shape is not None and len(tensor.shape) > 1 else None
        known = isinstance(channels, int) and isinstance(groups, int) and groups > 0 and channels % groups == 0
        result = self._emit("shuffle", [tensor], tensor.shape)
        if self.trace is not None and result.node is not None:
            permutation = tuple(j * (channels // groups) + i for i in range(channels // groups) for j in range(groups)) if known else None
            self.trace.nodes[result.node].attrs = {"permutation": permutation, "groups": groups, "channels": channels}
        return result

    def call_function(self, name: str, args: list[Value], kwargs: dict[Any, Value], node: ast.AST | None, f: Frame) -> Value:
        """The output of one of torch's functions."""
        match = FUNCTIONAL_CONV.match(name)
        if match is not None:
            return self._functional(name, args, kwargs, node, f)
        if name in CONSTRUCTORS:
            return layouts.constructed(args, kwargs, CONSTRUCTORS[name], Tensor)
        if name == "torch.nn.functional.channel_shuffle" and len(args) == 2 and isinstance(args[0], Tensor):
            self._note_shuffle(args[0], args[1], name, node, f)
            return self._shuffle(self.settled(args[0]), args[1])
        method = FUNCTIONS[name]
        owner = args[0] if args else kwargs.get("input", kwargs.get("tensors"))
        if method in ("cat", "stack"):
            return self._cat(method, owner, args, kwargs)
        if isinstance(owner, Tensor):
            return self.method(owner, method, args[1:], kwargs, node, f)
        return self.ev.heap.fresh(method)

    def _note_uneven(self, tensor: Tensor, args: list[Value], node: ast.AST | None, f: Frame) -> None:
        """A ``view`` that splits the channels into groups which do not hold them all."""
        split = layouts.uneven_split(tensor.shape, args)
        if split is not None and node is not None:
            record = Record("shuffle", "view", node, f, f.call)
            record.attrs = {"channels": split[0], "groups": split[1]}
            self.ev.record(record)

    def _note_shuffle(self, tensor: Tensor, groups: Value, name: str, node: ast.AST | None, f: Frame) -> None:
        if node is None:
            return
        record = Record("shuffle", name, node, f, f.call)
        record.attrs = {"groups": groups}
        if tensor.shape is not None and len(tensor.shape) > 1:
            record.attrs["channels"] = tensor.shape[1]
        self.ev.record(record)

    def _cat(self, method: str, owner: Value, args: list[Value], kwargs: dict[Any, Value]) -> Value:
        items = self.ev.iterate(owner)
        if items is None or not all(isinstance(i, Tensor) for i in items) or not items:
            return self.unknown([i for i in items or [] if isinstance(i, Tensor)])
        axis = args[1] if len(args) > 1 else kwargs.get("dim", kwargs.get("axis", 0))
        parts = [self.settled(i) for i in items]
        shapes = [p.shape for p in parts]
        if method != "cat" or axis != 1 or any(s is None or p.layout is not None for s, p in zip(shapes, parts)):
            return self.unknown(parts)
        total: Value = 0
        for shape in shapes:
            total = self.ev.operate("+", total, shape[1] if shape is not None and len(shape) > 1 else self.ev.heap.fresh("c"))
        first = shapes[0] or ()
        return self._emit("cat", parts, (first[0], total, *first[2:]))

    def _functional(self, name: str, args: list[Value], kwargs: dict[Any, Value], node: ast.AST | None, f: Frame) -> Value:
        bound = bind(name, args, kwargs)
        match = FUNCTIONAL_CONV.match(name)
        if bound is None or node is None or match is None:
            return self.unknown([a for a in args if isinstance(a, Tensor)])
        tensor, weight = bound["input"], bound["weight"]
        shape = weight.shape if isinstance(weight, Tensor) else None
        transposed, rank, groups = match.group(1) is not None, int(match.group(2)), bound.get("groups", 1)
        conv = layouts.functional_attrs(self.ev, bound, tensor.shape if isinstance(tensor, Tensor) else None, shape, transposed, rank)
        record = Record("functional_conv", name, node, f, f.call)
        record.conv = conv
        record.given = frozenset(k for k in bound if k in _given(name, args, kwargs))
        self.ev.record(record)
        if not isinstance(tensor, Tensor) or isinstance(weight, Tensor) and weight.node is not None or groups is None:
            return self.unknown([t for t in (tensor, weight) if isinstance(t, Tensor)])
        return self._convolve(self.settled(tensor), conv, record, f.function.code.name if f.function is not None else "conv")

    def method(self, owner: Tensor, name: str, args: list[Value], kwargs: dict[Any, Value], node: ast.AST | None, f: Frame) -> Value:
        """``tensor.name(...)``, and the function of the same name with the tensor first."""
        if name in ("view", "reshape", "permute", "transpose", "flatten", "movedim"):
            moved = layouts.move(self.ev, owner, name, args, kwargs, Tensor)
            if moved is None and name in ("view", "reshape"):
                self._note_uneven(owner, args, node, f)
            return moved if moved is not None else self.unknown([owner])
        if name in ("size", "dim"):
            return self._size(owner, name, args)
        if name in SILENT:
            return owner
        if name in ("add", "sub", "mul", "div", "add_", "mul_", "sub_") and args:
            return self.operate({"a": "+", "s": "-", "m": "*", "d": "/"}[name[0]], owner, args[0])
        if name in ("chunk", "split"):
            return self._pieces(owner, name, args, kwargs)
        op = METHODS.get(name)
        if op is None:
            return self.unknown([owner])
        if op == "global_pool" and not layouts.pools_to_one(args, kwargs):
            op = "pool"
        return self._channelwise(owner, op, self._resized(owner.shape, op))

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
        return trace if trace.outputs else None


def _given(name: str, args: list[Value], kwargs: dict[Any, Value]) -> set[Any]:
    return {*SIGNATURES[name][0][: len(args)], *kwargs}


def _whole(part: Value) -> bool:
    return part is Ellipsis or isinstance(part, slice) and part == slice(None)

