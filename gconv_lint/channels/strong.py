"""Chains of grouped convolutions whose groups meet in gates and norms alone (GC107)."""

from __future__ import annotations

from collections.abc import Iterator

from gconv_lint.channels.chains import chain_constructs
from gconv_lint.channels.gates import weighed
from gconv_lint.channels.regions import find_chains
from gconv_lint.channels.wiring import CHANNELWISE, Wiring
from gconv_lint.model.constructs import Construct
from gconv_lint.model.graph import LayerGraph
from gconv_lint.model.layers import Layer

_NORMS = frozenset({"softmax", "log_softmax", "layer_norm", "group_norm", "rms_norm"})


def gate_chains(wiring: Wiring) -> Iterator[Construct]:
    """A ``gate_chain`` for every chain that is one once gates and norms pass on only what they weigh."""
    if not any(layer.kind in ("mul", "product") or _is_norm(layer) for layer in wiring.graph.layers):
        return
    known = {chain.trail.convs()[1] for chain in find_chains(wiring)}
    strong = Wiring(_passing(wiring))
    found = [chain for chain in find_chains(strong) if chain.trail.convs()[1] not in known]
    for construct in chain_constructs(strong, found):
        yield construct._replace(kind="gate_chain")


def _passing(wiring: Wiring) -> LayerGraph:
    """The graph in which what is weighed passes gates and norms unchanged."""
    return wiring.graph._replace(layers=tuple(_passed(wiring, layer) for layer in wiring.graph.layers))


def _passed(wiring: Wiring, layer: Layer) -> Layer:
    if _is_norm(layer):
        return _kept(layer, 0, "channelwise", routed=False)
    if layer.kind == "mul" and len(layer.inputs) == 2:
        value = weighed(wiring, layer)
        if value is not None:
            return _kept(layer, value, "move")
    if layer.kind == "product" and len(layer.inputs) == 2:
        weights = [is_softmax(wiring, source) for source in layer.inputs]
        if weights.count(True) == 1:
            return _kept(layer, weights.index(False), "move")
    return layer


def _is_norm(layer: Layer) -> bool:
    return layer.kind == "group_norm" or layer.attrs.get("op") in _NORMS


def _kept(layer: Layer, index: int, kind: str, routed: bool = True) -> Layer:
    """The layer with one of its inputs alone."""
    routes = layer.attrs.get("routes", ())
    attrs = {name: value for name, value in layer.attrs.items() if name != "routes"}
    if routed and routes and routes[index] is not None:
        attrs["routes"] = (routes[index],)
    return layer._replace(kind=kind, inputs=(layer.inputs[index],), attrs=attrs)


def is_softmax(wiring: Wiring, source: int) -> bool:
    """Whether a tensor is what a softmax gives, moved about or scaled."""
    layer = wiring.layer[source]
    while layer.kind in CHANNELWISE | {"move"} and len(layer.inputs) == 1:
        if layer.attrs.get("op") == "softmax":
            return True
        layer = wiring.layer[layer.inputs[0]]
    return False
