"""Tensors as values: their shapes, the memory that they share, and what broadcasting makes of several."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.source import comparisons
from gconv_lint.frontends.source.layouts import Layout
from gconv_lint.frontends.source.values import Value

if TYPE_CHECKING:
    from gconv_lint.frontends.source.heap import Heap
    from gconv_lint.frontends.source.tensors import Tensors
    from gconv_lint.frontends.source.traces import Trace

Shape = tuple[Value, ...] | None


class Tensor:
    """A tensor: its shape if the rank is known, the trace node that made it, and how its channels are laid out.

    ``state`` and ``memory`` change through the heap alone. ``memory`` belongs to all tensors that share it: a write
    through another one, or by nobody knows whom, leaves nothing known of this one.
    """

    __slots__ = ("home", "memory", "raw", "state", "trained")

    def __init__(self, home: Tensors, shape: Shape, at: tuple[Trace, int] | None, layout: Layout | None) -> None:
        self.home = home
        self.memory: dict[str, Any] = {}
        self.state: dict[str, Any] = {"shape": shape, "at": at, "layout": layout}
        #: whether this is a parameter that training changes
        self.trained = False
        #: whether this came from one of torch's constructors as it is
        self.raw = False

    def share(self, other: Tensor) -> None:
        """Have the memory of another tensor, as a view of it has."""
        self.memory = other.memory
        self.state["seen"], self.state["moved"] = other.memory.get("write"), other.memory.get("moved")

    @property
    def is_lost(self) -> bool:
        """Whether somebody unknown may write to it at any time."""
        return "lost" in self.memory

    @property
    def is_overwritten(self) -> bool:
        """Whether somebody wrote to its memory through another tensor."""
        return self.memory.get("write") is not self.state.get("seen")

    @property
    def shape(self) -> Shape:
        """The sizes of the axes, ``None`` where even their number is not known."""
        shape = self.state["shape"]
        moved = self.memory.get("moved") is not self.state.get("moved")
        if self.state["layout"] is not None and (self.is_overwritten or self.is_lost):
            moved = True  # Nobody knows any more which axis holds the channels.
        return shape if isinstance(shape, tuple) and not moved else None

    @property
    def layout(self) -> Layout | None:
        """Where the channels lie if not on axis 1."""
        layout = self.state["layout"]
        return layout if isinstance(layout, Layout) and not self.is_overwritten and not self.is_lost else None

    @property
    def node(self) -> int | None:
        """The number of the node that made it in the trace that goes on; ``None`` if no input reaches it."""
        return self.home.memory.number(self)


def broadcast(heap: Heap, shapes: Sequence[Shape]) -> Shape:
    """The shape that an operation element by element gives; ``None`` where a rank is not known."""
    known = [shape for shape in shapes if shape is not None]
    if len(known) < len(shapes):
        return None
    columns = zip_longest(*[reversed(shape) for shape in known], fillvalue=1)
    return tuple(_size(heap, sizes) for sizes in columns)[::-1]


def _size(heap: Heap, sizes: Sequence[Value]) -> Value:
    several = [size for size in sizes if size != 1 or not isinstance(size, int)]
    numbers = [size for size in several if isinstance(size, int)]
    if numbers:
        return numbers[0]
    if not several:
        return 1
    return several[0] if all(comparisons.equals(several[0], size) for size in several) else heap.fresh("size")


def widened(heap: Heap, shape: tuple[Value, ...]) -> tuple[Value, ...]:
    """The shape after an operation with a tensor of the same unknown number of axes: what is 1 may have grown."""
    return tuple(heap.fresh("size") if size == 1 else size for size in shape)


def keeps_channels(tensor: Tensor, other: Shape) -> bool:
    """Whether broadcasting with a constant of another shape leaves the channels as they are."""
    shape, layout = tensor.shape, tensor.layout
    if other is not None and all(size == 1 and isinstance(size, int) for size in other) and len(other) < 2:
        return True
    if shape is None or other is None or len(other) > len(shape):
        return False
    aligned = (1,) * (len(shape) - len(other)) + other
    axes = [i for i, digits in enumerate(layout.axes) if digits] if layout is not None else [1]
    return all(i < len(shape) and _keeps(shape[i], aligned[i]) for i in axes)


def _keeps(own: Value, other: Value) -> bool:
    if isinstance(other, int) and other == 1:
        return True
    return (isinstance(own, int) and own != 1) or bool(comparisons.equals(own, other))
