"""Calls of the torch callables that layers come from, bound by their signatures."""

from __future__ import annotations

import re
from typing import Any

from gconv_lint.frontends.source.values import UNKNOWN_STAR, Raised, Value
from gconv_lint.model.signatures import SIGNATURES

_CONV_DEFAULTS = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1, "bias": True, "output_padding": 0}

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
