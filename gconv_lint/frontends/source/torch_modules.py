"""What the evaluator knows of torch's modules: what their constructors make of an instance."""

from __future__ import annotations

import ast
from functools import cache
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.source import containers
from gconv_lint.frontends.source.frames import Frame
from gconv_lint.frontends.source.records import Record
from gconv_lint.frontends.source.torch_names import canonical
from gconv_lint.frontends.source.torch_signatures import CONV, bind
from gconv_lint.frontends.source.values import (
    UNKNOWN_STAR,
    Instance,
    ListValue,
    Value,
)
from gconv_lint.model.layers import ConvAttrs
from gconv_lint.model.signatures import SIGNATURES

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator


def initialise(
    ev: Evaluator,
    instance: Instance,
    name: str,
    args: list[Value],
    kwargs: dict[Any, Value],
    node: ast.AST | None,
    f: Frame,
) -> None:
    """Run the constructor of the torch class ``name`` on an instance of it or of a subclass."""
    name = canonical(name)
    if name in ev.patched:
        return
    if CONV.match(name):
        _convolution(ev, instance, name, args, kwargs, node, f)
    elif name in containers.CONTAINERS:
        containers.fill(ev, instance, args, kwargs)
    elif name in SIGNATURES:
        _plain(ev, instance, name, args, kwargs, node, f)


def _convolution(
    ev: Evaluator,
    instance: Instance,
    name: str,
    args: list[Value],
    kwargs: dict[Any, Value],
    node: ast.AST | None,
    f: Frame,
) -> None:
    bound = bind(name, args, kwargs)
    match = CONV.match(name)
    if bound is None or match is None or node is None:
        ev.gap("starred arguments hide a convolution's channels", f, node)
        return
    starred = bound.pop(UNKNOWN_STAR, None) is not None  # type: ignore[call-overload]
    lazy, transposed, rank = match.groups()
    value: dict[str, Any] = {
        n: bound[n] if n in bound else ev.heap.fresh(n) for n in _CONV_FIELDS if n in bound or n in _ALWAYS or starred
    }
    for field in _SIZES:
        if isinstance(value.get(field), ListValue):
            value[field] = _spatial(ev, value[field], int(rank))
    conv = ConvAttrs(rank=int(rank), transposed=transposed is not None, lazy=lazy is not None, **value)
    record = Record("conv", name, node, f, f.call)
    record.conv = conv
    record.given = _given(name, args, kwargs)
    record.starred = starred
    ev.record(record)
    instance.layer = record
    attrs = {n: getattr(conv, n) for n in _CONV_FIELDS}
    for field in _SIZES:
        attrs[field] = _spatial(ev, attrs[field], conv.rank)
    if conv.lazy:
        del attrs["in_channels"]  # known when it has met its first input
    _keep(instance, attrs)


def _spatial(ev: Evaluator, size: Value, rank: int) -> Value:
    """What a layer keeps of a size that it was given."""
    if isinstance(size, int):
        return (size,) * rank
    if isinstance(size, ListValue):
        return tuple(size.items) if size.exact else ev.heap.fresh("size")
    return size


def _keep(instance: Instance, attrs: dict[str, Value]) -> None:
    """What can be read from a layer: a bias is a parameter where there is one, and a device is nobody's attribute."""
    kept = {n: v for n, v in attrs.items() if n not in ("bias", "device", "dtype")}
    instance.attrs.update(kept)
    if attrs.get("bias") is False:
        instance.attrs["bias"] = None


_CONV_FIELDS = ("in_channels", "out_channels", "kernel_size", "stride", "padding", "dilation", "groups", "bias")
_SIZES = ("kernel_size", "stride", "dilation", "padding")
_ALWAYS = ("in_channels", "out_channels", "kernel_size")


def _given(name: str, args: list[Value], kwargs: dict[Any, Value]) -> frozenset[str]:
    return _names_given(name, len(args), tuple(k for k in kwargs if k is not UNKNOWN_STAR))


@cache  # most calls are written in one of a few ways
def _names_given(name: str, positional: int, keywords: tuple[str, ...]) -> frozenset[str]:
    return frozenset([*SIGNATURES[name][0][:positional], *keywords])


def _plain(
    ev: Evaluator,
    instance: Instance,
    name: str,
    args: list[Value],
    kwargs: dict[Any, Value],
    node: ast.AST | None,
    f: Frame,
) -> None:
    bound = bind(name, args, kwargs)
    if bound is None or UNKNOWN_STAR in bound:
        return
    _keep(instance, bound)
    kind = {"torch.nn.GroupNorm": "group_norm", "torch.nn.ChannelShuffle": "shuffle"}.get(name)
    if kind is not None and node is not None:
        record = Record(kind, name, node, f, f.call)
        record.attrs = {k: bound[k] for k in SIGNATURES[name][0] if k in bound}
        record.given = _given(name, args, kwargs)
        ev.record(record)
        instance.layer = record
