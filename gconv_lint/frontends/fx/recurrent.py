"""Recurrent layers as one operation each, which torch would take apart into several for every step of a sequence."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch
from torch import _VF
from torch.utils._python_dispatch import _disable_current_modes as _disabled

if TYPE_CHECKING:
    from gconv_lint.frontends.fx.recording import Recorder

#: torch's functions by name: the gates of a cell, and whether it has a second state.
CELLS = {"lstm": (4, True), "gru": (3, False), "rnn_tanh": (1, False), "rnn_relu": (1, False)}


@contextmanager
def recurrent(recorder: Recorder) -> Iterator[None]:
    """Have the recorder note calls of recurrent layers while the context is open."""
    before = {name: getattr(_VF, name) for name in CELLS}
    for name, function in before.items():
        setattr(_VF, name, _noted(recorder, name, function))
    try:
        yield
    finally:
        for name, function in before.items():
            setattr(_VF, name, function)


def _noted(recorder: Recorder, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    def call(*arguments: Any) -> Any:
        with _disabled():
            made = _made(name, arguments)
        if made is None:
            return function(*arguments)
        data, states, weights, *numbers = arguments
        recorder.note(name, (data, states, list(weights), *numbers), made)
        return (made[0], *made[1:])

    return call


def _made(name: str, arguments: Sequence[Any]) -> list[torch.Tensor] | None:
    """What a layer makes of a tensor without values; ``None`` for packed sequences, projections and what is wrong."""
    if len(arguments) != 9 or not isinstance(arguments[2], (list, tuple)):
        return None
    data, states, weights, biased, layers, _, _, both, batch_first = arguments
    gates, twice = CELLS[name]
    kept = list(states) if twice else [states]
    ways = 2 if both else 1
    if len(weights) != layers * ways * (4 if biased else 2) or data.dim() != 3:
        return None
    if not all(tensor.is_meta and tensor.dtype is data.dtype for tensor in (data, *kept, *weights)):
        return None
    hidden, batch = weights[1].shape[1], data.shape[0 if batch_first else 1]
    fits = weights[0].shape == (gates * hidden, data.shape[2])
    if not fits or any(state.shape != (layers * ways, batch, hidden) for state in kept):
        return None
    steps = data.shape[1 if batch_first else 0]
    made = data.new_empty((steps, batch, ways * hidden))
    return [made.transpose(0, 1) if batch_first else made, *map(torch.empty_like, kept)]
