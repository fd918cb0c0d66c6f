"""A layer graph with what every question about it needs: readers, positions, channel counts, convolution numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, TypeGuard

from gconv_lint.model.graph import LayerGraph
from gconv_lint.model.layers import ConvAttrs, Layer

CONVS = frozenset({"conv", "functional_conv"})
#: Kinds that treat every channel by itself and keep their number.
CHANNELWISE = frozenset({"channelwise", "global_pool"})
#: Kinds whose output has the channels of their input, in whatever order.
KEEPING = CHANNELWISE | {"group_norm", "mix", "shuffle"}


class Numbers(NamedTuple):
    """The channel and group counts of a convolution that torch would accept."""

    in_channels: int
    out_channels: int
    groups: int

    @property
    def width(self) -> int:
        """Input channels of a group."""
        return self.in_channels // self.groups

    @property
    def out_width(self) -> int:
        """Output channels of a group."""
        return self.out_channels // self.groups

    @property
    def capable(self) -> bool:
        """Whether groups are several, of several channels: what mixes within groups alone."""
        return self.groups > 1 and self.width > 1


def is_count(value: Any) -> TypeGuard[int]:
    """Whether a value is a known, positive number of channels or groups."""
    return type(value) is int and value >= 1


def numbers(layer: Layer, width: int | None = None) -> Numbers | None:
    """The counts of a convolution; a lazy or functional one takes ``width``, the channels it reads, as its own.

    ``None`` where they are not known, or say nothing of what it does: where the batch holds channels.
    """
    conv = layer.conv
    if conv is None or layer.kind not in CONVS or layer.attrs.get("folded"):
        return None
    inside, outside, groups = *_channels(conv), conv.groups
    if not is_count(inside):
        inside = width
    if not (is_count(inside) and is_count(outside) and is_count(groups)) or inside % groups or outside % groups:
        return None
    return Numbers(inside, outside, groups)


def _channels(conv: ConvAttrs) -> tuple[Any, Any]:
    inside, outside, shape = conv.in_channels, conv.out_channels, conv.weight_shape
    if shape is None or len(shape) < 2 or not is_count(conv.groups):
        return None if conv.lazy else inside, outside
    wide = shape[1] * conv.groups if is_count(shape[1]) else None
    first, second = (wide, shape[0]) if conv.transposed else (shape[0], wide)
    return inside if is_count(inside) else second, outside if is_count(outside) else first


def is_trained(layer: Layer) -> bool:
    """Whether a convolution has weights that are learned: modules have, unless frozen; functions do if so marked."""
    of_module = layer.kind == "conv" and layer.conv is not None and layer.conv.weight_shape is None
    return bool(layer.attrs.get("trainable", of_module))


def is_pointwise(layer: Layer) -> bool | None:
    """Whether every kernel size is 1; ``None`` where that is not known."""
    return None if layer.conv is None else all_one(layer.conv.kernel_size)


def all_one(value: Any) -> bool | None:
    """Whether a number, or every one of several, is 1; ``None`` where that is not known."""
    parts = value if isinstance(value, (tuple, list)) else (value,)
    if any(type(part) is int and part != 1 for part in parts):
        return False
    return True if parts and all(type(part) is int for part in parts) else None


class Wiring:
    """A graph by layer id: ``position`` in topological order, ``readers`` in that order, ``width`` where known."""

    def __init__(self, graph: LayerGraph) -> None:
        self.graph = graph
        self.layer = {layer.id: layer for layer in graph.layers}
        self.position = {layer.id: index for index, layer in enumerate(graph.layers)}
        self.readers: dict[int, list[int]] = {layer.id: [] for layer in graph.layers}
        for layer in graph.layers:
            for source in dict.fromkeys(layer.inputs):
                self.readers[source].append(layer.id)
        self.width: dict[int, int | None] = {layer.id: declared_width(layer) for layer in graph.layers}
        self._infer_inputs()
        self._infer_outputs()

    def _infer_inputs(self) -> None:
        """What convolutions expect is the width of the inputs behind them."""
        for layer in reversed(self.graph.layers):
            expected = None
            if layer.kind in CONVS and layer.conv is not None:
                expected = layer.conv.in_channels
            elif layer.kind in KEEPING:
                expected = self.width[layer.id]
            if layer.inputs and is_count(expected) and self.layer[layer.inputs[0]].kind in KEEPING | {"input"}:
                source = layer.inputs[0]
                self.width[source] = self.width[source] or expected

    def _infer_outputs(self) -> None:
        for layer in self.graph.layers:
            if self.width[layer.id] is None:
                self.width[layer.id] = self._made_width(layer)

    def _made_width(self, layer: Layer) -> int | None:
        widths = [self.width[source] for source in layer.inputs]
        if layer.kind in CONVS:
            counts = numbers(layer, widths[0] if widths else None)
            return counts.out_channels if counts else None
        known = [width for width in widths if width is not None]
        if not known or len(known) < len(widths):
            return None
        if layer.kind == "cat":  # a shape whose channels are not known tells of parts that are no layers
            return sum(known) if layer.out_shape is None else None
        return max(known) if layer.kind in KEEPING | {"add", "mul"} else None

    def numbers(self, layer: Layer) -> Numbers | None:
        """The counts of a convolution where it stands."""
        return numbers(layer, self.width[layer.inputs[0]] if layer.inputs else None)

    def label(self, layer: Layer) -> str:
        """A layer's name as messages give it: positions in a sequence say in which."""
        name = layer.name or (layer.kind if layer.kind == "input" else f"{layer.kind} at line {layer.place.line}")
        return f"{self.graph.name}.{name}" if name[0].isdigit() and self.graph.name else name

    def behind(self, source: int) -> Iterator[Layer]:
        """The layer ``source`` and the per-channel ones in front of it, up to the first that is none."""
        layer = self.layer[source]
        yield layer
        while layer.kind in CHANNELWISE and layer.inputs:
            layer = self.layer[layer.inputs[0]]
            yield layer

    def is_dense(self, layer: Layer) -> bool:
        """Whether every output of a layer is known to see all of its input channels by weights."""
        counts = self.numbers(layer)
        joins = layer.kind in ("linear", "recurrent") and not layer.attrs.get("apart")
        return joins or (counts is not None and counts.groups == 1)

    def keeps_apart(self, layer: Layer) -> bool:
        """Whether a layer treats every channel by itself, in place: a per-channel one, or a depthwise convolution."""
        counts = self.numbers(layer)
        depthwise = counts is not None and counts.groups == counts.in_channels == counts.out_channels
        return layer.kind in CHANNELWISE or (depthwise and len(layer.inputs) == 1)

    def straight(self, source: int) -> Iterator[Layer]:
        """The layer ``source`` and those in front of it that keep channels apart, or permute them, up to one that is
        neither.
        """
        layer = self.layer[source]
        yield layer
        while (self.keeps_apart(layer) or layer.kind == "shuffle") and layer.inputs:
            layer = self.layer[layer.inputs[0]]
            yield layer


def declared_width(layer: Layer) -> int | None:
    """The channels, or positions that depend on different channels, that the front end says a layer makes."""
    slots = layer.attrs.get("slots")
    if is_count(slots):
        return slots
    shape = layer.out_shape
    return shape[1] if shape is not None and len(shape) > 1 and type(shape[1]) is int and shape[1] >= 1 else None
