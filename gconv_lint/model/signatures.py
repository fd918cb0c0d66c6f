"""The parameters of the torch callables that layers come from, as torch 2.13 documents them."""

from __future__ import annotations

_CONV = (
    *("in_channels", "out_channels", "kernel_size", "stride", "padding", "dilation", "groups", "bias"),
    *("padding_mode", "device", "dtype"),
)
_CONV_TRANSPOSE = (
    *("in_channels", "out_channels", "kernel_size", "stride", "padding", "output_padding", "groups", "bias"),
    *("dilation", "padding_mode", "device", "dtype"),
)
_F_CONV = ("input", "weight", "bias", "stride", "padding", "dilation", "groups")
_F_CONV_TRANSPOSE = ("input", "weight", "bias", "stride", "padding", "output_padding", "groups", "dilation")

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
