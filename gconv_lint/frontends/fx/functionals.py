"""Watches functional convolutions that run while a model is imported and built, before any run of it is recorded."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import torch
from torch.nn.modules import conv as torchs_own
from torch.overrides import TorchFunctionMode

from gconv_lint.frontends.fx.stacks import Stacks
from gconv_lint.frontends.fx.wire import plain

_CONV = ("input", "weight", "bias", "stride", "padding", "dilation", "groups")
_TRANSPOSED = ("input", "weight", "bias", "stride", "padding", "output_padding", "groups", "dilation")
#: Functions of torch with their rank and the names of their arguments.
_FUNCTIONS: dict[Any, tuple[int, tuple[str, ...]]] = {
    **{getattr(torch, f"conv{rank}d"): (rank, _CONV) for rank in (1, 2, 3)},
    **{getattr(torch, f"conv_transpose{rank}d"): (rank, _TRANSPOSED) for rank in (1, 2, 3)},
}
#: How far above this module the forward method of torch's own convolutions may stand.
_NEAR = 4


class Called(NamedTuple):
    """One call: the arguments of the convolution as plain data, the calls that led to it, and what it raised."""

    conv: Mapping[str, Any]
    chain: int
    error: Exception | None


class Functionals(TorchFunctionMode):
    """The calls seen so far, in their order; those of convolution modules are the modules' own."""

    def __init__(self, stacks: Stacks) -> None:
        super().__init__()
        self.called: list[Called] = []
        self._stacks = stacks

    def __torch_function__(
        self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        known, options = _FUNCTIONS.get(func), dict(kwargs or {})
        if known is None or _is_of_module():
            return func(*args, **options)
        error: Exception | None = None
        try:
            return func(*args, **options)
        except Exception as raised:
            error = raised
            raise
        finally:
            conv = _attributes(*known, {**dict(zip(known[1], args, strict=False)), **options})
            if conv is not None:
                self.called.append(Called(conv, self._stacks.here(), error))


def _is_of_module() -> bool:
    """Whether a convolution module of torch is running."""
    frame = sys._getframe(2)
    for _ in range(_NEAR):
        if frame.f_code.co_filename == torchs_own.__file__:
            return True
        if frame.f_back is None:
            return False
        frame = frame.f_back
    return False


def _attributes(rank: int, names: Sequence[str], given: Mapping[str, Any]) -> dict[str, Any] | None:
    """What a call passes, ``None`` where that is no input and no weight."""
    data, weight = given.get("input"), given.get("weight")
    if not isinstance(data, torch.Tensor) or not isinstance(weight, torch.Tensor) or weight.dim() != rank + 2:
        return None
    if data.dim() not in (rank + 1, rank + 2):
        return None
    transposed, groups = "output_padding" in names, plain(given.get("groups", 1))
    made = weight.shape[1] * groups if transposed and isinstance(groups, int) else weight.shape[0]
    return {
        "rank": rank,
        "in_channels": data.shape[-rank - 1],
        "out_channels": made,
        "kernel_size": list(weight.shape[2:]),
        **{name: plain(given.get(name, default)) for name, default in (("stride", 1), ("padding", 0), ("dilation", 1))},
        "groups": groups,
        "bias": given.get("bias") is not None,
        "transposed": transposed,
        "lazy": False,
        "weight_shape": list(weight.shape),
    }
