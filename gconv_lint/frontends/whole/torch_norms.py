"""The norms of torch as modules."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from gconv_lint.frontends.whole import torch_sizes, torch_spatial
from gconv_lint.frontends.whole.layer_kinds import Layer, buffer, called, keep, parameter
from gconv_lint.frontends.whole.tensors import Tensor
from gconv_lint.frontends.whole.values import Obj, Value

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter


def batch_norm_layer() -> Layer:
    def forward(interp: Interpreter, self: Obj, input: Tensor) -> Value:
        own = self.attrs
        stats = own["running_mean"] is None
        rest = (own["weight"], own["bias"], stats, own["momentum"], own["eps"])
        return torch_spatial.batch_norm(interp, input, own["running_mean"], own["running_var"], *rest)

    return Layer(_running(True), forward, "_BatchNorm")


def instance_norm_layer() -> Layer:
    def forward(interp: Interpreter, self: Obj, input: Tensor) -> Value:
        own = self.attrs
        rest = (own["weight"], own["bias"], not own["track_running_stats"])
        return torch_spatial.instance_norm(interp, input, own["running_mean"], own["running_var"], *rest)

    return Layer(_running(False), forward, "_InstanceNorm")


def _running(usual: bool) -> Callable[..., None]:
    """The constructor of a norm that may keep statistics; ``usual`` is what it does unless it is told."""

    def init(
        interp: Interpreter,
        self: Obj,
        num_features: Value,
        eps: Value = 1e-5,
        momentum: Value = 0.1,
        affine: Value = usual,
        track_running_stats: Value = usual,
        device: Value = None,
        dtype: Value = None,
    ) -> None:
        size, tracked = torch_sizes.integer(interp, num_features), track_running_stats
        keep(self, num_features=size, eps=eps, momentum=momentum, affine=affine, track_running_stats=tracked)
        _scaled(self, (size,), affine, affine)
        buffer(self, "running_mean", Tensor((size,)) if tracked else None)
        buffer(self, "running_var", Tensor((size,)) if tracked else None)
        buffer(self, "num_batches_tracked", Tensor((), "int64") if tracked else None)

    return init


def _scaled(self: Obj, shape: Sequence[int], weight: Value, bias: Value) -> None:
    """The parameters that a norm's result is multiplied with and shifted by."""
    self.attrs["weight"] = parameter(*shape) if weight else None
    self.attrs["bias"] = parameter(*shape) if bias else None


def group_norm_layer() -> Layer:
    def init(
        interp: Interpreter,
        self: Obj,
        num_groups: Value,
        num_channels: Value,
        eps: Value = 1e-5,
        affine: Value = True,
        device: Value = None,
        dtype: Value = None,
    ) -> None:
        if num_channels % num_groups:
            raise interp.error("ValueError", "num_channels must be divisible by num_groups")
        keep(self, num_groups=num_groups, num_channels=num_channels, eps=eps, affine=affine)
        _scaled(self, (num_channels,), affine, affine)

    return Layer(
        init,
        lambda interp, self, input: torch_spatial.group_norm(
            interp, input, self.attrs["num_groups"], self.attrs["weight"], self.attrs["bias"], self.attrs["eps"]
        ),
    )


def rms_norm_layer() -> Layer:
    def init(
        interp: Interpreter,
        self: Obj,
        normalized_shape: Value,
        eps: Value = None,
        elementwise_affine: Value = True,
        device: Value = None,
        dtype: Value = None,
    ) -> None:
        shape = torch_sizes.spread(interp, normalized_shape, 1)
        keep(self, normalized_shape=shape, eps=eps, elementwise_affine=elementwise_affine)
        _scaled(self, shape, elementwise_affine, False)

    return Layer(
        init,
        lambda interp, self, input: called(interp, "rms_norm", self, input, "normalized_shape", "weight", "eps"),
    )


def layer_norm_layer() -> Layer:
    def init(
        interp: Interpreter,
        self: Obj,
        normalized_shape: Value,
        eps: Value = 1e-5,
        elementwise_affine: Value = True,
        bias: Value = True,
        device: Value = None,
        dtype: Value = None,
    ) -> None:
        shape = torch_sizes.spread(interp, normalized_shape, 1)
        keep(self, normalized_shape=shape, eps=eps, elementwise_affine=elementwise_affine)
        _scaled(self, shape, elementwise_affine, elementwise_affine and bias)

    return Layer(
        init,
        lambda interp, self, input: called(interp, "layer_norm", self, input, "normalized_shape", "weight", "bias"),
    )
