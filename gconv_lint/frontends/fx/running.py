"""Runs a built module once on its example inputs, without values where that works."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import torch
from torch.utils._pytree import tree_map_only

from gconv_lint.frontends.fx.building import Built
from gconv_lint.frontends.fx.faults import Fault, needs_values, sentence, where
from gconv_lint.frontends.fx.recorded import Recording
from gconv_lint.frontends.fx.recording import Recorder
from gconv_lint.frontends.fx.shadow import numbers_of
from gconv_lint.frontends.fx.stacks import Stacks

#: The sizes of the input that is tried where nobody gives one.
DEFAULT = (1, 3, 224, 224)

Sizes = Sequence[tuple[Sequence[int], str]]


class Run(NamedTuple):
    """The recording of a run, how it was done, what ended it, and whether its input is one that nobody gave."""

    recording: Recording
    built: Built
    notes: tuple[str, ...]
    fault: Fault | None = None
    guessed: bool = False


def run(built: Built, given: Sizes, again: Callable[[], Built], stacks: Stacks) -> Run:
    """Run ``built``, or the module with weights that ``again`` makes when it needs values."""
    if given or built.inputs is not None:
        return _run(built, given, given, again, stacks, [])
    sizes = ((DEFAULT, str(numbers_of(built.module).dtype).removeprefix("torch.")),)
    notes = [f"no input was given: {_text(sizes)} is tried"]
    return _run(built, sizes, given, again, stacks, notes)._replace(guessed=True)


def _run(built: Built, sizes: Sizes, given: Sizes, again: Callable[[], Built], stacks: Stacks, notes: list[str]) -> Run:
    recorder = Recorder(built.module, stacks)
    try:
        recorder.run(*_arguments(built.inputs, sizes, "meta"))
        return Run(recorder.recording(), built, tuple(notes))
    except Exception as error:
        if not needs_values(error):
            return Run(recorder.recording(), built, tuple(notes), _fault(error, sizes, given, built))
        notes.append(f"run with values, because without them it fails: {sentence(error)}")
    return _with_values(sizes, given, again, stacks, notes)


def _with_values(sizes: Sizes, given: Sizes, again: Callable[[], Built], stacks: Stacks, notes: list[str]) -> Run:
    built = again()
    recorder = Recorder(built.module, stacks)
    torch.manual_seed(0)
    try:
        recorder.run(*_arguments(built.inputs, sizes, "cpu"))
    except Exception as error:
        return Run(recorder.recording(), built, tuple(notes), _fault(error, sizes, given, built))
    return Run(recorder.recording(), built, tuple(notes))


def _fault(error: Exception, sizes: Sizes, given: Sizes, built: Built) -> Fault:
    tried = "" if given or built.inputs is not None else ", which is tried where no --input is given; give --input"
    on = "the inputs that it came with" if built.inputs is not None and not given else f"{_text(sizes)}{tried}"
    fault = Fault(f"cannot be run on {on}: {sentence(error)}", where(error))
    fault.__cause__ = error
    return fault


def _text(sizes: Sizes) -> str:
    texts = ["x".join(map(str, shape)) + ("" if dtype == "float32" else f":{dtype}") for shape, dtype in sizes]
    return ", ".join(texts)


def _arguments(inputs: Any, sizes: Sizes, device: str) -> tuple[Sequence[Any], Mapping[str, Any]]:
    """The positional and named arguments of the call; sizes from outside win over inputs that a factory returned."""
    if sizes:
        return [_tensor(shape, dtype, device) for shape, dtype in sizes], {}
    placed = tree_map_only(torch.Tensor, lambda t: _placed(t, device), inputs)
    if isinstance(placed, Mapping):
        return (), placed
    return (placed if isinstance(placed, (tuple, list)) else [placed]), {}


def _tensor(shape: Sequence[int], dtype: str, device: str) -> torch.Tensor:
    kind = getattr(torch, dtype, None)
    if not isinstance(kind, torch.dtype):
        raise Fault(f"`{dtype}` is no type of tensors; allowed are float32, int64 and their like")
    if device == "cpu" and kind.is_floating_point:
        return torch.randn(*shape, dtype=kind)
    return torch.zeros(*shape, dtype=kind, device=device)


def _placed(tensor: torch.Tensor, device: str) -> torch.Tensor:
    if device == "meta":
        return torch.empty_like(tensor, device="meta")
    if tensor.device.type != "meta":
        return tensor.detach()
    return (
        torch.randn(tensor.shape, dtype=tensor.dtype)
        if tensor.is_floating_point()
        else torch.zeros_like(tensor, device="cpu")
    )
