"""Runs the model of an assertion; the one way from here to torch, which is imported on the first call."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from gconv_lint.api import MISSING_TORCH

if TYPE_CHECKING:
    from gconv_lint.frontends.fx.live import Model, Observation


def observed(model: Model, inputs: Sequence[Any]) -> Observation:
    """The observation of one whole run of a copy of ``model``. Raises what the model raises."""
    __tracebackhide__ = True
    found = attempted(model, inputs)
    if found.error is not None:
        raise found.error
    return found


def attempted(model: Any, inputs: Sequence[Any]) -> Observation:
    """The observation of a run that may have ended early.

    Raises ``RuntimeError`` without torch, ``ValueError`` without inputs, and ``TypeError`` for what is no model and for
    a model that cannot be copied.
    """
    __tracebackhide__ = True
    require_model(model)
    if not inputs:
        raise ValueError("no input is given to run the model on; allowed are tensors and shapes such as (1, 3, 32, 32)")
    from gconv_lint.frontends.fx.live import observe

    return observe(model, inputs)


def require_model(model: Any) -> None:
    """Raise ``RuntimeError`` without torch, and ``TypeError`` for what is no model."""
    __tracebackhide__ = True
    if find_spec("torch") is None:
        raise RuntimeError(MISSING_TORCH)
    from gconv_lint.frontends.fx.live import Model

    if not isinstance(model, Model):
        what = f"the class {model.__name__}" if isinstance(model, type) else f"of type {type(model).__name__}"
        raise TypeError(f"the model is {what}; allowed is an instance of torch.nn.Module")
