"""What a module of torch is made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from gconv_lint.frontends.whole.tensors import Tensor
from gconv_lint.frontends.whole.torch_functions import OPERATIONS
from gconv_lint.frontends.whole.values import Obj, Value

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter


class Layer(NamedTuple):
    """A module of torch: its constructor, its ``forward``, and the class that it is derived from."""

    init: Callable[..., None]
    forward: Callable[..., Value] | None = None
    base: str = "Module"


def parameter(*shape: int) -> Tensor:
    """A new parameter."""
    made = Tensor(shape)
    made.is_parameter = made.requires_grad = True
    return made


def buffer(self: Obj, name: str, value: Value) -> None:
    """Register a buffer."""
    self.attrs[name] = value
    self.buffers.add(name)
    if isinstance(value, Tensor):
        value.is_buffer = True


def keep(self: Obj, **values: Value) -> None:
    self.attrs.update(training=True, **values)


def called(interp: Interpreter, function: str, self: Obj, input: Value, *names: str) -> Value:
    """A function on a tensor and attributes of a module."""
    return OPERATIONS[function](interp, input, *(self.attrs[name] for name in names))
