"""Torch's names by what they do to channels."""

from __future__ import annotations

_ACTIVATIONS = (
    "ReLU", "ReLU6", "LeakyReLU", "PReLU", "RReLU", "ELU", "CELU", "SELU", "GELU", "SiLU", "Mish", "Hardswish", "Hardsigmoid",
    "Hardtanh", "Hardshrink", "Sigmoid", "LogSigmoid", "Tanh", "Tanhshrink", "Softplus", "Softshrink", "Softsign", "Threshold",
)  # fmt: skip
_PER_RANK = {
    "BatchNorm": "batch_norm", "LazyBatchNorm": "batch_norm", "InstanceNorm": "instance_norm", "Dropout": "dropout", "MaxPool": "pool",
    "AvgPool": "pool", "LPPool": "pool", "AdaptiveAvgPool": "global_pool", "AdaptiveMaxPool": "global_pool", "ZeroPad": "resize",
    "ReflectionPad": "resize", "ReplicationPad": "resize", "ConstantPad": "resize", "CircularPad": "resize",
}  # fmt: skip

#: Modules that treat every channel by itself: class name -> what they do.
CHANNELWISE: dict[str, str] = {
    **dict.fromkeys(_ACTIVATIONS, "activation"),
    **{f"{name}{rank}d": op for name, op in _PER_RANK.items() for rank in "123"},
    "SyncBatchNorm": "batch_norm", "Dropout": "dropout", "AlphaDropout": "dropout", "FeatureAlphaDropout": "dropout",
    "Upsample": "resize", "UpsamplingNearest2d": "resize", "UpsamplingBilinear2d": "resize",
}  # fmt: skip

#: Tensor methods and functions that treat every channel by itself.
METHODS: dict[str, str] = {
    **dict.fromkeys(
        (
            "relu", "relu_", "relu6", "leaky_relu", "prelu", "elu", "celu", "selu", "gelu", "silu", "mish", "hardswish", "hardsigmoid",
            "hardtanh", "sigmoid", "sigmoid_", "tanh", "softplus", "softsign", "threshold", "clamp", "clamp_", "clip", "exp", "abs",
            "sqrt", "pow", "square", "neg", "log", "sin", "cos", "rsqrt",
        ),
        "activation",
    ),
    **dict.fromkeys(("dropout", "dropout1d", "dropout2d", "dropout3d", "alpha_dropout"), "dropout"),
    **{f"{kind}_pool{rank}d": "pool" for kind in ("max", "avg", "lp") for rank in "123"},
    **{f"adaptive_{kind}_pool{rank}d": "global_pool" for kind in ("avg", "max") for rank in "123"},
    "interpolate": "resize", "upsample": "resize", "pad": "other", "batch_norm": "batch_norm", "instance_norm": "instance_norm",
}  # fmt: skip
del METHODS["pad"]

#: Tensor methods that leave the values and their places as they are.
SILENT = {
    "contiguous", "clone", "detach", "to", "float", "half", "double", "cuda", "cpu", "type", "type_as", "requires_grad_", "bfloat16",
    "backward", "identity", "item", "numpy",
}  # fmt: skip

_MOVES = ("permute", "transpose", "flatten", "reshape", "movedim", "cat", "stack", "chunk", "split", "add", "mul", "sub", "div")
#: Functions that are followed: qualified name -> the method they are.
FUNCTIONS: dict[str, str] = {
    **{f"torch.nn.functional.{name}": name for name in METHODS},
    **{f"torch.{name}": name for name in (*METHODS, *_MOVES)},
    "torch.concat": "cat", "torch.concatenate": "cat", "torch.swapaxes": "transpose", "torch.mean": "mean", "torch.sum": "sum",
    "torch.matmul": "matmul", "torch.bmm": "bmm", "torch.einsum": "einsum", "torch.nn.functional.linear": "linear",
    "torch.nn.functional.softmax": "softmax", "torch.softmax": "softmax", "torch.nn.functional.layer_norm": "layer_norm",
    "torch.nn.functional.channel_shuffle": "channel_shuffle", "torch.nn.functional.pad": "pad",
}  # fmt: skip

#: Functions that make a tensor: qualified name -> whether they take a shape (else another tensor, or data).
CONSTRUCTORS: dict[str, str] = {
    **{f"torch.{name}": "shape" for name in ("empty", "zeros", "ones", "rand", "randn", "Tensor", "FloatTensor")},
    **{f"torch.{name}_like": "like" for name in ("empty", "zeros", "ones", "rand", "randn", "full")},
    "torch.nn.Parameter": "wrap", "torch.tensor": "data", "torch.as_tensor": "data", "torch.full": "first",
}  # fmt: skip
