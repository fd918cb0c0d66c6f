"""What torch's own modules and functions do to tensors."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.source import layouts, torch_modules
from gconv_lint.frontends.source.frames import Frame
from gconv_lint.frontends.source.records import Record
from gconv_lint.frontends.source.tensors import Tensor
from gconv_lint.frontends.source.torch_names import canonical
from gconv_lint.frontends.source.torch_signatures import CONV, FUNCTIONAL_CONV, SIGNATURES, bind
from gconv_lint.frontends.source.torch_vocabulary import CHANNELWISE, CONSTRUCTORS, FUNCTIONS
from gconv_lint.frontends.source.values import Instance, Module, Value
from gconv_lint.model.layers import ConvAttrs

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator


class TorchCalls:
    """Calls torch's modules and functions on tensors."""

    __slots__ = ("child", "ev", "path", "tensors")

    def __init__(self, ev: Evaluator) -> None:
        self.ev = ev
        self.tensors = ev.tensors
        #: the path of the Sequential's child that is being called, for layers that have no other
        self.child = ""
        #: the path of the module whose ``forward`` is running
        self.path = ""

    def knows(self, name: str) -> bool:
        """Whether a torch function is followed."""
        return name in FUNCTIONS or name in CONSTRUCTORS or FUNCTIONAL_CONV.match(name) is not None

    def call_module(
        self,
        owner: Instance,
        args: list[Value],
        kwargs: dict[Any, Value],
        node: ast.AST | None,
        f: Frame,
        base: str | None,
    ) -> Value:
        """The output of one of torch's own modules."""
        tensors = [a for a in (*args, *kwargs.values()) if isinstance(a, Tensor)]
        names = [canonical(base)] if base is not None else torch_modules.external_names(owner)
        name = next((n for n in names if n.startswith("torch.nn.")), "")
        if not tensors:
            return self.ev.heap.fresh("output")
        if name == torch_modules.SEQUENTIAL:
            return self._sequence(owner, tensors[0], node, f)
        if CONV.match(name) and owner.layer is not None and owner.layer.conv is not None:
            return self._convolve(self.tensors.settled(tensors[0]), owner.layer.conv, owner.layer, self._name(node))
        if name == "torch.nn.ChannelShuffle":
            self._note_channels(owner, tensors[0])
            where = (owner.layer.node, owner.layer.module) if owner.layer is not None else (node, f.module)
            return self._shuffle(self.tensors.settled(tensors[0]), owner.attrs.get("groups"), *where)
        if name == "torch.nn.Linear":
            result = self.tensors.dense(tensors[0], owner.attrs.get("out_features"))
            if self.tensors.trace is not None and result.node is not None:
                self.tensors.trace.nodes[result.node].name = self._name(node)
            return result
        return self._plain(name.rpartition(".")[2], owner, tensors)

    def _name(self, node: ast.AST | None) -> str:
        """The path of the module that a call reaches: ``conv`` of ``self.conv(x)``, ``layers.0`` in a Sequential."""
        name = getattr(getattr(node, "func", None), "attr", "")
        return self.child or (f"{self.path}.{name}" if self.path and name else name)

    def inside(self, node: ast.AST | None, run: Callable[[], Value]) -> Value:
        """Run the ``forward`` of the module that ``node`` calls: layers in it are named after their owner."""
        before = (self.child, self.path)
        self.child, self.path = "", self._name(node)
        try:
            return run()
        finally:
            self.child, self.path = before

    def _plain(self, name: str, owner: Instance, tensors: list[Tensor]) -> Value:
        op = CHANNELWISE.get(name)
        if name == "Identity":
            return tensors[0]
        if op is None:
            if name == "GroupNorm" and tensors[0].layout is None:
                result = self.tensors.emit("group_norm", tensors[:1], tensors[0].shape)
                if self.tensors.trace is not None and result.node is not None:
                    self.tensors.trace.nodes[result.node].attrs = {"num_groups": owner.attrs.get("num_groups")}
                return result
            return tensors[0] if name.endswith("Loss") else self.tensors.unknown(tensors)
        return self.tensors.channelwise(tensors[0], op, self.tensors.resized(tensors[0].shape, op))

    def _sequence(self, owner: Instance, tensor: Value, node: ast.AST | None, f: Frame) -> Value:
        found = torch_modules.children(owner)
        if found is None:
            return self.tensors.unknown([tensor])
        outer, base = self.child, self._name(node)
        for key, child in zip(torch_modules.child_names(owner) or [], found):
            self.child = f"{base}.{key}" if base else key
            tensor = self.ev.call(child, [tensor], {}, node, f)
        self.child = outer
        return tensor

    def _convolve(self, tensor: Tensor, conv: ConvAttrs, record: Record, name: str = "") -> Tensor:
        rank, before = conv.rank, tensor.shape
        size = [self.ev.heap.fresh("size") for _ in range(rank)]
        if before is not None and len(before) == rank + 2 and not conv.transposed:
            size = [layouts.conv_size(self.ev.heap, conv, i, before[i + 2]) for i in range(rank)]
        first = before[0] if before is not None and len(before) == rank + 2 else self.ev.heap.fresh("b")
        if self.tensors.trace is not None and tensor.node is not None and before is None:
            source = self.tensors.trace.nodes[tensor.node]
            if source.kind == "input":
                source.shape = (first, conv.in_channels, *size)
        result = self.tensors.emit("conv", [tensor], (first, conv.out_channels, *size), record.node)
        if self.tensors.trace is not None and result.node is not None:
            made = self.tensors.trace.nodes[result.node]
            made.conv, made.module, made.name = conv, record.module, name or record.target
        return result

    def _shuffle(self, tensor: Tensor, groups: Value, node: ast.AST | None, module: Module) -> Tensor:
        channels = tensor.shape[1] if tensor.shape is not None and len(tensor.shape) > 1 else None
        known = isinstance(channels, int) and isinstance(groups, int) and groups > 0 and channels % groups == 0
        result = self.tensors.emit("shuffle", [tensor], tensor.shape, node, module)
        if self.tensors.trace is not None and result.node is not None:
            permutation = (
                tuple(j * (channels // groups) + i for i in range(channels // groups) for j in range(groups))
                if known
                else None
            )
            self.tensors.trace.nodes[result.node].attrs = {
                "permutation": permutation,
                "groups": groups,
                "channels": channels,
            }
        return result

    def call_function(
        self, name: str, args: list[Value], kwargs: dict[Any, Value], node: ast.AST | None, f: Frame
    ) -> Value:
        """The output of one of torch's functions."""
        match = FUNCTIONAL_CONV.match(name)
        if match is not None:
            return self._functional(name, args, kwargs, node, f)
        if name in CONSTRUCTORS:
            made: Tensor = layouts.constructed(args, kwargs, CONSTRUCTORS[name], Tensor)
            made.trained = (
                name == "torch.nn.Parameter" and kwargs.get("requires_grad", True) is True and args[1:2] in ([], [True])
            )
            return made
        if name == "torch.nn.functional.channel_shuffle" and len(args) == 2 and isinstance(args[0], Tensor):
            self._note_shuffle(args[0], args[1], name, node, f)
            return self._shuffle(self.tensors.settled(args[0]), args[1], node, f.module)
        method = FUNCTIONS[name]
        owner = args[0] if args else kwargs.get("input", kwargs.get("tensors"))
        if method in ("cat", "stack"):
            return self._cat(method, owner, args, kwargs)
        if isinstance(owner, Tensor):
            return self.tensors.method(owner, method, args[1:], kwargs, node, f)
        return self.ev.heap.fresh(method)

    def _note_channels(self, owner: Instance, tensor: Tensor) -> None:
        """What a shuffle's constructor could not know: how many channels it gets."""
        if owner.layer is not None and tensor.shape is not None and len(tensor.shape) > 1:
            owner.layer.attrs.setdefault("channels", tensor.shape[1])

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
            return self.tensors.unknown([i for i in items or [] if isinstance(i, Tensor)])
        axis = args[1] if len(args) > 1 else kwargs.get("dim", kwargs.get("axis", 0))
        parts = [self.tensors.settled(i) for i in items]
        shapes = [p.shape for p in parts]
        if method != "cat" or axis != 1 or any(s is None or p.layout is not None for s, p in zip(shapes, parts)):
            return self.tensors.unknown(parts)
        total: Value = 0
        for shape in shapes:
            total = self.ev.operate(
                "+", total, shape[1] if shape is not None and len(shape) > 1 else self.ev.heap.fresh("c")
            )
        first = shapes[0] or ()
        return self.tensors.emit("cat", parts, (first[0], total, *first[2:]))

    def _functional(
        self, name: str, args: list[Value], kwargs: dict[Any, Value], node: ast.AST | None, f: Frame
    ) -> Value:
        bound = bind(name, args, kwargs)
        match = FUNCTIONAL_CONV.match(name)
        if bound is None or node is None or match is None:
            return self.tensors.unknown([a for a in args if isinstance(a, Tensor)])
        tensor, weight = bound["input"], bound["weight"]
        shape = weight.shape if isinstance(weight, Tensor) else None
        transposed, rank, groups = match.group(1) is not None, int(match.group(2)), bound.get("groups", 1)
        conv = layouts.functional_attrs(
            self.ev, bound, tensor.shape if isinstance(tensor, Tensor) else None, shape, transposed, rank
        )
        record = Record("functional_conv", name, node, f, f.call)
        record.conv = conv
        record.given = frozenset(k for k in bound if k in _given(name, args, kwargs))
        self.ev.record(record)
        if not isinstance(tensor, Tensor) or (isinstance(weight, Tensor) and weight.node is not None) or groups is None:
            return self.tensors.unknown([t for t in (tensor, weight) if isinstance(t, Tensor)])
        result = self._convolve(
            self.tensors.settled(tensor), conv, record, f.function.code.name if f.function is not None else "conv"
        )
        if self.tensors.trace is not None and result.node is not None:
            self.tensors.trace.nodes[result.node].attrs = {"trainable": isinstance(weight, Tensor) and weight.trained}
        return result


def _given(name: str, args: list[Value], kwargs: dict[Any, Value]) -> set[Any]:
    return {*SIGNATURES[name][0][: len(args)], *kwargs}
