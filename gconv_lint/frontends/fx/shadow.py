"""Copies a live module so that running the copy changes nothing of the original, without copying its weights."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn
from torch.utils._pytree import tree_map_only

from gconv_lint.frontends.fx.faults import sentence
from gconv_lint.frontends.fx.recording import is_lazy

Stand = Callable[[torch.Tensor], torch.Tensor]


def weightless(model: nn.Module) -> nn.Module:
    """A copy whose parameters and buffers of floating point numbers have shapes and no values.

    Integers keep their values on the CPU, since they may be indices. Raises ``TypeError`` for what cannot be copied.
    """
    return _copied(model, _emptied, _emptied)


def sharing(model: nn.Module) -> nn.Module:
    """A copy whose parameters are other tensors over the same memory, so that they have gradients of their own.

    Buffers, which a run may write to, are copied. Raises ``TypeError`` for what cannot be copied.
    """
    return _copied(model, torch.Tensor.detach, lambda tensor: tensor.detach().clone())


def plain(model: nn.Module) -> nn.Module:
    """The module itself, where ``torch.compile`` wraps it."""
    found: nn.Module = getattr(model, "_orig_mod", model)
    return found


def _copied(model: nn.Module, parameter: Stand, other: Stand) -> nn.Module:
    """A deep copy in which the two functions say what stands for each parameter, and for any other tensor."""
    model = plain(model)
    memo: dict[int, Any] = {}
    for tensor in (*model.parameters(), *_others(model)):
        if id(tensor) not in memo:
            memo[id(tensor)] = _stand_in(tensor, parameter, other)
    try:
        return copy.deepcopy(model, memo)
    except Exception as error:
        name = type(model).__name__
        raise TypeError(f"{name} cannot be copied, and only a copy is run: {sentence(error)}") from error


def _others(model: nn.Module) -> Iterator[torch.Tensor]:
    """Buffers, and tensors that are plain attributes: torch copies those of a graph of gradients for nobody."""
    yield from model.buffers()
    for part in model.modules():
        yield from (value for value in vars(part).values() if isinstance(value, torch.Tensor))


def _stand_in(tensor: torch.Tensor, parameter: Stand, other: Stand) -> torch.Tensor:
    """What takes the place of a tensor in the copy; torch cannot copy all of those that wait for a shape."""
    if is_lazy(tensor):
        waiting: torch.Tensor = type(tensor)(tensor.requires_grad, tensor.device, tensor.dtype)
        return waiting
    if isinstance(tensor, nn.Parameter):
        return nn.Parameter(parameter(tensor), requires_grad=tensor.requires_grad)
    return other(tensor)


def _emptied(tensor: torch.Tensor) -> torch.Tensor:
    if tensor.is_floating_point() or tensor.is_complex():
        return torch.empty_like(tensor, device="meta", requires_grad=False)
    return tensor.detach().cpu().clone()


def inputs_without_values(inputs: Sequence[Any], model: nn.Module) -> list[Any]:
    """The inputs as tensors of the ``meta`` device.

    A tuple or list of positive integers is the shape of one, whose numbers are of the type of the model's.
    """
    dtype = numbers_of(model).dtype
    placed = [torch.empty(*each, device="meta", dtype=dtype) if is_shape(each) else each for each in inputs]
    found: list[Any] = tree_map_only(torch.Tensor, lambda t: torch.empty_like(t, device="meta"), placed)
    return found


def inputs_with_values(inputs: Sequence[Any], model: nn.Module) -> list[Any]:
    """Copies of the inputs; normally distributed numbers of the model's type and device for a shape."""
    like = numbers_of(model)
    placed = [torch.randn(*each, dtype=like.dtype, device=like.device) if is_shape(each) else each for each in inputs]
    found: list[Any] = tree_map_only(torch.Tensor, lambda t: t.detach().clone(), placed)
    return found


def numbers_of(model: nn.Module) -> torch.Tensor:
    """A parameter of floating point numbers, or some other number where the model has none."""
    floating = (parameter for parameter in model.parameters() if parameter.is_floating_point())
    return next(floating, torch.zeros(()))


def is_shape(value: Any) -> bool:
    """Whether an input is given by its sizes."""
    return isinstance(value, (tuple, list)) and bool(value) and all(type(size) is int and size > 0 for size in value)


@contextmanager
def random_numbers_kept() -> Iterator[None]:
    """The generators of random numbers, of Python and of torch on every device, stand afterwards where they stood."""
    devices = range(torch.cuda.device_count()) if torch.cuda.is_initialized() else ()  # type: ignore[no-untyped-call]
    state = random.getstate()
    try:
        with torch.random.fork_rng(devices):
            yield
    finally:
        random.setstate(state)
