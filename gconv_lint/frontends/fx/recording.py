"""Records every operation of one run of a model, on tensors that have shapes and no values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any
from weakref import WeakValueDictionary

import torch
from torch import nn
from torch.nn.modules import module as hooks
from torch.nn.parameter import UninitializedBuffer, UninitializedParameter
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_flatten
from torch.utils.weak import WeakIdKeyDictionary

from gconv_lint.frontends.fx.known import known
from gconv_lint.frontends.fx.memory import apart, cut, memory, place
from gconv_lint.frontends.fx.recorded import OVERWRITTEN, Operation, Recording, Ref, Tensor
from gconv_lint.frontends.fx.recurrent import recurrent
from gconv_lint.frontends.fx.stacks import Stacks
from gconv_lint.frontends.fx.trees import held, leaves, replaced


def record(model: nn.Module, arguments: Sequence[Any], options: Mapping[str, Any]) -> Recording:
    """Run ``model`` once, in evaluation mode and without gradients. Raises what the model raises."""
    recorder = Recorder(model)
    recorder.run(arguments, options)
    return recorder.recording()


def _tensors(tree: Any, around: tuple[int, ...] = ()) -> Iterator[torch.Tensor]:
    """The tensors in containers, and in the objects that programs make theirs of; ``around`` are those passed."""
    for leaf in tree_flatten(tree)[0]:
        if isinstance(leaf, torch.Tensor):
            yield leaf
        elif id(leaf) not in around:
            yield from _tensors(held(leaf), (*around, id(leaf)))


class Recorder(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Numbers tensors as they appear and notes the operations between them."""

    def __init__(self, model: nn.Module, stacks: Stacks | None = None) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.tensors: list[Tensor] = []
        self.operations: list[Operation] = []
        self.refused: tuple[Operation, Exception] | None = None
        self._model = model
        self._stacks = stacks
        self._inputs: tuple[int, ...] = ()
        self._outputs: tuple[int, ...] = ()
        #: Numbers by tensor; those without values take no memory, and are kept since weak references take time.
        self._kept: dict[int, tuple[int, torch.Tensor]] = {}
        self._numbers: Any = WeakIdKeyDictionary()
        self._sharing: dict[int, MutableMapping[int, torch.Tensor]] = {}
        self._paths = {id(part): path for path, part in model.named_modules()}
        self._running: list[nn.Module] = []
        named = [*model.named_parameters(), *model.named_buffers()]
        self._names = {id(tensor): name for name, tensor in named}
        for _, tensor in named:
            if not is_lazy(tensor):
                self._enter(tensor)

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """No: nobody compiles a recorder, and to see to that torch would load its compiler, which takes a second."""
        return False

    def run(self, arguments: Sequence[Any], options: Mapping[str, Any]) -> None:
        """Run the model. Raises what it raises; what was recorded until then is kept."""
        training = self._model.training
        _train(self._model, False)
        try:
            with torch.no_grad(), self.watching(), recurrent(self), self:
                self._inputs = tuple(self.number(t) for t in _tensors((list(arguments), dict(options))))
                result = self._model(*arguments, **options)
            self.refused = None
        except Exception as error:
            if self.refused is not None and self.refused[1] is not error:
                self.refused = None
            raise
        finally:
            _train(self._model, training)
        self._outputs = tuple(dict.fromkeys(self.number(t) for t in _tensors(result)))

    def recording(self) -> Recording:
        """What was recorded so far."""
        refused = self.refused[0] if self.refused is not None else None
        return Recording(self.tensors, self.operations, self._inputs, self._outputs, refused)

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
        kept = self._kept.get(id(tensor))
        number = kept[0] if kept is not None else self._numbers.get(tensor)
        return number if number is not None else self._enter(tensor)

    def _enter(self, tensor: torch.Tensor) -> int:
        number, name = len(self.tensors), self._names.get(id(tensor), "")
        if type(tensor) is not torch.Tensor and is_lazy(tensor):  # it will be another tensor once it has a shape
            self.tensors.append(Tensor((), tensor.dtype, name))
            return number
        value = tensor if not tensor.is_meta and not tensor.is_floating_point() else None
        self.tensors.append(Tensor(tuple(tensor.shape), tensor.dtype, name, tensor.requires_grad, value))
        if tensor.is_meta:
            self._kept[id(tensor)] = number, tensor
        else:
            self._numbers[tensor] = number
        place = memory(tensor)
        sharing = self._sharing.get(place)
        if sharing is None:
            sharing = self._sharing[place] = {} if tensor.is_meta else WeakValueDictionary()
        sharing[id(tensor)] = tensor
        return number

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs, name = kwargs or {}, _name(func)
        if name == "empty":
            return func(*args, **kwargs)  # nothing is in it; batch norms make one each
        if name in _STRIDED and _is_alike(*args):
            name = "view"  # pools of images with the channels last end so
        given, operation = self._operation(name, args, kwargs)
        if len({t.is_meta for t in given}) > 1:
            args, kwargs = replaced((args, kwargs), torch.Tensor, _without_values)
        elif name == "arange" and all(isinstance(each, int) for each in args):
            kwargs = {**kwargs, "device": torch.device("cpu")}  # what permutes channels is to keep its values
        try:
            if name == "convolution":
                _fit(args)
            made = known(name, args, kwargs)
            result = func(*args, **kwargs) if made is None else made
        except Exception as error:
            self.refused = operation, error
            raise
        self._note(operation, given, list(leaves(result, torch.Tensor)))
        return result

    def note(self, name: str, arguments: tuple[Any, ...], made: Sequence[torch.Tensor]) -> None:
        """Keep an operation that torch has no name for, or would take apart."""
        given, operation = self._operation(name, arguments, {})
        self._note(operation, given, made)

    def _operation(
        self, name: str, arguments: tuple[Any, ...], options: dict[str, Any]
    ) -> tuple[list[torch.Tensor], Operation]:
        """The tensors that an operation which begins here reads, and the operation without its results."""
        given: list[torch.Tensor] = []
        reads: list[int] = []

        def refer(tensor: torch.Tensor) -> Ref:
            given.append(tensor)
            reads.append(self.number(tensor))
            return Ref(reads[-1])

        read = replaced((arguments, options), torch.Tensor, refer)
        here = self._running[-1] if self._running else None
        path = self._paths.get(id(here), "")
        chain = self._stacks.here() if self._stacks is not None else -1
        return given, Operation(name, read[0], read[1], (), path, here, chain, tuple(reads))

    def _note(self, operation: Operation, given: Sequence[torch.Tensor], made: Sequence[torch.Tensor]) -> None:
        """Keep an operation and what it made."""
        self.operations.append(operation._replace(results=tuple(map(self._enter, made))))
        for tensor in made:
            if any(tensor is other for other in given):
                self._overwrite(tensor, operation.module)

    def _overwrite(self, tensor: torch.Tensor, path: str) -> None:
        """Everybody else who looks at the memory of a tensor that was written to sees something new."""
        number = self.number(tensor)
        for other in list(self._sharing[memory(tensor)].values()):
            if other is tensor or apart(tensor, other):
                continue
            if place(tensor) == place(other):
                self._renumber(other, number)
            else:
                before = self.number(other)
                inside, whole = cut(tensor, other), cut(other, tensor)
                positions = inside if inside is not None else whole
                arguments = (Ref(before), Ref(number), positions, inside is not None)
                self.operations.append(Operation(OVERWRITTEN, arguments, {}, (self._enter(other),), path, None))

    def _renumber(self, tensor: torch.Tensor, number: int) -> None:
        if tensor.is_meta:
            self._kept[id(tensor)] = number, tensor
        else:
            self._numbers[tensor] = number


def _train(model: nn.Module, mode: bool) -> None:
    """``model.train(mode)``; an exported program has but one mode, and raises."""
    with suppress(NotImplementedError):
        model.train(mode)


def _fit(arguments: Sequence[Any]) -> None:
    """Raise ``RuntimeError`` where a real convolution would: tensors without values are not always refused."""
    data, weight, transposed, groups = arguments[0], arguments[1], arguments[6], arguments[8]
    first, second = weight.shape[:2]
    expected, found = first if transposed else second * groups, data.shape[1]
    if expected != found or groups < 1 or first % groups:
        size, shape = list(weight.shape), list(data.shape)
        raise RuntimeError(
            f"Given groups={groups}, weight of size {size}, expected input{shape} to have {expected} channels"
        )


def is_lazy(tensor: torch.Tensor) -> bool:
    """Whether a parameter gets its shape from the first input."""
    return isinstance(tensor, (UninitializedParameter, UninitializedBuffer))


_NAMES: dict[Any, str] = {}
_STRIDED = {"as_strided", "as_strided_"}


def _is_alike(tensor: torch.Tensor, size: Sequence[int], stride: Sequence[int], offset: int | None = None) -> bool:
    """Whether other strides name the same elements in the same order: they differ along axes of one position only."""
    if tuple(size) != tuple(tensor.shape) or offset not in (None, tensor.storage_offset()):
        return False
    return all(n == 1 or one == other for n, one, other in zip(size, tensor.stride(), stride, strict=True))


def _name(func: Any) -> str:
    """``convolution`` of ``aten.convolution.default``."""
    name = _NAMES.get(func)
    if name is None:
        name = func.overloadpacket.__name__
        name = _NAMES[func] = "convolution" if name == "_convolution" else name  # so `torch.jit.trace` writes it
    return name


def _without_values(tensor: torch.Tensor) -> torch.Tensor:
    return tensor if tensor.is_meta else torch.empty_like(tensor, device="meta")
