"""Torch's names by what they do to channels."""

from __future__ import annotations

import re

_ACTIVATIONS = (
    "ReLU",
    "ReLU6",
    "LeakyReLU",
    "PReLU",
    "RReLU",
    "ELU",
    "CELU",
    "SELU",
    "GELU",
    "SiLU",
    "Mish",
    "Hardswish",
    "Hardtanh",
    "Hardshrink",
    "LogSigmoid",
    "Tanhshrink",
    "Softplus",
    "Softshrink",
    "Softsign",
    "Threshold",
)
_PER_RANK = {
    "BatchNorm": "batch_norm",
    "LazyBatchNorm": "batch_norm",
    "InstanceNorm": "instance_norm",
    "Dropout": "dropout",
    "MaxPool": "pool",
    "AvgPool": "pool",
    "LPPool": "pool",
    "AdaptiveAvgPool": "global_pool",
    "AdaptiveMaxPool": "global_pool",
    "ZeroPad": "resize",
    "ReflectionPad": "resize",
    "ReplicationPad": "resize",
    "ConstantPad": "resize",
    "CircularPad": "resize",
}

#: Modules that treat every channel by itself: class name -> what they do.
CHANNELWISE: dict[str, str] = {
    **dict.fromkeys(_ACTIVATIONS, "activation"),
    "Sigmoid": "sigmoid",
    "Hardsigmoid": "hardsigmoid",
    "Tanh": "tanh",
    **{f"{name}{rank}d": op for name, op in _PER_RANK.items() for rank in "123"},
    "SyncBatchNorm": "batch_norm",
    "Dropout": "dropout",
    "AlphaDropout": "dropout",
    "FeatureAlphaDropout": "dropout",
    "Upsample": "resize",
    "UpsamplingNearest2d": "resize",
    "UpsamplingBilinear2d": "resize",
}

#: What maps every element by itself, some of it in place where it is told to.
ELEMENTWISE = frozenset({"activation", "dropout", "hardsigmoid", "sigmoid", "tanh"})

#: Tensor methods and functions that treat every channel by itself.
METHODS: dict[str, str] = {
    **dict.fromkeys(
        (
            "relu",
            "relu_",
            "relu6",
            "leaky_relu",
            "prelu",
            "elu",
            "celu",
            "selu",
            "gelu",
            "silu",
            "mish",
            "hardswish",
            "hardtanh",
            "softplus",
            "softsign",
            "threshold",
            "clamp",
            "clamp_",
            "clip",
            "exp",
            "abs",
            "sqrt",
            "pow",
            "square",
            "neg",
            "log",
            "sin",
            "cos",
            "rsqrt",
        ),
        "activation",
    ),
    "sigmoid": "sigmoid",
    "sigmoid_": "sigmoid",
    "hardsigmoid": "hardsigmoid",
    "tanh": "tanh",
    **dict.fromkeys(("dropout", "dropout1d", "dropout2d", "dropout3d", "alpha_dropout"), "dropout"),
    **{f"{kind}_pool{rank}d": "pool" for kind in ("max", "avg", "lp") for rank in "123"},
    **{f"adaptive_{kind}_pool{rank}d": "global_pool" for kind in ("avg", "max") for rank in "123"},
    "interpolate": "resize",
    "upsample": "resize",
    "batch_norm": "batch_norm",
    "instance_norm": "instance_norm",
}

#: Tensor methods that leave the values and their places as they are.
SILENT = {
    "contiguous",
    "clone",
    "detach",
    "to",
    "float",
    "half",
    "double",
    "cuda",
    "cpu",
    "type",
    "type_as",
    "requires_grad_",
    "bfloat16",
    "backward",
    "identity",
}

#: Methods that move axes about.
AXES = {"view", "reshape", "permute", "transpose", "flatten", "movedim"}
#: Those of ``METHODS`` whose other arguments may be tensors that they are compared or combined with.
BOUNDED = {"clamp", "clip", "pow"}
#: Methods that reduce the axes that they are given to one number each.
REDUCTIONS = {"mean", "sum", "amax", "amin"}
#: Names that end so are meant for tensors with that many axes behind batch and channels.
RANKED = re.compile(r"([123])d$")
#: Those of them that refuse other tensors.
STRICT = re.compile(r"(?:Lazy)?BatchNorm|Upsampling")
#: Methods that change a tensor where it is and keep its shape.
FILLING = {
    "copy_", "fill_", "zero_", "normal_", "uniform_", "random_", "bernoulli_", "exponential_", "trunc_normal_",
    "constant_", "ones_", "zeros_", "eye_", "dirac_", "orthogonal_", "sparse_", "xavier_uniform_", "xavier_normal_",
    "kaiming_uniform_", "kaiming_normal_", "masked_fill_", "index_copy_", "index_fill_", "scatter_", "addcmul_",
    "addcdiv_", "lerp_", "clamp_min_", "clamp_max_", "erfinv_",
}  # fmt: skip

_MOVES = (
    "permute",
    "transpose",
    "flatten",
    "reshape",
    "movedim",
    "cat",
    "stack",
    "chunk",
    "split",
    "add",
    "mul",
    "sub",
    "div",
)
#: Functions whose output shares the memory of their input.
_VIEWS = (
    "adjoint", "as_strided", "broadcast_to", "clone", "detach", "diagonal", "dsplit", "hsplit", "moveaxis",
    "narrow", "ravel", "real", "imag", "select", "split_with_sizes", "squeeze", "swapdims", "t", "tensor_split",
    "unbind", "unflatten", "unsafe_chunk", "unsafe_split", "unsqueeze", "view_as_complex", "view_as_real", "vsplit",
)  # fmt: skip
#: Functions that are followed: qualified name -> the method they are.
FUNCTIONS: dict[str, str] = {
    **{f"torch.nn.functional.{name}": name for name in METHODS},
    **{f"torch.{name}": name for name in (*METHODS, *_MOVES, *_VIEWS)},
    "torch.concat": "cat",
    "torch.concatenate": "cat",
    "torch.swapaxes": "transpose",
    "torch.mean": "mean",
    "torch.sum": "sum",
    "torch.matmul": "matmul",
    "torch.bmm": "bmm",
    "torch.einsum": "einsum",
    "torch.nn.functional.linear": "linear",
    "torch.nn.functional.softmax": "softmax",
    "torch.softmax": "softmax",
    "torch.nn.functional.layer_norm": "layer_norm",
    "torch.nn.functional.channel_shuffle": "channel_shuffle",
    "torch.nn.functional.pad": "pad",
}

#: Losses that compare an output with its target, by elements, and give one number unless ``reduction`` says more.
LOSSES = {
    f"torch.nn.functional.{name}"
    for name in ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "binary_cross_entropy")
} | {"torch.nn.functional.binary_cross_entropy_with_logits"}

#: Functions that make a tensor: qualified name -> whether they take a shape (``sizes``: one by one,
#: since a list is data), another tensor, or data.
CONSTRUCTORS: dict[str, str] = {
    **{f"torch.{name}": "shape" for name in ("empty", "zeros", "ones", "rand", "randn")},
    **dict.fromkeys(("torch.Tensor", "torch.FloatTensor"), "sizes"),
    **{f"torch.{name}_like": "like" for name in ("empty", "zeros", "ones", "rand", "randn", "full")},
    "torch.nn.Parameter": "wrap",
    "torch.tensor": "data",
    "torch.as_tensor": "data",
    "torch.full": "first",
}
