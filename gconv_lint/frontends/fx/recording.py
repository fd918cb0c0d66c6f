"""Records every operation of one run of a model, on tensors that have shapes and no values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple
from weakref import WeakValueDictionary

import torch
from torch import nn
from torch.nn.modules import module as hooks
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_flatten, tree_map_only
from torch.utils.weak import WeakIdKeyDictionary

#: Name of the operation by which a write through one view reaches the other views of the same memory.
OVERWRITTEN = "overwritten"


class Ref(NamedTuple):
    """A tensor of the recording, by number."""

    number: int


class Tensor(NamedTuple):
    """What is known of a tensor; ``name`` is that of a parameter or buffer of the model, ``value`` a constant's."""

    shape: tuple[int, ...]
    dtype: torch.dtype
    name: str = ""
    trainable: bool = False
    value: torch.Tensor | None = None


class Operation(NamedTuple):
    """One call of an ATen operation; tensors among its arguments and results are ``Ref``s."""

    name: str
    arguments: tuple[Any, ...]
    options: Mapping[str, Any]
    results: tuple[int, ...]
    module: str
    layer: nn.Module | None

    @property
    def inputs(self) -> tuple[int, ...]:
        """The tensors that the operation reads, in the order of its arguments."""
        found = tree_flatten((self.arguments, dict(self.options)), is_leaf=lambda leaf: isinstance(leaf, Ref))[0]
        return tuple(leaf.number for leaf in found if isinstance(leaf, Ref))


class Recording(NamedTuple):
    """The tensors by number, the operations in order, and the numbers of the model's inputs and outputs."""

    tensors: Sequence[Tensor]
    operations: Sequence[Operation]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


def record(model: nn.Module, arguments: Sequence[Any], options: Mapping[str, Any]) -> Recording:
    """Run ``model`` once, in evaluation mode and without gradients. Raises what the model raises."""
    recorder = _Recorder(model)
    training = model.training
    model.eval()
    try:
        with torch.no_grad(), recorder.watching(), recorder:
            inputs = tuple(recorder.number(t) for t in _tensors((list(arguments), dict(options))))
            result = model(*arguments, **options)
    finally:
        model.train(training)
    outputs = tuple(dict.fromkeys(recorder.number(t) for t in _tensors(result)))
    return Recording(recorder.tensors, recorder.operations, inputs, outputs)


def _tensors(tree: Any) -> Iterator[torch.Tensor]:
    return (leaf for leaf in tree_flatten(tree)[0] if isinstance(leaf, torch.Tensor))


class _Recorder(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Numbers tensors as they appear and notes the operations between them."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.tensors: list[Tensor] = []
        self.operations: list[Operation] = []
        self._numbers: Any = WeakIdKeyDictionary()
        self._sharing: dict[int, WeakValueDictionary[int, torch.Tensor]] = {}
        self._paths = {id(part): path for path, part in model.named_modules()}
        self._running: list[nn.Module] = []
        for name, tensor in (*model.named_parameters(), *model.named_buffers()):
            self._enter(tensor, name)

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Know which module is running."""
        begun = hooks.register_module_forward_pre_hook(lambda part, _: self._running.append(part))
        ended = hooks.register_module_forward_hook(self._leave, always_call=True)
        try:
            yield
        finally:
            begun.remove()
            ended.remove()

    def _leave(self, *_: Any) -> None:
        self._running.pop()

    def number(self, tensor: torch.Tensor) -> int:
        """The number of a tensor, a new one if it was never seen."""
        known = self._numbers.get(tensor)
        return known if known is not None else self._enter(tensor)

    def _enter(self, tensor: torch.Tensor, name: str = "") -> int:
        number = len(self.tensors)
        value = tensor if tensor.device.type != "meta" and not tensor.is_floating_point() else None
        self.tensors.append(Tensor(tuple(tensor.shape), tensor.dtype, name, tensor.requires_grad, value))
        self._numbers[tensor] = number
        self._sharing.setdefault(_memory(tensor), WeakValueDictionary())[id(tensor)] = tensor
        return number

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        given = list(_tensors((args, kwargs)))
        read = tree_map_only(torch.Tensor, lambda t: Ref(self.number(t)), (args, kwargs))
        if any(t.device.type == "meta" for t in given):
            args, kwargs = tree_map_only(torch.Tensor, _without_values, (args, kwargs))
        result = func(*args, **kwargs)
        written = [t for t in _tensors(result) if any(t is other for other in given)]
        numbers = tuple(self._enter(t) for t in _tensors(result))
        here = self._running[-1] if self._running else None
        path = self._paths.get(id(here), "")
        self.operations.append(Operation(_name(func), read[0], read[1], numbers, path, here))
        for tensor in written:
            self._overwrite(tensor, path)
        return result

    def _overwrite(self, tensor: torch.Tensor, path: str) -> None:
        """Everybody else who looks at the memory of a tensor that was written to sees something new."""
        number = self.number(tensor)
        for other in list(self._sharing[_memory(tensor)].values()):
            if other is tensor or _apart(tensor, other):
                continue
            if _place(tensor) == _place(other):
                self._numbers[other] = number
            else:
                before = self.number(other)
                arguments = (Ref(before), Ref(number))
                self.operations.append(Operation(OVERWRITTEN, arguments, {}, (self._enter(other),), path, None))


def _name(func: Any) -> str:
    """``convolution`` of ``aten.convolution.default``."""
    name: str = func.overloadpacket.__name__
    return name


def _memory(tensor: torch.Tensor) -> int:
    address: int = tensor.untyped_storage()._cdata
    return address


def _place(tensor: torch.Tensor) -> tuple[Any, ...]:
    """Where in its memory a tensor lies."""
    return tensor.storage_offset(), tuple(tensor.shape), tensor.stride()


def _apart(a: torch.Tensor, b: torch.Tensor) -> bool:
    """Whether two views of one memory have no element in common, as the parts of a split; ``False`` if unsure."""
    steps = a.stride()
    if steps != b.stride() or len(set(steps)) != len(steps) or 0 in steps:
        return False
    rest, ranges = (a.storage_offset(), b.storage_offset()), []
    for axis in sorted(range(len(steps)), key=lambda i: -steps[i]):
        starts = tuple(offset // steps[axis] for offset in rest)
        rest = (rest[0] % steps[axis], rest[1] % steps[axis])
        ranges.append((starts[0], starts[0] + a.shape[axis], starts[1], starts[1] + b.shape[axis]))
    return any(end_a <= start_b or end_b <= start_a for start_a, end_a, start_b, end_b in ranges)


def _without_values(tensor: torch.Tensor) -> torch.Tensor:
    return tensor if tensor.device.type == "meta" else torch.empty_like(tensor, device="meta")
