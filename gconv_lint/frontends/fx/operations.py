"""The ATen operations that the lowering understands, by what they do to channels."""

from __future__ import annotations

#: One tensor in, one of the same dependence out; the word that rules know the operation by.
CHANNELWISE: dict[str, str] = {
    **dict.fromkeys(("native_batch_norm", "_native_batch_norm_legit_no_training", "cudnn_batch_norm"), "batch_norm"),
    **dict.fromkeys(("avg_pool1d", "avg_pool2d", "avg_pool3d", "max_pool2d_with_indices"), "pool"),
    **dict.fromkeys(("max_pool3d_with_indices", "_adaptive_avg_pool2d", "_adaptive_avg_pool3d"), "pool"),
    **dict.fromkeys(("adaptive_max_pool2d", "adaptive_max_pool3d", "max_pool2d", "max_pool3d"), "pool"),
    **dict.fromkeys(("upsample_nearest1d", "upsample_nearest2d", "upsample_nearest3d", "upsample_linear1d"), "resize"),
    **dict.fromkeys(("upsample_bilinear2d", "upsample_trilinear3d", "upsample_bicubic2d"), "resize"),
    **dict.fromkeys(("_upsample_nearest_exact2d", "_upsample_bilinear2d_aa", "_upsample_bicubic2d_aa"), "resize"),
    **dict.fromkeys(("reflection_pad1d", "reflection_pad2d", "reflection_pad3d", "replication_pad1d"), "pad"),
    **dict.fromkeys(("replication_pad2d", "replication_pad3d"), "pad"),
    **{
        name: name.rstrip("_")
        for name in (
            *(
                "relu",
                "relu_",
                "relu6",
                "hardtanh",
                "hardtanh_",
                "sigmoid",
                "sigmoid_",
                "tanh",
                "tanh_",
                "silu",
                "silu_",
            ),
            *("gelu", "hardswish", "hardswish_", "hardsigmoid", "hardsigmoid_", "leaky_relu", "leaky_relu_", "elu"),
            *("elu_", "celu", "celu_", "mish", "mish_", "softplus", "log_sigmoid_forward", "threshold", "threshold_"),
            *("clamp", "clamp_", "clamp_min", "clamp_min_", "clamp_max", "clamp_max_", "abs", "exp", "exp_", "log"),
            *("log2", "log1p", "sqrt", "sqrt_", "rsqrt", "neg", "sin", "cos", "erf", "reciprocal", "sign", "round"),
            *(
                "floor",
                "ceil",
                "trunc",
                "expm1",
                "square",
                "logical_not",
                "bitwise_not",
                "isnan",
                "isinf",
                "nan_to_num",
            ),
            *("clone", "contiguous", "detach", "detach_", "alias", "_to_copy", "lift_fresh", "dropout", "hardshrink"),
            *("softshrink", "tanhshrink", "softsign", "native_dropout", "alpha_dropout"),
        )
    },
}

#: Tensors that broadcast together; a product can be a gate.
ELEMENTWISE: dict[str, str] = {
    **dict.fromkeys(("mul", "mul_", "div", "div_"), "mul"),
    **dict.fromkeys(
        (
            *("add", "add_", "sub", "sub_", "rsub", "maximum", "minimum", "where", "addcmul", "addcdiv", "lerp", "pow"),
            *("pow_", "eq", "ne", "gt", "ge", "lt", "le", "logical_and", "logical_or", "bitwise_and", "bitwise_or"),
            *("masked_fill", "masked_fill_", "remainder", "fmod", "floor_divide", "atan2", "_prelu_kernel", "prelu"),
        ),
        "add",
    ),
}

#: What is left of a tensor once some axes are gone.
REDUCTIONS: frozenset[str] = frozenset(
    (
        *("mean", "sum", "amax", "amin", "max", "min", "var", "std", "prod", "norm", "linalg_vector_norm", "logsumexp"),
        *("any", "all", "median"),
    )
)

#: Reductions with a number before their axes.
NORMS: frozenset[str] = frozenset(("norm", "linalg_vector_norm"))

#: Results that depend on the shape of a tensor and not on its values.
CONSTANT: frozenset[str] = frozenset(
    (
        *("zeros_like", "ones_like", "full_like", "empty_like", "rand_like", "randn_like", "new_zeros", "new_ones"),
        *("new_full", "new_empty", "sym_size", "empty", "zeros", "bernoulli", "zero_"),
    )
)

#: The tensor as it was, everything mixed along some axes; the word that the operation is known by.
MIXING: dict[str, str] = {
    "_softmax": "softmax",
    "_safe_softmax": "softmax",
    "_log_softmax": "log_softmax",
    "native_layer_norm": "layer_norm",
    "native_group_norm": "group_norm",
    "cumsum": "cumsum",
    "cumprod": "cumprod",
}

#: What gives a program numbers of a tensor's values: what it does with them is not seen.
LEAVING: frozenset[str] = frozenset(("_local_scalar_dense", "equal", "is_nonzero"))
