"""The raw facts of layers: the arguments as the program gives them, and how the call wrote them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gconv_lint.facts.kleene import UNKNOWN, equal, known
from gconv_lint.facts.registry import declare, fact
from gconv_lint.model.dims import FloorZero, Sym
from gconv_lint.model.layers import CallSite, ConvAttrs, Layer

CONVS = ("conv", "functional_conv")
LAYERS = (*CONVS, "group_norm", "shuffle")

#: Arguments that are judged as they are; counts (channels, groups) have facts of their own.
_ARGUMENTS = {
    "rank": ("int", "number of spatial dimensions"),
    "kernel_size": ("int | tuple", "kernel size"),
    "stride": ("int | tuple", "stride"),
    "padding": ("int | tuple | str", "padding"),
    "dilation": ("int | tuple", "dilation"),
    "bias": ("bool", "whether a bias is added"),
    "transposed": ("bool", "whether the convolution is transposed"),
    "lazy": ("bool", "whether in_channels is taken from the first input"),
}
_CALL = {
    "function": ("str", "the constructor or function that is called"),
    "target": ("str", "the name that the layer is stored under"),
    "class_name": ("str", "the class whose body has the call"),
    "method": ("str", "the method whose body has the call"),
    "positional": ("int", "number of positional arguments"),
    "starred": ("bool", "whether *args or **kwargs may add arguments"),
    "regrouped": ("bool", "whether the file writes groups to a layer that has been made"),
    "alternative": (
        "bool",
        "whether the call is one of the values of a table, or a branch of a conditional expression",
    ),
    "twin_has_groups": ("bool", "whether the function stores a convolution with groups under the same name as well"),
    "lazily_guarded": ("bool", "whether the call runs only while the layer is not there yet"),
    "sets_weights": ("bool", "whether the code that has the call may give the layer weights, or does not use them"),
}
_COUNTS = {
    "in_channels": "channels of the input; unknown unless a positive int or an expression",
    "out_channels": "channels of the output; unknown unless a positive int or an expression",
    "groups": "number of groups; unknown unless a positive int or an expression",
}


def count(value: Any) -> Any:
    """``value`` where it can be a number of channels or groups; what torch refuses is a matter of ``*_fault``."""
    if type(value) is int:
        return value if value >= 1 else UNKNOWN
    return value if isinstance(value, Sym) and not value.floating else UNKNOWN


def conv_count(layer: Layer, name: str) -> Any:
    """A number of channels or groups of a convolution."""
    if layer.conv is None or (layer.conv.lazy and name == "in_channels"):
        return UNKNOWN
    return count(getattr(layer.conv, name))


def site_text(layer: Layer, argument: str) -> Any:
    """The source text of an argument, the empty text where the call leaves it out."""
    site = layer.site
    if site is None:
        return UNKNOWN
    return site.texts.get(argument, UNKNOWN if argument in site.given or site.starred else "")


def is_integer_text(text: Any) -> Any:
    """Whether a source text is an integer literal."""
    return UNKNOWN if text is UNKNOWN else text.strip().isdecimal()


def _argument(name: str) -> Callable[[Layer], Any]:
    return lambda layer: UNKNOWN if layer.conv is None else known(getattr(layer.conv, name))


def _call(name: str) -> Callable[[Layer], Any]:
    return lambda layer: UNKNOWN if layer.site is None else getattr(layer.site, name)


def _count(name: str) -> Callable[[Layer], Any]:
    return lambda layer: conv_count(layer, name)


def _attribute(name: str) -> Callable[[Layer], Any]:
    return lambda layer: count(layer.attrs.get(name))


for _kind in LAYERS:
    declare("subject", _kind, "str", "the kind of the subject", lambda layer: layer.kind)
    declare("name", _kind, "str", "the name of the layer", lambda layer: layer.name)
    for _name, (_type, _doc) in _CALL.items():
        declare(_name, _kind, _type, _doc, _call(_name))
for _kind in CONVS:
    for _name, (_type, _doc) in _ARGUMENTS.items():
        declare(_name, _kind, _type, _doc, _argument(_name))
    for _name, _doc in _COUNTS.items():
        declare(_name, _kind, "int", _doc, _count(_name))
for _name in ("num_groups", "num_channels"):
    declare(_name, "group_norm", "int", f"{_name} of the normalisation", _attribute(_name))
for _name in ("channels", "groups"):
    declare(_name, "shuffle", "int", f"{_name} of the shuffle", _attribute(_name))


@fact(*LAYERS, type="bool")
def groups_given(layer: Layer) -> Any:
    """whether the call itself passes groups"""
    return UNKNOWN if layer.site is None else "groups" in layer.site.given


@fact(*LAYERS, type="str")
def groups_text(layer: Layer) -> Any:
    """source text of the groups argument"""
    return site_text(layer, "groups")


@fact(*CONVS, type="str")
def in_channels_text(layer: Layer) -> Any:
    """source text of the in_channels argument"""
    return site_text(layer, "in_channels")


@fact(*LAYERS, type="bool")
def groups_is_literal(layer: Layer) -> Any:
    """whether the groups argument is written as an integer"""
    return is_integer_text(site_text(layer, "groups"))


@fact(*CONVS, type="bool")
def channels_are_literal(layer: Layer) -> Any:
    """whether in_channels is written as an integer"""
    return is_integer_text(site_text(layer, "in_channels"))


@fact(*CONVS, type="bool")
def groups_rounded_to_zero(layer: Layer) -> Any:
    """whether `//`, int() or min() made groups 0 from a positive number"""
    if layer.conv is None or layer.conv.groups is None:
        return UNKNOWN
    groups = layer.conv.groups
    open_value = isinstance(groups, Sym) and not groups.floating and not _repeats_in_channels(layer.conv)
    return UNKNOWN if open_value else isinstance(groups, FloorZero)


def _repeats_in_channels(conv: ConvAttrs) -> bool:
    """Whether groups is the expression that in_channels is: as sound a number as that is."""
    return isinstance(conv.groups, Sym) and not conv.groups.floating and equal(conv.groups, conv.in_channels) is True


@fact(*CONVS, type="str")
def groups_fault(layer: Layer) -> Any:
    """why groups can be no number of groups, empty where it can: not positive, a float, a bool, a str, a tuple, None"""
    if layer.conv is None:
        return UNKNOWN
    value = layer.conv.groups
    if value is None:
        return "groups=None is no int" if site_text(layer, "groups") == "None" else UNKNOWN
    if isinstance(value, (bool, str, bytes, tuple)):
        return f"groups={value!r} is a {type(value).__name__}"
    unblamed = isinstance(value, FloorZero) or _repeats_in_channels(layer.conv)
    return "" if unblamed else _number_fault("groups", value)


@fact(*CONVS, type="str")
def channels_fault(layer: Layer) -> Any:
    """why in_channels or out_channels can be no number of channels, empty where both can"""
    if layer.conv is None:
        return UNKNOWN
    names = ("out_channels",) if layer.conv.lazy else ("in_channels", "out_channels")
    faults = [_number_fault(name, getattr(layer.conv, name)) for name in names]
    if layer.conv.in_channels == 0 and not layer.conv.transposed:
        faults = faults[1:]  # torch takes a convolution of no channels: its output is the bias
    certain = [fault for fault in faults if fault is not UNKNOWN and fault]
    return ", ".join(certain) if certain else next((f for f in faults if f is UNKNOWN), "")


def _number_fault(name: str, value: Any) -> Any:
    if isinstance(value, float) or (isinstance(value, Sym) and value.floating):
        return f"{name}={value} is a float"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{name}={value} is not positive" if value < 1 else ""
    return UNKNOWN


@fact(*CONVS, type="bool")
def in_forward(layer: Layer) -> Any:
    """whether the call is written in the forward method of a module, or in one that forward alone calls"""
    site: CallSite | None = layer.site
    at_work = site is not None and (site.method == "forward" or site.serves_forward)
    if site is None or (at_work and site.in_module is None):
        return UNKNOWN
    return at_work and bool(site.class_name) and bool(site.in_module)
