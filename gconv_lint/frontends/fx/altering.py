"""Changes layers of a model that is built: other groups, a shuffle in front, a pointwise convolution behind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from torch import nn

from gconv_lint.frontends.fx.constructors import MADE
from gconv_lint.frontends.fx.faults import Fault

_CONVS = {cls: cls for name in ("Conv", "ConvTranspose") for rank in "123" for cls in (getattr(nn, f"{name}{rank}d"),)}


def alter(model: nn.Module, alterations: Sequence[tuple[str, str, int]]) -> None:
    """Replace layers by their paths: each alteration is ``(path, kind, groups)``.

    Raises ``Fault`` for a path without a plain convolution of torch, and what torch refuses.
    """
    for path, kind, groups in alterations:
        conv = dict(model.named_modules(remove_duplicate=False)).get(path)
        if type(conv) not in _CONVS:
            raise Fault(f"`{path}` is no convolution of torch's own that could be changed")
        changed = _KINDS[kind](conv, groups)
        for part in changed.modules():
            part.__dict__[MADE] = conv.__dict__.get(MADE, -1)  # what is said of it is said of that line
        _replace(model, path, changed)


def _replace(model: nn.Module, path: str, changed: nn.Module) -> None:
    head, _, name = path.rpartition(".")
    model.get_submodule(head)._modules[name] = changed


def _with_groups(conv: Any, groups: int) -> nn.Module:
    return _like(conv, conv.in_channels, conv.out_channels, groups)


def _like(conv: Any, inside: int, outside: int, groups: int, **others: Any) -> nn.Module:
    """A convolution with the options of another one, on its device."""
    options = {name: getattr(conv, name) for name in ("kernel_size", "stride", "padding", "dilation", "padding_mode")}
    if hasattr(conv, "output_padding") and conv.transposed:
        options["output_padding"] = conv.output_padding
    options |= {"bias": conv.bias is not None, "device": conv.weight.device, "dtype": conv.weight.dtype, **others}
    made: nn.Module = _CONVS[type(conv)](inside, outside, groups=groups, **options)
    return made.train(conv.training)


def _shuffled(conv: Any, groups: int) -> nn.Module:
    return nn.Sequential(nn.ChannelShuffle(groups), conv)


def _pointwise(conv: Any, inside: int, outside: int) -> nn.Module:
    plain = getattr(nn, f"Conv{len(conv.kernel_size)}d")
    options = {"bias": conv.bias is not None, "device": conv.weight.device, "dtype": conv.weight.dtype}
    made: nn.Module = plain(inside, outside, 1, **options)
    return made.train(conv.training)


def _mixed(conv: Any, _: int) -> nn.Module:
    return nn.Sequential(conv, _pointwise(conv, conv.out_channels, conv.out_channels))


def _separable(conv: Any, _: int) -> nn.Module:
    depthwise = _like(conv, conv.in_channels, conv.in_channels, conv.in_channels, bias=False)
    return nn.Sequential(depthwise, _pointwise(conv, conv.in_channels, conv.out_channels))


#: kind of an alteration -> what makes the new layer of the old one and a number of groups
_KINDS: dict[str, Callable[[Any, int], nn.Module]] = {
    "groups": _with_groups,
    "shuffle": _shuffled,
    "pointwise": _mixed,
    "separable": _separable,
}
