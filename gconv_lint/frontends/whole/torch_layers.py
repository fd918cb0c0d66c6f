"""The modules of torch: what their constructors keep, and what they do to a tensor."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from gconv_lint.frontends.fx.recorded import ConvModule
from gconv_lint.frontends.whole import torch_shapes, torch_spatial
from gconv_lint.frontends.whole.tensors import Tensor
from gconv_lint.frontends.whole.torch_functions import OPERATIONS
from gconv_lint.frontends.whole.values import Class, Native, Obj, Value

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter


class Layer(NamedTuple):
    """A module of torch: its constructor, its ``forward``, and the class that it is derived from."""

    init: Callable[..., None]
    forward: Callable[..., Value] | None = None
    base: str = "Module"


def parameter(*shape: int) -> Tensor:
    """A new parameter."""
    made = Tensor(shape)
    made.is_parameter = made.requires_grad = True
    return made


def buffer(self: Obj, name: str, value: Value) -> None:
    """Register a buffer."""
    self.attrs[name] = value
    self.buffers.add(name)
    if isinstance(value, Tensor):
        value.is_buffer = True


def _keep(self: Obj, **values: Value) -> None:
    self.attrs.update(training=True, **values)


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
        _keep(self, padding_mode=padding_mode, transposed=False)
        _keep(self, stride=torch_spatial.spread(interp, stride, rank))
        _keep(self, dilation=torch_spatial.spread(interp, dilation, rank))
        _keep(self, padding=padding if isinstance(padding, str) else torch_spatial.spread(interp, padding, rank))
        _keep(self, output_padding=(0,) * rank)

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
        _keep(self, padding_mode=padding_mode, transposed=True)
        rows = {"stride": stride, "padding": padding, "dilation": dilation, "output_padding": output_padding}
        _keep(self, **{name: torch_spatial.spread(interp, value, rank) for name, value in rows.items()})

    def forward(interp: Interpreter, self: Obj, input: Tensor, output_size: Value = None) -> Value:
        own = self.attrs
        more = own["output_padding"]
        if output_size is not None:
            wanted = torch_shapes.sizes_of(interp, [output_size])[-rank:]
            rows = zip(wanted, input.shape[-rank:], own["stride"], own["padding"], own["dilation"], own["kernel_size"])
            more = tuple(w - ((s - 1) * t - 2 * p + d * (k - 1) + 1) for w, s, t, p, d, k in rows)
        run = OPERATIONS[f"conv_transpose{rank}d"]
        rest = (own["stride"], own["padding"], more, own["groups"], own["dilation"])
        return run(interp, input, own["weight"], own["bias"], *rest)

    return Layer(init, forward, "_ConvNd")


def _convolution(
    interp: Interpreter, self: Obj, rank: int, transposed: bool, counts: tuple[Value, ...], size: Value, bias: Value
) -> None:
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
    kernel = torch_spatial.spread(interp, size, rank)
    first, second = (inside, outside) if transposed else (outside, inside)
    _keep(self, in_channels=inside, out_channels=outside, kernel_size=kernel, groups=groups)
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
        inside, outside = (torch_shapes.integer(interp, v) for v in (in_features, out_features))
        _keep(self, in_features=inside, out_features=outside)
        self.attrs["weight"] = parameter(outside, inside)
        self.attrs["bias"] = parameter(outside) if interp.truth(bias) else None

    return Layer(init, lambda interp, self, input: _called(interp, "linear", self, input, "weight", "bias"))


def _called(interp: Interpreter, function: str, self: Obj, input: Value, *names: str) -> Value:
    """A function on a tensor and attributes of a module."""
    return OPERATIONS[function](interp, input, *(self.attrs[name] for name in names))


def _batch_norm() -> Layer:
    def init(
        interp: Interpreter,
        self: Obj,
        num_features: Value,
        eps: Value = 1e-5,
        momentum: Value = 0.1,
        affine: Value = True,
        track_running_stats: Value = True,
        device: Value = None,
        dtype: Value = None,
    ) -> None:
        _normed(interp, self, num_features, eps, momentum, affine, track_running_stats)

    def forward(interp: Interpreter, self: Obj, input: Tensor) -> Value:
        own = self.attrs
        stats = own["running_mean"] is None
        rest = (own["weight"], own["bias"], stats, own["momentum"], own["eps"])
        return torch_spatial.batch_norm(interp, input, own["running_mean"], own["running_var"], *rest)

    return Layer(init, forward, "_BatchNorm")


def _normed(
    interp: Interpreter, self: Obj, count: Value, eps: Value, momentum: Value, affine: Value, tracked: Value
) -> None:
    size = torch_shapes.integer(interp, count)
    _keep(self, num_features=size, eps=eps, momentum=momentum, affine=affine, track_running_stats=tracked)
    self.attrs["weight"] = parameter(size) if affine else None
    self.attrs["bias"] = parameter(size) if affine else None
    buffer(self, "running_mean", Tensor((size,)) if tracked else None)
    buffer(self, "running_var", Tensor((size,)) if tracked else None)
    buffer(self, "num_batches_tracked", Tensor((), "int64") if tracked else None)


def _instance_norm() -> Layer:
    def init(
        interp: Interpreter,
        self: Obj,
        num_features: Value,
        eps: Value = 1e-5,
        momentum: Value = 0.1,
        affine: Value = False,
        track_running_stats: Value = False,
        device: Value = None,
        dtype: Value = None,
    ) -> None:
        _normed(interp, self, num_features, eps, momentum, affine, track_running_stats)

    def forward(interp: Interpreter, self: Obj, input: Tensor) -> Value:
        own = self.attrs
        rest = (own["weight"], own["bias"], not own["track_running_stats"])
        return torch_spatial.instance_norm(interp, input, own["running_mean"], own["running_var"], *rest)

    return Layer(init, forward, "_InstanceNorm")


def _group_norm() -> Layer:
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
        _keep(self, num_groups=num_groups, num_channels=num_channels, eps=eps, affine=affine)
        self.attrs["weight"] = parameter(num_channels) if affine else None
        self.attrs["bias"] = parameter(num_channels) if affine else None

    return Layer(
        init,
        lambda interp, self, input: torch_spatial.group_norm(
            interp, input, self.attrs["num_groups"], self.attrs["weight"], self.attrs["bias"], self.attrs["eps"]
        ),
    )


def _layer_norm() -> Layer:
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
        shape = torch_spatial.spread(interp, normalized_shape, 1)
        _keep(self, normalized_shape=shape, eps=eps, elementwise_affine=elementwise_affine)
        self.attrs["weight"] = parameter(*shape) if elementwise_affine else None
        self.attrs["bias"] = parameter(*shape) if elementwise_affine and bias else None

    return Layer(
        init,
        lambda interp, self, input: _called(interp, "layer_norm", self, input, "normalized_shape", "weight", "bias"),
    )


def _prelu() -> Layer:
    def init(
        interp: Interpreter,
        self: Obj,
        num_parameters: Value = 1,
        init: Value = 0.25,
        device: Value = None,
        dtype: Value = None,
    ) -> None:
        _keep(self, num_parameters=num_parameters)
        self.attrs["weight"] = parameter(num_parameters)

    return Layer(init, lambda interp, self, input: _called(interp, "prelu", self, input, "weight"))


def _embedding() -> Layer:
    def init(
        interp: Interpreter,
        self: Obj,
        num_embeddings: Value,
        embedding_dim: Value,
        padding_idx: Value = None,
        **o: Value,
    ) -> None:
        _keep(self, num_embeddings=num_embeddings, embedding_dim=embedding_dim, padding_idx=padding_idx)
        self.attrs["weight"] = parameter(num_embeddings, embedding_dim)

    return Layer(init, lambda interp, self, input: _called(interp, "embedding", self, input, "weight"))


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
        _keep(self, **given)

    def forward(interp: Interpreter, self: Obj, input: Value, *rest: Value) -> Value:
        return OPERATIONS[function](interp, input, *rest, **{n: self.attrs[n] for n in fields})

    return Layer(init, forward)


def _inert(*fields: str) -> Layer:
    """A module that does nothing: ``Identity``, dropouts of models that are run and not trained."""

    def init(interp: Interpreter, self: Obj, *args: Value, **kwargs: Value) -> None:
        _keep(self, **dict(zip(fields, args)), **{k: v for k, v in kwargs.items() if k in fields})

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
        _keep(self, size=size, scale_factor=scale_factor, mode=mode, align_corners=align_corners)

    def forward(interp: Interpreter, self: Obj, input: Tensor) -> Value:
        names = ("size", "scale_factor", "mode", "align_corners")
        return torch_spatial.interpolate(interp, input, **{n: self.attrs[n] for n in names})

    return Layer(init, forward)


def _padded(rank: int, mode: str) -> Layer:
    def init(interp: Interpreter, self: Obj, padding: Value, value: Value = 0.0) -> None:
        sizes = torch_spatial.spread(interp, padding, 2 * rank)
        _keep(self, padding=sizes, value=value)

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


def _attention() -> Layer:
    def init(
        interp: Interpreter,
        self: Obj,
        embed_dim: Value,
        num_heads: Value,
        dropout: Value = 0.0,
        bias: Value = True,
        add_bias_kv: Value = False,
        add_zero_attn: Value = False,
        kdim: Value = None,
        vdim: Value = None,
        batch_first: Value = False,
        **options: Value,
    ) -> None:
        _keep(self, embed_dim=embed_dim, num_heads=num_heads, batch_first=batch_first)
        wide = [d or embed_dim for d in (kdim, vdim)]
        if wide == [embed_dim, embed_dim]:
            self.attrs["in_proj_weight"] = parameter(3 * embed_dim, embed_dim)
        else:
            for name, size in zip(("q", "k", "v"), (embed_dim, *wide), strict=True):
                self.attrs[f"{name}_proj_weight"] = parameter(embed_dim, size)
        if bias:
            self.attrs["in_proj_bias"] = parameter(3 * embed_dim)
        self.attrs["out_proj"] = interp.call(interp.modules_of.cls("Linear"), [embed_dim, embed_dim, bias], {}, None)
        if add_bias_kv:
            self.attrs["bias_k"], self.attrs["bias_v"] = parameter(1, 1, embed_dim), parameter(1, 1, embed_dim)

    def forward(interp: Interpreter, self: Obj, query: Tensor, key: Tensor, value: Tensor, **options: Value) -> Value:
        made = Tensor(query.shape, query.dtype)
        interp.gap("the products of `MultiheadAttention` are not counted")
        return (interp.tape.emit("multi_head_attention", (query, key, value), made), None)

    return Layer(init, forward)


def _recurrent(gates: int, states: int) -> Layer:
    def init(
        interp: Interpreter,
        self: Obj,
        input_size: Value,
        hidden_size: Value,
        num_layers: Value = 1,
        bias: Value = True,
        batch_first: Value = False,
        dropout: Value = 0.0,
        bidirectional: Value = False,
        proj_size: Value = 0,
        **options: Value,
    ) -> None:
        _keep(self, input_size=input_size, hidden_size=hidden_size, num_layers=num_layers, batch_first=batch_first)
        _keep(self, bidirectional=bidirectional)
        ways = 2 if bidirectional else 1
        for layer in range(num_layers):
            for way in range(ways):
                tail = f"l{layer}{'_reverse' if way else ''}"
                wide = input_size if layer == 0 else hidden_size * ways
                self.attrs[f"weight_ih_{tail}"] = parameter(gates * hidden_size, wide)
                self.attrs[f"weight_hh_{tail}"] = parameter(gates * hidden_size, hidden_size)
                if bias:
                    self.attrs[f"bias_ih_{tail}"] = parameter(gates * hidden_size)
                    self.attrs[f"bias_hh_{tail}"] = parameter(gates * hidden_size)

    def forward(interp: Interpreter, self: Obj, input: Tensor, hx: Value = None) -> Value:
        own, ways = self.attrs, 2 if self.attrs["bidirectional"] else 1
        made = Tensor((*input.shape[:-1], own["hidden_size"] * ways), input.dtype)
        batch = input.shape[0] if own["batch_first"] else input.shape[1]
        rows = [Tensor((own["num_layers"] * ways, batch, own["hidden_size"]), input.dtype) for _ in range(states)]
        interp.gap(f"the products of `{self.cls.name}` are not counted")
        interp.tape.emit(self.cls.name.lower(), (input,), made, *rows)
        return (made, tuple(rows) if states > 1 else rows[0])

    return Layer(init, forward)


def _softmax(function: str) -> Layer:
    def init(interp: Interpreter, self: Obj, dim: Value = None) -> None:
        _keep(self, dim=dim)

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
    **{f"BatchNorm{rank}d": _batch_norm() for rank in (1, 2, 3)},
    "SyncBatchNorm": _batch_norm(),
    **{f"InstanceNorm{rank}d": _instance_norm() for rank in (1, 2, 3)},
    "Linear": _linear(),
    "GroupNorm": _group_norm(),
    "LayerNorm": _layer_norm(),
    "PReLU": _prelu(),
    "Embedding": _embedding(),
    "MultiheadAttention": _attention(),
    "LSTM": _recurrent(4, 2),
    "GRU": _recurrent(3, 1),
    "RNN": _recurrent(1, 1),
    "Identity": _inert(),
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
