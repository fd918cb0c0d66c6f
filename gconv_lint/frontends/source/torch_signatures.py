"""The signatures of the torch callables that layers come from, as torch 2.13 documents them."""

from __future__ import annotations

import re
from typing import Any

from gconv_lint.frontends.source.expressions import UNKNOWN_STAR
from gconv_lint.frontends.source.values import Raised, Value

_CONV = (
    "in_channels",
    "out_channels",
    "kernel_size",
    "stride",
    "padding",
    "dilation",
    "groups",
    "bias",
    "padding_mode",
    "device",
    "dtype",
)
_CONV_TRANSPOSE = (
    "in_channels", "out_channels", "kernel_size", "stride", "padding", "output_padding", "groups", "bias", "dilation",
    "padding_mode", "device", "dtype",
)  # fmt: skip
_F_CONV = ("input", "weight", "bias", "stride", "padding", "dilation", "groups")
_F_CONV_TRANSPOSE = ("input", "weight", "bias", "stride", "padding", "output_padding", "groups", "dilation")

_CONV_DEFAULTS = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1, "bias": True, "output_padding": 0}

#: qualified name -> (parameters in order, number of required ones)
SIGNATURES: dict[str, tuple[tuple[str, ...], int]] = {
    "torch.nn.Linear": (("in_features", "out_features", "bias", "device", "dtype"), 2),
    "torch.nn.GroupNorm": (("num_groups", "num_channels", "eps", "affine", "device", "dtype"), 2),
    "torch.nn.ChannelShuffle": (("groups",), 1),
    "torch.nn.functional.channel_shuffle": (("input", "groups"), 2),
    "torch.nn.PixelShuffle": (("upscale_factor",), 1),
    "torch.nn.PixelUnshuffle": (("downscale_factor",), 1),
}
for _rank in "123":
    SIGNATURES[f"torch.nn.Conv{_rank}d"] = (_CONV, 3)
    SIGNATURES[f"torch.nn.ConvTranspose{_rank}d"] = (_CONV_TRANSPOSE, 3)
    SIGNATURES[f"torch.nn.LazyConv{_rank}d"] = (_CONV[1:], 2)
    SIGNATURES[f"torch.nn.LazyConvTranspose{_rank}d"] = (_CONV_TRANSPOSE[1:], 2)
    SIGNATURES[f"torch.nn.functional.conv{_rank}d"] = (_F_CONV, 2)
    SIGNATURES[f"torch.nn.functional.conv_transpose{_rank}d"] = (_F_CONV_TRANSPOSE, 2)
    SIGNATURES[f"torch.nn.BatchNorm{_rank}d"] = (("num_features",), 1)

CONV = re.compile(r"torch\.nn\.(Lazy)?Conv(Transpose)?([123])d$")
FUNCTIONAL_CONV = re.compile(r"torch\.nn\.functional\.conv(_transpose)?([123])d$")


def bind(name: str, args: list[Value], kwargs: dict[Any, Value]) -> dict[str, Value] | None:
    """Argument values by parameter name, defaults filled in; ``None`` where starred arguments hide some.

    Raises ``Raised("TypeError")`` where torch refuses the call.
    """
    params, required = SIGNATURES[name]
    if UNKNOWN_STAR in args or len(args) > len(params):
        if UNKNOWN_STAR not in args:
            raise Raised("TypeError")
        return None
    bound = dict(zip(params, args))
    for key, value in kwargs.items():
        if key is UNKNOWN_STAR:
            continue
        if key in bound or (key not in params and name.startswith("torch.nn.Conv")):
            raise Raised("TypeError")
        bound[key] = value
    if UNKNOWN_STAR in kwargs:
        return None if not set(params[:required]) <= set(bound) else {**bound, UNKNOWN_STAR: True}  # type: ignore[dict-item]
    if any(p not in bound for p in params[:required]):
        raise Raised("TypeError")
    for key, default in _CONV_DEFAULTS.items():
        if key in params:
            bound.setdefault(key, default)
    return bound
