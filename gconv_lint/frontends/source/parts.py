"""What single parts of a model are: grouped convolutions, shuffles, dense ones."""

from __future__ import annotations

from gconv_lint.frontends.source.values import MISSING, ClassValue, Instance, Value


def has_own_call(instance: Instance) -> bool:
    """Whether the class of an object has something else than a method in the place of ``forward``."""
    cls = instance.cls
    return isinstance(cls, ClassValue) and any(cls.lookup(name) is not MISSING for name in ("forward", "__call__"))


def groups_of(instance: Value) -> int:
    """The groups of a convolution, 1 for whatever else there is."""
    conv = instance.layer.conv if isinstance(instance, Instance) and instance.layer is not None else None
    return conv.groups if conv is not None and isinstance(conv.groups, int) else 1


def is_dense_pointwise(instance: Instance) -> bool:
    """A convolution of all channels at every position by itself."""
    conv = instance.layer.conv if instance.layer is not None else None
    return conv is not None and conv.groups == 1 and instance.attrs.get("kernel_size") == (1,) * conv.rank


def is_grouped(instance: Instance) -> bool:
    """A grouped convolution, a depthwise one too, or a shuffle."""
    if instance.layer is None or instance.layer.kind != "conv":
        return instance.layer is not None and instance.layer.kind == "shuffle"
    groups = instance.layer.conv.groups
    return isinstance(groups, int) and groups > 1


def capable(instance: Instance) -> bool:
    """A convolution that mixes channels within its groups."""
    conv = instance.layer.conv if instance.layer is not None else None
    if conv is None or not isinstance(conv.groups, int) or not isinstance(conv.in_channels, int):
        return False
    return 1 < conv.groups < conv.in_channels
