"""The modules of torch: what their constructors keep, and what they do to a tensor."""

from __future__ import annotations

from itertools import starmap
from operator import sub
from typing import TYPE_CHECKING

from gconv_lint.frontends.fx.recorded import ConvModule
from gconv_lint.frontends.whole import torch_sizes, torch_spatial
from gconv_lint.frontends.whole.layer_kinds import Layer, called, keep, parameter
from gconv_lint.frontends.whole.tensors import Tensor
from gconv_lint.frontends.whole.torch_attention import attention_layer
from gconv_lint.frontends.whole.torch_functions import OPERATIONS
from gconv_lint.frontends.whole.torch_norms import (
    batch_norm_layer,
    group_norm_layer,
    instance_norm_layer,
    layer_norm_layer,
    rms_norm_layer,
)
from gconv_lint.frontends.whole.torch_sequences import recurrent_layer
from gconv_lint.frontends.whole.values import Class, Native, Obj, Value, held
from gconv_lint.model.layers import transposed_length

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter


def _conv(rank: int) -> Layer:
    def init(
        interp: Interpreter,
        self: Obj,
        in_channels: Value,
        out_channels: Value,
        kernel_size: Value,
        stride: Value = 1,
        padding: Value = 0,
        dilation: Value = 1,
        groups: Value = 1,
        bias: Value = True,
        padding_mode: Value = "zeros",
        device: Value = None,
        dtype: Value = None,
    ) -> None:
        _convolution(interp, self, rank, False, (in_channels, out_channels, groups), kernel_size, bias)
        keep(self, padding_mode=padding_mode, transposed=False)
        keep(self, stride=torch_sizes.spread(interp, stride, rank))
        keep(self, dilation=torch_sizes.spread(interp, dilation, rank))
        keep(self, padding=padding if isinstance(padding, str) else torch_sizes.spread(interp, padding, rank))
        keep(self, output_padding=(0,) * rank)

    def forward(interp: Interpreter, self: Obj, input: Tensor) -> Value:
        own = self.attrs
        return conv_forward(interp, self, input, own["weight"], own["bias"])

    return Layer(init, forward, "_ConvNd")


def conv_forward(interp: Interpreter, self: Obj, input: Tensor, weight: Tensor, bias: Value) -> Value:
    """``_conv_forward`` of a convolution module."""
    own, padding = self.attrs, self.attrs["padding"]
    if own["padding_mode"] != "zeros":
        amounts = [a for p in reversed(padding) for a in (p, p)]
        input = torch_spatial.pad(interp, input, amounts, own["padding_mode"])
        padding = 0
    run = OPERATIONS[f"conv{len(own['kernel_size'])}d"]
    return run(interp, input, weight, bias, own["stride"], padding, own["dilation"], own["groups"])


def _transposed(rank: int) -> Layer:
    def init(
        interp: Interpreter,
        self: Obj,
        in_channels: Value,
        out_channels: Value,
        kernel_size: Value,
        stride: Value = 1,
        padding: Value = 0,
        output_padding: Value = 0,
        groups: Value = 1,
        bias: Value = True,
        dilation: Value = 1,
        padding_mode: Value = "zeros",
        device: Value = None,
        dtype: Value = None,
    ) -> None:
        _convolution(interp, self, rank, True, (in_channels, out_channels, groups), kernel_size, bias)
        keep(self, padding_mode=padding_mode, transposed=True)
        rows = {"stride": stride, "padding": padding, "dilation": dilation, "output_padding": output_padding}
        keep(self, **{name: torch_sizes.spread(interp, value, rank) for name, value in rows.items()})

    def forward(interp: Interpreter, self: Obj, input: Tensor, output_size: Value = None) -> Value:
        own = self.attrs
        more = own["output_padding"]
        if output_size is not None:
            wanted = torch_sizes.sizes_of(interp, [output_size])[-rank:]
            rows = zip(input.shape[-rank:], own["kernel_size"], own["stride"], own["padding"], own["dilation"])
            more = tuple(map(sub, wanted, starmap(transposed_length, rows)))
        run = OPERATIONS[f"conv_transpose{rank}d"]
        rest = (own["stride"], own["padding"], more, own["groups"], own["dilation"])
        return run(interp, input, own["weight"], own["bias"], *rest)

    return Layer(init, forward, "_ConvNd")


def _convolution(
    interp: Interpreter, self: Obj, rank: int, transposed: bool, counts: tuple[Value, ...], size: Value, bias: Value
) -> None:
    counts = tuple(map(held, counts))
    for name, value in zip(("in_channels", "out_channels", "groups"), counts, strict=True):
        if type(value) is not int and not (name == "groups" and value is True):
            raise interp.error("TypeError", f"{name} must be int, not {type(value).__name__}")
    inside, outside, groups = (int(c) for c in counts)
    if groups <= 0:
        raise interp.error("ValueError", "groups must be a positive integer")
    if inside % groups:
        raise interp.error("ValueError", "in_channels must be divisible by groups")
    if outside % groups:
        raise interp.error("ValueError", "out_channels must be divisible by groups")
    kernel = torch_sizes.spread(interp, size, rank)
    first, second = (inside, outside) if transposed else (outside, inside)
    keep(self, in_channels=inside, out_channels=outside, kernel_size=kernel, groups=groups)
    self.attrs["weight"] = parameter(first, second // groups, *kernel)
    self.attrs["bias"] = parameter(outside) if interp.truth(bias) else None
    self.data = ConvModule(inside, outside, kernel, groups, self.made)


def _linear() -> Layer:
    def init(
        interp: Interpreter,
        self: Obj,
        in_features: Value,
        out_features: Value,
        bias: Value = True,
        device: Value = None,
        dtype: Value = None,
    ) -> None:
        inside, outside = (torch_sizes.integer(interp, v) for v in (in_features, out_features))
        keep(self, in_features=inside, out_features=outside)
        self.attrs["weight"] = parameter(outside, inside)
        self.attrs["bias"] = parameter(outside) if interp.truth(bias) else None

    return Layer(init, lambda interp, self, input: called(interp, "linear", self, input, "weight", "bias"))


def _prelu() -> Layer:
    def init(
        interp: Interpreter,
        self: Obj,
        num_parameters: Value = 1,
        init: Value = 0.25,
        device: Value = None,
        dtype: Value = None,
    ) -> None:
        keep(self, num_parameters=num_parameters)
        self.attrs["weight"] = parameter(num_parameters)

    return Layer(init, lambda interp, self, input: called(interp, "prelu", self, input, "weight"))


def _embedding() -> Layer:
    def init(
        interp: Interpreter,
        self: Obj,
        num_embeddings: Value,
        embedding_dim: Value,
        padding_idx: Value = None,
        **o: Value,
    ) -> None:
        keep(self, num_embeddings=num_embeddings, embedding_dim=embedding_dim, padding_idx=padding_idx)
        self.attrs["weight"] = parameter(num_embeddings, embedding_dim)

    return Layer(init, lambda interp, self, input: called(interp, "embedding", self, input, "weight"))


def _plain(function: str, *names: str, **defaults: Value) -> Layer:
    """A module that keeps its arguments and hands them to a function of the same name."""
    fields = (*names, *defaults)

    def init(interp: Interpreter, self: Obj, *args: Value, **kwargs: Value) -> None:
        wrong = next((k for k in kwargs if k not in fields), None)
        if wrong is not None or len(args) > len(fields):
            raise interp.error("TypeError", f"{self.cls.name}.__init__() got an unexpected argument '{wrong}'")
        given = {**defaults, **dict(zip(fields, args)), **kwargs}
        missing = next((n for n in names if n not in given), None)
        if missing is not None:
            raise interp.error("TypeError", f"{self.cls.name}.__init__() missing the argument '{missing}'")
        keep(self, **given)

    def forward(interp: Interpreter, self: Obj, input: Value, *rest: Value) -> Value:
        return OPERATIONS[function](interp, input, *rest, **{n: self.attrs[n] for n in fields})

    return Layer(init, forward)


def _inert(*fields: str) -> Layer:
    """A module that does nothing: ``Identity``, dropouts of models that are run and not trained."""

    def init(interp: Interpreter, self: Obj, *args: Value, **kwargs: Value) -> None:
        keep(self, **dict(zip(fields, args)), **{k: v for k, v in kwargs.items() if k in fields})

    return Layer(init, lambda interp, self, input, *rest: input)


def _upsample(mode: str | None = None) -> Layer:
    def init(
        interp: Interpreter,
        self: Obj,
        size: Value = None,
        scale_factor: Value = None,
        mode: Value = mode or "nearest",
        align_corners: Value = True if mode == "bilinear" else None,
        recompute_scale_factor: Value = None,
    ) -> None:
        keep(self, size=size, scale_factor=scale_factor, mode=mode, align_corners=align_corners)

    def forward(interp: Interpreter, self: Obj, input: Tensor) -> Value:
        names = ("size", "scale_factor", "mode", "align_corners")
        return torch_spatial.interpolate(interp, input, **{n: self.attrs[n] for n in names})

    return Layer(init, forward)


def _padded(rank: int, mode: str) -> Layer:
    def init(interp: Interpreter, self: Obj, padding: Value, value: Value = 0.0) -> None:
        sizes = torch_sizes.spread(interp, padding, 2 * rank)
        keep(self, padding=sizes, value=value)

    return Layer(
        init,
        lambda interp, self, input: torch_spatial.pad(interp, input, self.attrs["padding"], mode, self.attrs["value"]),
    )


def _pool(function: str, **defaults: Value) -> Layer:
    """A pool, whose stride is its kernel where none is given."""
    plain = _plain(function, "kernel_size", stride=None, padding=0, **defaults)

    def init(interp: Interpreter, self: Obj, *args: Value, **kwargs: Value) -> None:
        plain.init(interp, self, *args, **kwargs)
        if self.attrs["stride"] is None:
            self.attrs["stride"] = self.attrs["kernel_size"]

    return Layer(init, plain.forward)


def _softmax(function: str) -> Layer:
    def init(interp: Interpreter, self: Obj, dim: Value = None) -> None:
        keep(self, dim=dim)

    return Layer(init, lambda interp, self, input: OPERATIONS[function](interp, input, self.attrs["dim"]))


def _module_init(interp: Interpreter, self: Obj, *args: Value, **kwargs: Value) -> None:
    self.attrs["training"] = True


def _axiswise(function: str, axis: int) -> Layer:
    """``Softmax2d``."""
    return Layer(_module_init, lambda interp, self, input: OPERATIONS[function](interp, input, axis))


def _written(function: str) -> Layer:
    """An activation with no other argument than ``inplace``."""
    return _plain(function, inplace=False)


LAYERS: dict[str, Layer] = {
    **{f"Conv{rank}d": _conv(rank) for rank in (1, 2, 3)},
    **{f"ConvTranspose{rank}d": _transposed(rank) for rank in (1, 2, 3)},
    **{f"BatchNorm{rank}d": batch_norm_layer() for rank in (1, 2, 3)},
    "SyncBatchNorm": batch_norm_layer(),
    **{f"InstanceNorm{rank}d": instance_norm_layer() for rank in (1, 2, 3)},
    "Linear": _linear(),
    "GroupNorm": group_norm_layer(),
    "LayerNorm": layer_norm_layer(),
    "RMSNorm": rms_norm_layer(),
    "PReLU": _prelu(),
    "Embedding": _embedding(),
    "MultiheadAttention": attention_layer(),
    "LSTM": recurrent_layer(4, 2),
    "GRU": recurrent_layer(3, 1),
    "RNN": recurrent_layer(1, 1),
    **{name: _inert() for name in ("Identity", "QuantStub", "DeQuantStub")},
    "Dropout": _inert("p", "inplace"),
    **{f"Dropout{rank}d": _inert("p", "inplace") for rank in (1, 2, 3)},
    "AlphaDropout": _inert("p", "inplace"),
    **{
        name: _written(function)
        for name, function in (
            *(("ReLU", "relu"), ("ReLU6", "relu6"), ("SELU", "selu"), ("SiLU", "silu"), ("Mish", "mish")),
            *(("Hardswish", "hardswish"), ("Hardsigmoid", "hardsigmoid")),
        )
    },
    **{
        name: _plain(function)
        for name, function in (("Sigmoid", "sigmoid"), ("Tanh", "tanh"), ("Softsign", "softsign"))
    },
    "LogSigmoid": _plain("logsigmoid"),
    "Tanhshrink": _plain("tanhshrink"),
    "GELU": _plain("gelu", approximate="none"),
    "ELU": _plain("elu", alpha=1.0, inplace=False),
    "CELU": _plain("celu", alpha=1.0, inplace=False),
    "LeakyReLU": _plain("leaky_relu", negative_slope=0.01, inplace=False),
    "Hardtanh": _plain("hardtanh", min_val=-1.0, max_val=1.0, inplace=False),
    "Softplus": _plain("softplus", beta=1.0, threshold=20.0),
    "Threshold": _plain("threshold", "threshold", "value", inplace=False),
    "GLU": _plain("glu", dim=-1),
    "Softmax": _softmax("softmax"),
    "LogSoftmax": _softmax("log_softmax"),
    "Softmax2d": _axiswise("softmax", -3),
    **{f"MaxPool{r}d": _pool(f"max_pool{r}d", dilation=1, return_indices=False, ceil_mode=False) for r in (1, 2, 3)},
    **{
        f"AvgPool{r}d": _pool(f"avg_pool{r}d", ceil_mode=False, count_include_pad=True, divisor_override=None)
        for r in (2, 3)
    },
    "AvgPool1d": _pool("avg_pool1d", ceil_mode=False, count_include_pad=True),
    **{f"AdaptiveAvgPool{r}d": _plain(f"adaptive_avg_pool{r}d", "output_size") for r in (1, 2, 3)},
    **{
        f"AdaptiveMaxPool{r}d": _plain(f"adaptive_max_pool{r}d", "output_size", return_indices=False) for r in (1, 2, 3)
    },
    "MaxUnpool2d": _pool("max_unpool2d"),
    "Upsample": _upsample(),
    "UpsamplingNearest2d": _upsample("nearest"),
    "UpsamplingBilinear2d": _upsample("bilinear"),
    "PixelShuffle": _plain("pixel_shuffle", "upscale_factor"),
    "PixelUnshuffle": _plain("pixel_unshuffle", "downscale_factor"),
    "ChannelShuffle": _plain("channel_shuffle", "groups"),
    "Flatten": _plain("flatten", start_dim=1, end_dim=-1),
    "Unflatten": _plain("unflatten", "dim", "unflattened_size"),
    "Unfold": _plain("unfold", "kernel_size", dilation=1, padding=0, stride=1),
    "Fold": _plain("fold", "output_size", "kernel_size", dilation=1, padding=0, stride=1),
    "LocalResponseNorm": _plain("local_response_norm", "size", alpha=1e-4, beta=0.75, k=1.0),
    **{f"ZeroPad{r}d": _padded(r, "constant") for r in (1, 2, 3)},
    **{f"ConstantPad{r}d": _padded(r, "constant") for r in (1, 2, 3)},
    **{f"ReflectionPad{r}d": _padded(r, "reflect") for r in (1, 2, 3)},
    **{f"ReplicationPad{r}d": _padded(r, "replicate") for r in (1, 2, 3)},
}
#: Constructors whose layers rules judge by themselves.
WATCHED = {
    **{name: "conv" for name in LAYERS if name.startswith("Conv")},
    "GroupNorm": "group_norm",
    "ChannelShuffle": "shuffle",
}


def context(interp: Interpreter) -> Class:
    """What ``forward`` of an autograd function keeps things in."""
    return Class("Context", (interp.object,), {"save_for_backward": Native("save", lambda *args, **kwargs: None)})
