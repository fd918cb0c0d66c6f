"""Records one run of a module that lives in this very process, leaving the module as it was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from torch import nn
from torch.nn.modules.conv import _ConvNd
from torch.utils._pytree import tree_flatten

from gconv_lint.frontends.fx.faults import needs_values
from gconv_lint.frontends.fx.recorded import Recording
from gconv_lint.frontends.fx.recording import Recorder
from gconv_lint.frontends.fx.shadow import (
    inputs_with_values,
    inputs_without_values,
    random_numbers_kept,
    sharing,
    weightless,
)
from gconv_lint.words import nearest

Model = nn.Module


class Observation(NamedTuple):
    """The recording of a run with the tensors that each module returned, by its path, once for each of its calls.

    ``model`` is the copy that was run; ``error`` is what ended the run early.
    """

    model: nn.Module
    recording: Recording
    returned: Mapping[str, Sequence[tuple[int, ...]]]
    error: Exception | None = None

    @property
    def name(self) -> str:
        """The class of the model."""
        return type(self.model).__name__

    def groups(self, path: str) -> int:
        """The groups of a convolution, 1 for any other module."""
        part = self.model.get_submodule(path)
        return part.groups if isinstance(part, _ConvNd) else 1

    def output(self, path: str) -> int | None:
        """The tensor that a module returned; ``None`` where it was not run or returns no tensor.

        Raises ``ValueError`` where no module has this path, or more than one tensor may be meant.
        """
        if path not in dict(self.model.named_modules()):
            known = [each for each, _ in self.model.named_modules() if each]
            raise ValueError(f"there is no module `{path}` in {self.name}{nearest(path, known)}")
        calls = self.returned.get(path, ())
        if len(calls) > 1:
            raise ValueError(f"`{path}` is called {len(calls)} times, so its output can be any of these tensors")
        found = calls[0] if calls else ()
        if len(found) > 1:
            raise ValueError(f"`{path}` returns {len(found)} tensors, so its output can be any of them")
        return found[0] if found else None

    def axis(self, path: str, rank: int) -> int | None:
        """The usual axis of the channels in what a module returned: the second, the last of a dense layer."""
        if rank < 2:
            return None
        return rank - 1 if isinstance(self.model.get_submodule(path), nn.Linear) else 1


class _Observer(Recorder):  # type: ignore[no-untyped-call]
    """A recorder that notes what modules return."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__(model)
        self.returned: dict[str, list[tuple[int, ...]]] = {}

    def _leave(self, *event: Any) -> None:
        super()._leave(*event)
        part, _, result = event
        path = self._paths.get(id(part))
        if path is not None and result is not None:
            tensors = (leaf for leaf in tree_flatten(result)[0] if hasattr(leaf, "untyped_storage"))
            self.returned.setdefault(path, []).append(tuple(dict.fromkeys(self.number(t) for t in tensors)))


def observe(model: nn.Module, inputs: Sequence[Any]) -> Observation:
    """Run a copy of ``model`` once in evaluation mode, on tensors without values where that works.

    A model that asks its tensors for numbers is run again with its weights. What the model raises becomes ``error``.
    Raises ``TypeError`` when it cannot be copied.
    """
    with random_numbers_kept():
        found = _observed(weightless(model), inputs_without_values(inputs, model))
        if found.error is not None and needs_values(found.error):
            found = _observed(sharing(model), inputs_with_values(inputs, model))
    return found


def _observed(model: nn.Module, inputs: Sequence[Any]) -> Observation:
    observer, error = _Observer(model), None
    try:
        observer.run(inputs, {})
    except Exception as raised:
        error = raised
    return Observation(model, observer.recording(), observer.returned, error)


def convolutions(model: nn.Module) -> Iterator[tuple[str, _ConvNd]]:
    """The convolutions of a module with their paths."""
    return ((path, part) for path, part in model.named_modules() if isinstance(part, _ConvNd))
