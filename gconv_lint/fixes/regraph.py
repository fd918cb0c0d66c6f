"""The graph around a flagged convolution with a change in it, and what its outputs see then."""

from __future__ import annotations

from collections.abc import Iterable

from gconv_lint.channels.receptive import between
from gconv_lint.model.findings import Finding
from gconv_lint.model.graph import LayerGraph
from gconv_lint.model.layers import ConvAttrs, Layer


def conv_of(graphs: Iterable[LayerGraph], finding: Finding) -> tuple[LayerGraph, Layer] | None:
    """The first graph that runs the flagged convolution, with its layer: one line may make several."""
    found = [
        (graph, layer)
        for graph in graphs
        for layer in graph.layers
        if layer.place == finding.place and layer.conv is not None and layer.inputs
    ]
    name = finding.facts.get("second")
    named = (each for each in found if name in (each[1].name, f"{each[0].name}.{each[1].name}"))
    return next(named, found[0] if found else None)


def seen(graph: LayerGraph, layer: Layer, finding: Finding) -> int | None:
    """The fewest channels that an output of the layer depends on, of those that the flagged row of layers reads."""
    places = {finding.place, *(related.place for related in finding.related)}
    row = (each for each in graph.layers if each.place in places and each.conv is not None and each.inputs)
    field = between(graph, next(row, layer).inputs[0], layer.id)
    return None if field is None else field.seen


def with_groups(graph: LayerGraph, layer: Layer, groups: int) -> tuple[LayerGraph, Layer]:
    """The graph with another number of groups in a convolution."""
    assert layer.conv is not None
    changed = layer._replace(conv=layer.conv._replace(groups=groups))
    return _with(graph, layer, changed), changed


def with_shuffle(graph: LayerGraph, layer: Layer, groups: int) -> tuple[LayerGraph, Layer]:
    """The graph with a channel shuffle in front of a convolution."""
    return _in_front(graph, layer, layer._replace(kind="shuffle", conv=None, attrs={"groups": groups}, site=None))


def with_dense(graph: LayerGraph, layer: Layer) -> tuple[LayerGraph, Layer]:
    """The graph with a dense 1x1 convolution in front of a convolution."""
    assert layer.conv is not None
    width, rank = layer.conv.in_channels, layer.conv.rank
    conv = ConvAttrs(rank=rank, in_channels=width, out_channels=width, kernel_size=(1,) * rank)
    return _in_front(graph, layer, layer._replace(kind="conv", conv=conv, site=None))


def _in_front(graph: LayerGraph, layer: Layer, made: Layer) -> tuple[LayerGraph, Layer]:
    source = next(each for each in graph.layers if each.id == layer.inputs[0])
    number = 1 + max(each.id for each in graph.layers)
    made = made._replace(id=number, inputs=layer.inputs[:1], in_shape=source.out_shape, out_shape=source.out_shape)
    changed = layer._replace(inputs=(number, *layer.inputs[1:]))
    return _with(graph, layer, made, changed), changed


def _with(graph: LayerGraph, layer: Layer, *instead: Layer) -> LayerGraph:
    at = graph.layers.index(layer)
    return graph._replace(layers=(*graph.layers[:at], *instead, *graph.layers[at + 1 :]))
