"""Tensors without values: shapes, types and strides, and the tape that notes the operations between them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from math import prod
from typing import Any
from weakref import WeakSet

from gconv_lint.frontends.fx.memory import apart, cut
from gconv_lint.frontends.fx.recorded import OVERWRITTEN, Operation, Recording, Ref
from gconv_lint.frontends.fx.recorded import Tensor as Recorded
from gconv_lint.frontends.fx.trees import replaced
from gconv_lint.frontends.whole.limits import OPERATION
from gconv_lint.frontends.whole.values import Stopped

Shape = tuple[int, ...]
#: Tensors with more positions than this keep no values.
MAX_VALUES = 65_536
#: Positions of an axis that may be the channels, each of which is kept account of.
MAX_CHANNELS = 1 << 24
#: Axes of a tensor, the most that torch has.
MAX_RANK = 64
_FLOATING = ("float", "bfloat", "double", "half", "complex")


def contiguous(shape: Sequence[int]) -> Shape:
    """The strides of a tensor that lies in memory in the order of its axes."""
    strides, step = [], 1
    for size in reversed(shape):
        strides.append(step)
        step *= max(1, size)
    return tuple(reversed(strides))


class Tensor:
    """A tensor; ``values`` are those of a constant, in the order of its positions.

    ``memory`` holds all tensors that look at the same memory. A parameter is one that a module registers.
    """

    __slots__ = (
        "__weakref__",
        "dtype",
        "is_buffer",
        "is_parameter",
        "memory",
        "name",
        "number",
        "offset",
        "requires_grad",
        "shape",
        "strides",
        "tape",
        "values",
    )

    def __init__(self, shape: Shape, dtype: str = "float32", values: list[Any] | None = None) -> None:
        if len(shape) > MAX_RANK:
            raise Stopped("it makes tensors of more axes than torch allows")
        if min(shape, default=0) < 0:
            raise Stopped("it makes tensors of a negative size")
        self.shape = shape
        self.dtype = dtype if type(dtype) is str else "unknown"
        self.values = values
        self.strides = contiguous(shape)
        self.offset = 0
        self.number = -1
        self.tape: Any = None
        self.memory: WeakSet[Tensor] | None = None
        self.is_parameter = False
        self.is_buffer = False
        self.requires_grad = False
        self.name = ""

    @property
    def is_floating(self) -> bool:
        """Whether it holds numbers with a fraction."""
        return self.dtype.startswith(_FLOATING)

    @property
    def count(self) -> int:
        """The number of positions."""
        return prod(self.shape)

    @property
    def is_contiguous(self) -> bool:
        """Whether it lies in memory in the order of its axes."""
        expected = contiguous(self.shape)
        return all(size == 1 or a == b for size, a, b in zip(self.shape, self.strides, expected, strict=True))

    def dim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    def stride(self) -> Shape:
        """Steps in memory, one an axis."""
        return self.strides

    def storage_offset(self) -> int:
        """Where in its memory it starts."""
        return self.offset

    def unsqueeze(self, axis: int) -> Tensor:
        """The same with one more axis; nothing of the run."""
        made = Tensor((*self.shape[:axis], 1, *self.shape[axis:]), self.dtype)
        made.strides = (*self.strides[:axis], 0, *self.strides[axis:])
        made.offset = self.offset
        return made


class _Numbers:
    """The values of a constant as the lowering asks for them."""

    def __init__(self, tensor: Tensor) -> None:
        self._values: list[Any] = tensor.values or []
        self._shape = tensor.shape
        self.dtype = _Kind(tensor.dtype)

    def flatten(self) -> _Numbers:
        """The same: they are kept flat."""
        return self

    def tolist(self) -> list[Any]:
        """The values."""
        return self._values

    def dim(self) -> int:
        """The number of axes."""
        return len(self._shape)

    def numel(self) -> int:
        """The number of values."""
        return len(self._values)

    def any(self) -> bool:
        """Whether one is not zero."""
        return any(self._values)


class _Kind:
    """What the lowering asks the type of a constant."""

    def __init__(self, name: str) -> None:
        self.is_floating_point = name.startswith(_FLOATING)
        self.itemsize = 1 if name in ("bool", "uint8", "int8") else 8


class Tape:
    """The tensors and operations of one run; before it begins nothing is noted."""

    def __init__(self) -> None:
        self.tensors: list[Recorded] = []
        self.operations: list[Operation] = []
        self.running = False
        self.refused: Operation | None = None
        #: the numbers of what the model is given
        self.given: tuple[int, ...] = ()
        #: where the run stands: the path of the module, what the lowering asks of it, the chain of calls
        self.here: Callable[[], tuple[str, Any, int]] = lambda: ("", None, -1)
        #: what an operation costs is paid with
        self.spend: Callable[[int], None] = lambda amount: None

    @contextmanager
    def run(self, inputs: Sequence[Tensor]) -> Iterator[None]:
        """Note operations from now on, on tensors that a model is given, which it may write to."""
        self.given = tuple(self.number(each) for each in inputs)
        self.running = True
        try:
            yield
        finally:
            self.running = False

    def number(self, tensor: Tensor) -> int:
        """The number of a tensor, a new one if it was never seen in this run."""
        if tensor.tape is not self:
            tensor.tape, tensor.number = self, self._enter(tensor)
        return tensor.number

    def _enter(self, tensor: Tensor) -> int:
        value = _Numbers(tensor) if tensor.values is not None and not tensor.is_floating else None
        self.tensors.append(Recorded(tensor.shape, tensor.dtype, tensor.name, tensor.requires_grad, value))
        return len(self.tensors) - 1

    def emit(self, name: str, arguments: tuple[Any, ...], *results: Tensor, **options: Any) -> Tensor:
        """Note an operation that makes new tensors; the first of these."""
        self.spend(OPERATION + sum(len(made.values) for made in results if made.values is not None))
        if self.running:
            self._note(name, arguments, options, results)
        return results[0]

    def _note(self, name: str, arguments: tuple[Any, ...], options: dict[str, Any], results: Sequence[Tensor]) -> None:
        reads: list[int] = []
        read = self._references(arguments, reads)
        path, layer, chain = self.here()
        numbers = []
        for result in results:
            if max(result.shape[:2], default=0) > MAX_CHANNELS:
                raise Stopped("it makes tensors of more channels than are followed")
            result.tape, result.number = self, self._enter(result)
            numbers.append(result.number)
        kept = self._references(options, reads)
        self.operations.append(Operation(name, read, kept, tuple(numbers), path, layer, chain, tuple(reads)))

    def _references(self, tree: Any, reads: list[int]) -> Any:
        """The same with numbers for tensors, which are added to those that are read."""

        def reference(tensor: Tensor) -> Ref:
            number = self.number(tensor)
            reads.append(number)
            return Ref(number)

        return replaced(tree, Tensor, reference)

    def refuse(self, name: str, arguments: tuple[Any, ...]) -> None:
        """Note the operation that ends the run."""
        if self.running:
            path, layer, chain = self.here()
            self.refused = Operation(name, self._references(arguments, []), {}, (), path, layer, chain)

    def write(self, name: str, tensor: Tensor, arguments: tuple[Any, ...]) -> Tensor:
        """Note an operation that changes a tensor where it is."""
        tensor.values = None
        self.spend(
            (OPERATION if self.running else 1) * (1 + len(tensor.memory or ()))
        )  # nothing is kept outside of a run
        if self.running:
            reads: list[int] = []
            read = self._references(arguments, reads)
            path, layer, chain = self.here()
            tensor.tape, tensor.number = self, self._enter(tensor)
            self.operations.append(Operation(name, read, {}, (tensor.number,), path, layer, chain, tuple(reads)))
            self._overwrite(tensor, path)
        elif tensor.memory is not None:
            for other in tensor.memory:
                other.values = None
        return tensor

    def _overwrite(self, tensor: Tensor, path: str) -> None:
        """Everybody else who looks at the memory of a tensor that was written to sees something new."""
        for other in sorted(tensor.memory or (), key=self.number):
            if other is tensor or apart(tensor, other):  # type: ignore[arg-type]
                continue
            other.values = None
            if (other.offset, other.shape, other.strides) == (tensor.offset, tensor.shape, tensor.strides):
                other.number = tensor.number
                continue
            before = other.number
            inside, whole = cut(tensor, other), cut(other, tensor)  # type: ignore[arg-type]
            positions = inside if inside is not None else whole
            other.number = self._enter(other)
            arguments = (Ref(before), Ref(tensor.number), positions, inside is not None)
            self.operations.append(Operation(OVERWRITTEN, arguments, {}, (other.number,), path, None))

    def view(self, of: Tensor, shape: Shape, strides: Shape, offset: int | None = None) -> Tensor:
        """A tensor that looks at the memory of another one."""
        made = Tensor(shape, of.dtype)
        made.strides, made.offset = strides, of.offset if offset is None else offset
        made.requires_grad = of.requires_grad
        if of.memory is None:
            of.memory = WeakSet((of,))
        made.memory = of.memory
        made.memory.add(made)
        return made

    def alias(self, of: Tensor) -> Tensor:
        """Another name of the same tensor, as ``tensor.data`` is."""
        made = self.view(of, of.shape, of.strides)
        made.values, made.tape, made.number, made.requires_grad = of.values, of.tape, of.number, False
        return made

    def become(self, owner: Tensor, value: Tensor) -> None:
        """A tensor looks at the memory of another one from now on, as after ``owner.data = value``."""
        owner.shape, owner.dtype, owner.values = value.shape, value.dtype, value.values
        owner.strides, owner.offset = value.strides, value.offset
        if value.memory is None:
            value.memory = WeakSet((value,))
        owner.memory = value.memory
        owner.memory.add(owner)
        owner.tape, owner.number = value.tape, value.number

    def recording(self, outputs: Sequence[Tensor]) -> Recording:
        """What was noted."""
        left = tuple(dict.fromkeys(self.number(t) for t in outputs))
        return Recording(self.tensors, self.operations, self.given, left, self.refused)
