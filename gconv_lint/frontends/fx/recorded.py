"""One run of a model as data: the tensors that it made, and the ATen operations between them; needs no torch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from gconv_lint.frontends.fx.trees import leaves

#: Name of the operation by which a write through one view reaches the other views of the same memory.
OVERWRITTEN = "overwritten"


class Ref(NamedTuple):
    """A tensor of the recording, by number."""

    number: int


class Tensor(NamedTuple):
    """What is known of a tensor; ``name`` is that of a parameter or buffer of the model.

    ``dtype`` is a type of torch's or its name, ``value`` a constant's: a tensor, or what answers like one.
    """

    shape: tuple[int, ...]
    dtype: Any
    name: str = ""
    trainable: bool = False
    value: Any = None


class ConvModule(NamedTuple):
    """What the lowering asks a convolution module, where there is no real one."""

    in_channels: int
    out_channels: int
    kernel_size: tuple[int, ...]
    groups: int
    made: int = -1


class Operation(NamedTuple):
    """One call of an ATen operation; tensors among its arguments and results are ``Ref``s.

    ``layer`` is the module that runs, ``chain`` the number of the chain of calls that led to the operation, -1 where
    nobody keeps those; ``reads`` are the tensors among its arguments where who made the operation has them at hand.
    """

    name: str
    arguments: tuple[Any, ...]
    options: Mapping[str, Any]
    results: tuple[int, ...]
    module: str
    layer: Any
    chain: int = -1
    reads: tuple[int, ...] | None = None

    @property
    def inputs(self) -> tuple[int, ...]:
        """The tensors that the operation reads, in the order of its arguments."""
        if self.reads is not None:
            return self.reads
        return tuple(leaf.number for leaf in leaves((self.arguments, self.options), Ref))


class Recording(NamedTuple):
    """The tensors by number, the operations in order, and the numbers of the model's inputs and outputs.

    ``refused`` is the operation that ended the run.
    """

    tensors: Sequence[Tensor]
    operations: Sequence[Operation]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    refused: Operation | None = None


def is_convolution(layer: Any) -> bool:
    """Whether a module is one of torch's convolutions, or derived from one."""
    return isinstance(layer, ConvModule) or any(
        cls.__name__ == "_ConvNd" and cls.__module__ == "torch.nn.modules.conv" for cls in type(layer).__mro__
    )
