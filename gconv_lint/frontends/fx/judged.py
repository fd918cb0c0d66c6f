"""A live model as rules see it: its convolutions, norms and shuffles by their paths, and the graph of one run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from torch import nn
from torch.nn.modules.conv import _ConvNd, _ConvTransposeNd

from gconv_lint.frontends.fx.live import Observation
from gconv_lint.frontends.fx.lowering import Lowering
from gconv_lint.frontends.fx.refusals import split, told
from gconv_lint.model.constructs import Construct
from gconv_lint.model.graph import LayerGraph
from gconv_lint.model.layers import ConvAttrs, Layer
from gconv_lint.model.places import Place


class LiveProgram(NamedTuple):
    """What rules judge. The place of a layer is its path in the model, since who constructed it is not known."""

    layers: tuple[Layer, ...]
    graphs: tuple[LayerGraph, ...]
    constructs: tuple[Construct, ...] = ()


def program(run: Observation, closed: bool) -> LiveProgram:
    """The subjects of rules; in an open model the caller may mix what the model does not."""
    graph = graph_of(run)
    graph = graph._replace(closed=graph.closed and closed)
    made = list(_modules(run))
    functional = (layer for layer in graph.layers if layer.kind == "functional_conv")
    made += [layer._replace(id=len(made) + number) for number, layer in enumerate((*functional, *_refused(run)))]
    return LiveProgram(layers=tuple(made), graphs=(graph,))


def _refused(run: Observation) -> Iterator[Layer]:
    """The channel shuffle that ended the run, written out or not, with the channels that it was given."""
    operation = run.recording.refused
    refused = told(operation, run.recording.tensors)
    wanted = split(refused) if refused is not None else None
    if operation is not None and wanted is not None:
        yield Layer(id=0, kind="shuffle", name="", place=_place(run, operation.module), attrs=wanted._asdict())


def graph_of(run: Observation) -> LayerGraph:
    """The layer graph of a run."""
    return Lowering(run.recording, lambda path: _place(run, path)).graph(run.name)


def _place(run: Observation, path: str) -> Place:
    return Place(f"{run.name}.{path}" if path else run.name, 1, 1, 1, 1)


def _modules(run: Observation) -> Iterator[Layer]:
    for number, (path, part) in enumerate(run.model.named_modules()):
        attrs: dict[str, Any] = {}
        if isinstance(part, _ConvNd):
            kind = "conv"
        elif isinstance(part, nn.GroupNorm):
            kind, attrs = "group_norm", {"num_groups": part.num_groups, "num_channels": part.num_channels}
        elif isinstance(part, nn.ChannelShuffle):
            kind, attrs = "shuffle", {"groups": part.groups}
        else:
            continue
        conv = _attributes(part) if isinstance(part, _ConvNd) else None
        yield Layer(id=number, kind=kind, name=path, place=_place(run, path), conv=conv, attrs=attrs)


def _attributes(part: _ConvNd) -> ConvAttrs:
    return ConvAttrs(
        rank=len(part.kernel_size),
        in_channels=part.in_channels,
        out_channels=part.out_channels,
        kernel_size=part.kernel_size,
        stride=part.stride,
        padding=part.padding,
        dilation=part.dilation,
        groups=part.groups,
        bias=part.bias is not None,
        transposed=isinstance(part, _ConvTransposeNd),
    )
