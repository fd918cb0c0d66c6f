"""What torch's own functions do to tensors."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.source import tensor_shapes
from gconv_lint.frontends.source.frames import Frame
from gconv_lint.frontends.source.records import Record
from gconv_lint.frontends.source.tensor_values import Tensor
from gconv_lint.frontends.source.torch_signatures import FUNCTIONAL_CONV, bind
from gconv_lint.frontends.source.torch_vocabulary import CONSTRUCTORS, FUNCTIONS, LOSSES
from gconv_lint.frontends.source.values import Bound, Function, Instance, Lazy, Partial, Value
from gconv_lint.model.signatures import SIGNATURES

if TYPE_CHECKING:
    from gconv_lint.frontends.source.torch_calls import TorchCalls

_CODE = (Bound, Function, Instance, Lazy, Partial)


class TorchFunctions:
    """Calls torch's functions on tensors."""

    __slots__ = ("calls", "ev", "tensors")

    def __init__(self, calls: TorchCalls) -> None:
        self.calls = calls
        self.ev = calls.ev
        self.tensors = calls.ev.tensors

    def knows(self, name: str) -> bool:
        """Whether a torch function is followed."""
        return name in FUNCTIONS or name in LOSSES or name in CONSTRUCTORS or FUNCTIONAL_CONV.match(name) is not None

    def outside(self, name: str, args: list[Value], kwargs: dict[Any, Value]) -> Value:
        """Call a function that is not followed: some change the tensors that they get, or call what they get."""
        tail, given = name.rpartition(".")[2], (*args, *kwargs.values())
        if name.startswith("torch.nn.init.") and args and isinstance(args[0], Tensor):
            self.tensors.memory.write(args[0], self.tensors.unknown(args))
        elif (
            "out" in kwargs
            or tail.endswith("_")
            or name.startswith(("torch.Tensor.", "torch.ops.", "torch._"))
            or tail.startswith(("broadcast_", "atleast_"))
            or any(isinstance(value, _CODE) for value in given)
        ):
            self.tensors.memory.lose(given)
        elif self.tensors.trace is None:
            self.tensors.unknown(given)  # It uses them.
        return self.ev.heap.fresh(tail)

    def call(self, name: str, args: list[Value], kwargs: dict[Any, Value], node: ast.AST | None, f: Frame) -> Value:
        """The output of one of torch's functions."""
        out = kwargs.get("out")
        if out is not None:
            self.tensors.memory.lose(out)
            return out
        if FUNCTIONAL_CONV.match(name) is not None:
            return self._functional(name, args, kwargs, node, f)
        if name in CONSTRUCTORS:
            return self._constructed(name, args, kwargs)
        if name == "torch.nn.functional.channel_shuffle" and len(args) == 2 and isinstance(args[0], Tensor):
            self._note_shuffle(args[0], args[1], name, node, f)
            return self.calls.shuffle(self.tensors.settled(args[0]), args[1], node, f.module)
        if name in LOSSES:
            return self._loss(name, args, kwargs)
        method, named = FUNCTIONS[name], next((n for n in ("input", "tensors") if n in kwargs), None)
        if not args and named is not None:
            args, kwargs = [kwargs[named]], {n: v for n, v in kwargs.items() if n != named}
        if method in ("cat", "stack"):
            return self._cat(method, args[0] if args else None, args, kwargs)
        if args and isinstance(args[0], Tensor):
            return self.tensors.method(args[0], method, args[1:], kwargs, node, f)
        return self.ev.heap.fresh(method)

    def _loss(self, name: str, args: list[Value], kwargs: dict[Any, Value]) -> Value:
        """What a script measures is no part of its network."""
        if self.tensors.trace is None and "reduction" not in kwargs and len(args) <= 2:
            return self.ev.heap.fresh(name)
        return self.outside(name, args, kwargs)

    def _constructed(self, name: str, args: list[Value], kwargs: dict[Any, Value]) -> Tensor:
        how, source = CONSTRUCTORS[name], args[0] if args else kwargs.get("data")
        if how == "wrap" and isinstance(source, Tensor):
            made = self.tensors.view(source)
        else:
            made = tensor_shapes.constructed(args, kwargs, how, self.tensors.make)
            made.raw = how != "data" or self.tensors.trace is None
            if how in ("data", "sizes") and made.shape is None:
                made = self._from_data(args, made)
        wanted = kwargs.get("requires_grad", True) is True and args[1:2] in ([], [True])
        made.trained = name == "torch.nn.Parameter" and wanted
        return made

    def _from_data(self, args: list[Value], made: Tensor) -> Tensor:
        """A tensor made of data that may hold others."""
        if self.tensors.trace is None or all(isinstance(a, (int, float, str)) for a in args):
            return made
        return self.tensors.unknown(args, args[0] if args and isinstance(args[0], Tensor) else None)

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
            return self.tensors.unknown([owner] if items is None else items)
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
            return self.tensors.unknown([*args, *kwargs.values()])
        tensor, weight = bound["input"], bound["weight"]
        shape = weight.shape if isinstance(weight, Tensor) else None
        transposed, rank, groups = match.group(1) is not None, int(match.group(2)), bound.get("groups", 1)
        conv = tensor_shapes.functional_attrs(
            self.ev, bound, tensor.shape if isinstance(tensor, Tensor) else None, shape, transposed, rank
        )
        record = Record("functional_conv", name, node, f, f.call)
        record.conv = conv
        record.given = frozenset(k for k in bound if k in _given(name, args, kwargs))
        self.ev.record(record)
        bias = bound.get("bias")
        fixed = isinstance(weight, Tensor) and weight.node is None and getattr(bias, "node", None) is None
        if not isinstance(tensor, Tensor) or not fixed or groups is None:
            return self.tensors.unknown([tensor, weight, bias])
        result = self.calls.convolve(
            self.tensors.settled(tensor), conv, record, f.function.code.name if f.function is not None else "conv"
        )
        self.tensors.mark(result, {"trainable": weight.trained})
        return result


def _given(name: str, args: list[Value], kwargs: dict[Any, Value]) -> set[Any]:
    return {*SIGNATURES[name][0][: len(args)], *kwargs}
