"""The methods, attributes and items of tensors."""

from __future__ import annotations

import ast
from functools import partial
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.source import layouts, tensor_shapes
from gconv_lint.frontends.source.frames import Frame
from gconv_lint.frontends.source.records import Record
from gconv_lint.frontends.source.tensor_values import Shape, Tensor
from gconv_lint.frontends.source.torch_vocabulary import (
    AXES,
    BOUNDED,
    FILLING,
    METHODS,
    RANKED,
    REDUCTIONS,
    SILENT,
    STRICT,
)
from gconv_lint.frontends.source.values import Bound, Module, Value

if TYPE_CHECKING:
    from gconv_lint.frontends.source.tensors import Tensors

_OPERATORS = {"add": "+", "sub": "-", "mul": "*", "div": "/"}
#: What a script asks of an output to look at it.
_LOOKING = frozenset({"mean", "sum", "std", "var", "norm", "max", "min", "argmax", "isnan", "any", "all", "item"})
_NO_TENSORS = ("grad", "device", "dtype", "ndim", "is_cuda", "requires_grad", "itemsize", "nbytes", "names", "layout")


class Methods:
    """What a program can ask of a tensor."""

    def __init__(self, tensors: Tensors) -> None:
        self.tensors = tensors
        self.heap = tensors.ev.heap
        #: the call that last moved axes about, and its module: where a hand-written shuffle stands
        self.moved_by: tuple[ast.AST | None, Module | None] = (None, None)

    def attribute(self, owner: Tensor, name: str) -> Value:
        """``tensor.name``."""
        if name == "shape":
            return owner.shape if owner.shape is not None else self.heap.fresh("shape")
        if name == "data":
            return self.tensors.view(owner)
        if name in ("T", "H", "mT", "mH", "real", "imag"):
            return self.tensors.unknown([owner], owner)
        return self.heap.fresh(name) if name in _NO_TENSORS else Bound(name, owner)

    def item(self, owner: Tensor, index: Value) -> Value:
        """``tensor[index]``: a range of channels is followed, anything else is not understood."""
        parts = index if isinstance(index, tuple) else (index,)
        plain = len(parts) >= 2 and parts[0] is not Ellipsis and all(_whole(p) for p in (parts[0], *parts[2:]))
        if plain and owner.layout is None and isinstance(parts[1], slice):
            cut, shape = parts[1], owner.shape
            channels = shape[1] if shape is not None and len(shape) > 1 else None
            known = cut.step is None and all(p is None or isinstance(p, int) for p in (cut.start, cut.stop))
            if isinstance(channels, int) and known:
                start, stop, _ = cut.indices(channels)
                return self._slice(owner, start, stop)
        return self.tensors.unknown([owner, *(p for p in parts if isinstance(p, Tensor))], owner)

    def _slice(self, owner: Tensor, start: int, stop: int) -> Tensor:
        shape = owner.shape
        cut = (shape[0], max(0, stop - start), *shape[2:]) if shape is not None else None
        result = self.tensors.emit("slice", [owner], cut, of=owner)
        self.tensors.mark(result, {"start": start, "stop": stop})
        return result

    def call(
        self, owner: Tensor, name: str, args: list[Value], kwargs: dict[Any, Value], node: ast.AST | None, f: Frame
    ) -> Value:
        """``tensor.name(...)``."""
        if name in AXES:
            return self._move(owner, name, args, kwargs, node, f)
        if name in ("size", "dim"):
            return self._size(owner, name, args)
        if name in _LOOKING and self.tensors.trace is None and not any(isinstance(a, Tensor) for a in args):
            return self.heap.fresh(name)  # What a script goes on with is read from its text.
        if name in ("numpy", "item", "tolist"):
            self.tensors.memory.lose(owner)
            return self.heap.fresh(name)
        if name in SILENT:
            return self.tensors.view(owner) if name != "clone" else self.tensors.copy(owner)
        if name in ("__setitem__", "set_") or name.startswith("__i") or _is_in_place(name):
            return self._in_place(owner, name, args, kwargs, node, f)
        if name in _OPERATORS and args:
            return self.tensors.operate(_OPERATORS[name], owner, args[0])
        if name in REDUCTIONS:
            return self._reduced(owner, args, kwargs)
        if name in ("chunk", "split"):
            return self._pieces(owner, name, args, kwargs)
        return self._plain(owner, name, args, kwargs)

    def _reduced(self, owner: Tensor, args: list[Value], kwargs: dict[Any, Value]) -> Value:
        """``x.mean((2, 3))``: along the map it pools each channel, along any other axis it may mix them."""
        axes, others = tensor_shapes.reduced_axes(owner.shape, args, kwargs), [*args, *kwargs.values()]
        if axes is None or owner.layout is not None:
            return self.tensors.unknown([owner, *others], owner)
        keep = kwargs.get("keepdim", args[1] if len(args) > 1 else False)
        shape = tensor_shapes.reduced(owner.shape, axes, keep)
        return self.tensors.channelwise(owner, "global_pool", shape)

    def _plain(self, owner: Tensor, name: str, args: list[Value], kwargs: dict[Any, Value]) -> Value:
        op, others = METHODS.get(name), [*args, *kwargs.values()]
        if op is None:
            made = self.tensors.unknown([owner, *others], owner)
            self.tensors.mark(made, {"op": name})
            return made
        if name in BOUNDED:
            return self._bounded(owner, op, others)
        if any(isinstance(value, Tensor) and value.node is not None for value in others):
            return self.tensors.unknown([owner, *others], owner)
        if op == "global_pool" and not tensor_shapes.pools_to_one(args, kwargs):
            op = "pool"
        in_place = kwargs.get("inplace", False) is not False or any(a is True for a in args)
        return self.treated(owner, name, op, owner if in_place else None)

    def _bounded(self, owner: Tensor, op: str, bounds: list[Value]) -> Value:
        """What treats elements by themselves, with bounds or exponents that may be tensors."""
        made: Value = owner
        for bound in bounds:
            if bound is not None:
                made = self.tensors.operate("+", made, bound)
        return self.tensors.channelwise(made, op, made.shape)

    def treated(self, tensor: Tensor, name: str, op: str, of: Tensor | None) -> Tensor:
        """The tensor behind an operation for every channel; ``name`` may say for which number of axes it is meant."""
        shape, rank = tensor.shape, RANKED.search(name)
        if rank is not None and STRICT.match(name) is None and tensor.layout is None:
            if shape is None:
                shape = tuple(self.heap.fresh("size") for _ in range(int(rank[1]) + 2))
            elif len(shape) != int(rank[1]) + 2:  # it takes the channels for one of the axes that it works along
                return self.tensors.unknown([tensor], of)
        return self.tensors.channelwise(tensor, op, self._resized(shape, op), of)

    def _resized(self, shape: Shape, op: str) -> Shape:
        """The shape behind an operation that may change the size of the map."""
        if shape is None or op not in ("pool", "global_pool", "resize"):
            return shape
        return (*shape[:2], *[1 if op == "global_pool" else self.heap.fresh("size") for _ in shape[2:]])

    def _move(
        self, owner: Tensor, name: str, args: list[Value], kwargs: dict[Any, Value], node: ast.AST | None, f: Frame
    ) -> Value:
        self.moved_by = (node, f.module)
        ev, make = self.tensors.ev, partial(self.tensors.make, of=owner)
        moved = layouts.move(ev, owner, name, args, kwargs, make)
        if moved is None and owner.layout is not None and owner.layout.permutation(1) is not None:
            moved = layouts.move(ev, self.tensors.settled(owner), name, args, kwargs, make)
        if moved is None and name in ("view", "reshape"):
            self._note_uneven(owner, args, node, f)
        if moved is None:
            shape = tensor_shapes.viewed(ev, owner.shape, name, args) if not kwargs else None
            return self.tensors.emit("unknown", [owner], shape, of=owner)
        if self.tensors.trace is None:
            moved.state["at"] = owner.state["at"]
        return moved

    def _note_uneven(self, tensor: Tensor, args: list[Value], node: ast.AST | None, f: Frame) -> None:
        """A ``view`` that splits the channels into groups which do not hold them all."""
        split = layouts.uneven_split(tensor.shape, args)
        if split is not None and node is not None:
            record = Record("shuffle", "view", node, f, f.call)
            record.attrs = {"channels": split[0], "groups": split[1]}
            self.tensors.ev.record(record)

    def _in_place(
        self, owner: Tensor, name: str, args: list[Value], kwargs: dict[Any, Value], node: ast.AST | None, f: Frame
    ) -> Value:
        """``tensor.add_(...)``: everybody who holds the tensor sees the result."""
        plain = name.rstrip("_")
        known = plain in METHODS or plain in _OPERATORS
        made = self.call(owner, plain, args, kwargs, node, f) if known else None
        if not isinstance(made, Tensor):
            made = self.tensors.unknown([owner, *args, *kwargs.values()])
        self.tensors.memory.write(owner, made, moved=not known and name not in FILLING and not name.startswith("__"))
        return owner

    def _size(self, owner: Tensor, name: str, args: list[Value]) -> Value:
        shape = owner.shape
        if shape is None:
            return self.heap.fresh(name)
        if name == "dim":
            return len(shape)
        if args and isinstance(args[0], int) and -len(shape) <= args[0] < len(shape):
            return shape[args[0]]
        return shape if not args else self.heap.fresh("size")

    def _pieces(self, owner: Tensor, name: str, args: list[Value], kwargs: dict[Any, Value]) -> Value:
        owner = self.tensors.settled(owner)
        axis = args[1] if len(args) > 1 else kwargs.get("dim", 0)
        channels = owner.shape[1] if owner.shape is not None and len(owner.shape) > 1 else None
        wanted = args[0] if args else kwargs.get("chunks")
        sizes = tensor_shapes.piece_sizes(name, wanted, channels, self.tensors.ev.iterate)
        if axis != 1 or sizes is None:
            return self._unknown_pieces(owner, wanted if name == "chunk" else None)
        starts = [sum(sizes[:i]) for i in range(len(sizes))]
        return tuple(self._slice(owner, a, a + n) for a, n in zip(starts, sizes))

    def _unknown_pieces(self, owner: Tensor, count: Value) -> Value:
        whole = self.tensors.unknown([owner], owner)
        if isinstance(count, int) and 0 < count < 64:
            return (whole,) * count
        self.tensors.memory.lose(owner)
        return self.heap.fresh("pieces")


def _is_in_place(name: str) -> bool:
    return name.endswith("_") and not name.endswith("__")


def _whole(part: Value) -> bool:
    return part is Ellipsis or (isinstance(part, slice) and part == slice(None))
