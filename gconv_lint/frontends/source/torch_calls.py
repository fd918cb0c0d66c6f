"""What torch's own modules do to tensors."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.source import containers, tensor_shapes
from gconv_lint.frontends.source.frames import Frame
from gconv_lint.frontends.source.records import Record
from gconv_lint.frontends.source.tensor_values import Tensor
from gconv_lint.frontends.source.torch_functions import TorchFunctions
from gconv_lint.frontends.source.torch_names import canonical
from gconv_lint.frontends.source.torch_signatures import CONV
from gconv_lint.frontends.source.torch_vocabulary import CHANNELWISE, ELEMENTWISE
from gconv_lint.frontends.source.values import ClassValue, Function, Instance, Module, Value
from gconv_lint.model.layers import ConvAttrs

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator

#: What a subclass of a layer may define to change what its ``forward`` does.
_HOOKS = (
    "_conv_forward",
    "_call_impl",
    "_output_padding",
    "__getattr__",
    "__getattribute__",
    "groups",
    "weight",
    "stride",
    "padding",
    "dilation",
)


class TorchCalls:
    """Calls torch's modules and functions on tensors."""

    __slots__ = ("child", "ev", "functions", "path", "tensors")

    def __init__(self, ev: Evaluator) -> None:
        self.ev = ev
        self.tensors = ev.tensors
        self.functions = TorchFunctions(self)
        #: the path of the Sequential's child that is being called, for layers that have no other
        self.child = ""
        #: the path of the module whose ``forward`` is running
        self.path = ""

    def knows(self, name: str) -> bool:
        """Whether a torch function is followed."""
        return self.functions.knows(name)

    def call_function(
        self, name: str, args: list[Value], kwargs: dict[Any, Value], node: ast.AST | None, f: Frame
    ) -> Value:
        """The output of one of torch's functions."""
        return self.functions.call(name, args, kwargs, node, f)

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
        given = (*args, *kwargs.values())
        tensors = [a for a in given if isinstance(a, Tensor)]
        names = [canonical(base)] if base is not None else containers.external_names(owner)
        name = next((n for n in names if n.startswith("torch.nn.")), "")
        if not tensors:
            return self.ev.heap.fresh("output")
        if self.ev.forwards.alterations.is_opaque(owner) or _is_overridden(owner):
            self.tensors.memory.lose(tuple(tensors))
            return self.tensors.unknown(given)
        if name == containers.SEQUENTIAL:
            return self._sequence(owner, tensors[0], node, f)
        if CONV.match(name) and owner.layer is not None and owner.layer.conv is not None:
            given_name = self._name(node, owner, f)
            return self.convolve(self.tensors.settled(tensors[0]), owner.layer.conv, owner.layer, given_name)
        if name == "torch.nn.ChannelShuffle":
            self._note_channels(owner, tensors[0])
            where = (owner.layer.node, owner.layer.module) if owner.layer is not None else (node, f.module)
            return self.shuffle(self.tensors.settled(tensors[0]), owner.attrs.get("groups"), *where)
        if name == "torch.nn.Linear":
            result = self.tensors.dense(tensors[0], owner.attrs.get("out_features"))
            if self.tensors.trace is not None and result.node is not None:
                self.tensors.trace.nodes[result.node].name = self._name(node, owner, f)
            return result
        return self._plain(name.rpartition(".")[2], owner, tensors, given)

    def _name(self, node: ast.AST | None, callee: Instance, f: Frame) -> str:
        """The path of the module that a call reaches: ``conv`` of ``self.conv(x)``, ``layers.0`` in a Sequential.

        Of a child of a container, its place there: ``layers.0`` of ``for conv in self.layers: x = conv(x)``. Of another
        module that a variable holds, the variable.
        """
        if self.child:
            return self.child
        called = getattr(node, "func", None)
        name: str = getattr(called, "attr", "") or _place_in(f.receiver, callee) or getattr(called, "id", "")
        return f"{self.path}.{name}" if self.path and name else name

    def inside(self, node: ast.AST | None, callee: Instance, f: Frame, run: Callable[[], Value]) -> Value:
        """Run the ``forward`` of the module that ``node`` calls: layers in it are named after their owner."""
        before = (self.child, self.path)
        self.child, self.path = "", self._name(node, callee, f)
        try:
            return run()
        finally:
            self.child, self.path = before

    def _plain(self, name: str, owner: Instance, tensors: list[Tensor], given: Sequence[Value]) -> Value:
        tensor, op = tensors[0], CHANNELWISE.get(name)
        if name == "Identity":
            return tensor
        if name == "GroupNorm" and tensor.layout is None:
            result = self.tensors.emit("group_norm", [tensor], tensor.shape)
            self.tensors.mark(result, {"num_groups": owner.attrs.get("num_groups")})
            return result
        if op is None or len(tensors) > 1:
            return self.tensors.unknown(given, tensor)
        of = tensor if op in ELEMENTWISE else None
        return self.tensors.methods.treated(tensor, name, op, of)

    def _sequence(self, owner: Instance, tensor: Value, node: ast.AST | None, f: Frame) -> Value:
        found = containers.children(owner)
        if found is None:
            return self.tensors.unknown([tensor])
        outer, base = self.child, self._name(node, owner, f)
        for key, child in zip(containers.child_names(owner) or [], found):
            self.child = f"{base}.{key}" if base else key
            tensor = self.ev.call(child, [tensor], {}, node, f)
        self.child = outer
        return tensor

    def convolve(self, tensor: Tensor, conv: ConvAttrs, record: Record, name: str = "") -> Tensor:
        """The output of a convolution."""
        rank, before = conv.rank, tensor.shape
        if before is not None and len(before) != rank + 2:  # without a batch: its channels are on another axis
            return self.tensors.unknown([tensor])
        size = [self.ev.heap.fresh("size") for _ in range(rank)]
        if before is not None and not conv.transposed:
            size = [tensor_shapes.conv_size(self.ev.heap, conv, i, before[i + 2]) for i in range(rank)]
        first = before[0] if before is not None else self.ev.heap.fresh("b")
        if self.tensors.trace is not None and tensor.node is not None and before is None:
            source = self.tensors.trace.nodes[tensor.node]
            if source.kind == "input":
                source.shape = (first, conv.in_channels, *size)
        result = self.tensors.emit("conv", [tensor], (first, conv.out_channels, *size), record.node)
        if self.tensors.trace is not None and result.node is not None:
            made = self.tensors.trace.nodes[result.node]
            made.conv, made.module, made.name = conv, record.module, name or record.target
        return result

    def shuffle(self, tensor: Tensor, groups: Value, node: ast.AST | None, module: Module) -> Tensor:
        """The output of a channel shuffle."""
        channels = tensor.shape[1] if tensor.shape is not None and len(tensor.shape) > 1 else None
        known = isinstance(channels, int) and isinstance(groups, int) and groups > 0 and channels % groups == 0
        result = self.tensors.emit("shuffle", [tensor], tensor.shape, node, module)
        order = None
        if known and result.node is not None:
            order = tuple(j * (channels // groups) + i for i in range(channels // groups) for j in range(groups))
        self.tensors.mark(result, {"permutation": order, "groups": groups, "channels": channels})
        return result

    def _note_channels(self, owner: Instance, tensor: Tensor) -> None:
        """What a shuffle's constructor could not know: how many channels it gets."""
        if owner.layer is not None and tensor.shape is not None and len(tensor.shape) > 1:
            owner.layer.attrs.setdefault("channels", tensor.shape[1])


def _place_in(owner: Value, callee: Instance) -> str:
    """The place of a module in the containers of the object whose method calls it: ``layers.0``; empty for none."""
    if not isinstance(owner, Instance):
        return ""
    held = [(name, v) for name, v in owner.attrs.items() if isinstance(v, Instance) and containers.is_container(v)]
    places = (f"{name}.{key}" for name, v in held for key, child in v.attrs.items() if child is callee)
    return next(places, "")


def _is_overridden(owner: Instance) -> bool:
    """Whether the class of a layer changes what torch's own ``forward`` does."""
    cls = owner.cls
    return isinstance(cls, ClassValue) and any(isinstance(cls.lookup(name), Function) for name in _HOOKS)
