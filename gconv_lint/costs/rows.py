"""The table of a model: a row for each layer that multiplies or has parameters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from gconv_lint.costs.formulas import cost
from gconv_lint.costs.shapes import shape_of
from gconv_lint.model.costs import Cost
from gconv_lint.model.layers import Layer
from gconv_lint.model.summary import Row, Totals


class Owner(NamedTuple):
    """A module that has parameters of its own: its class, and how many numbers they hold."""

    kind: str
    params: int
    trainable: int


def table(layers: Sequence[Layer], owners: Mapping[str, Owner]) -> tuple[tuple[Row, ...], Totals]:
    """The rows in the order of the run, modules that were not run last, and their totals."""
    left = dict(owners)
    costs = [(layer, cost(layer)) for layer in layers]
    total = sum(found.macs for _, found in costs if found is not None)
    rows = [row for layer, found in costs for row in _rows(layer, found, left, total)]
    rows += [Row(name=path, kind=owner.kind, params=owner.params) for path, owner in left.items()]
    totals = Totals(
        params=sum(owner.params for owner in owners.values()),
        trainable_params=sum(owner.trainable for owner in owners.values()),
        macs=total,
        conv_macs=sum(found.macs for layer, found in costs if found is not None and layer.conv is not None),
    )
    return tuple(rows), totals


def _rows(layer: Layer, found: Cost | None, left: dict[str, Owner], total: int) -> Iterator[Row]:
    multiplies = layer.conv is not None or isinstance(layer.attrs.get("inner"), int)
    if not multiplies and (layer.name not in left or _waits(layer, left)):
        return
    owner = left.pop(layer.name, None)
    params = owner.params if owner is not None else 0
    kind = layer.kind if multiplies or owner is None else owner.kind
    output = _sizes(layer.out_shape)
    row = Row(name=layer.name, kind=kind, output=output, params=params, place=layer.place, **_channels(layer))
    if found is not None and multiplies:
        share = found.macs / total if total else None
        row = row._replace(macs=found.macs, bytes=found.bytes, intensity=found.intensity, share=share)
    yield row


def _waits(layer: Layer, left: Mapping[str, Owner]) -> bool:
    """Whether an operation stands in a module that multiplies elsewhere, whose parameters are that operation's."""
    return layer.kind in ("input", "unknown") or left[layer.name].kind.startswith(("Conv", "Linear", "LazyConv"))


def _channels(layer: Layer) -> dict[str, Any]:
    conv = layer.conv
    if conv is not None:
        width = conv.in_channels // conv.groups if conv.groups else None
        numbers = {"in_channels": conv.in_channels, "out_channels": conv.out_channels, "groups": conv.groups}
        return {**numbers, "group_width": width, "kernel": _sizes(conv.kernel_size), "shape": shape_of(layer)}
    if layer.kind in ("linear", "recurrent") and layer.out_shape:
        return {"in_channels": layer.attrs.get("features", layer.attrs["inner"]), "out_channels": layer.out_shape[-1]}
    return {}


def _sizes(sizes: Any) -> tuple[int, ...] | None:
    return tuple(sizes) if isinstance(sizes, (tuple, list)) else None
