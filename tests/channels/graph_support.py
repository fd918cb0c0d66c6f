"""Layer graphs written by hand, line by line as a forward method would call the layers."""

from __future__ import annotations

from typing import Any

from gconv_lint import channels
from gconv_lint.channels.flow import flow
from gconv_lint.channels.relation import Relation, counts, seeded
from gconv_lint.channels.relation import components as count_components
from gconv_lint.channels.wiring import Wiring
from gconv_lint.model.constructs import Construct
from gconv_lint.model.graph import LayerGraph
from gconv_lint.model.layers import ConvAttrs, Layer
from gconv_lint.model.places import Place


class Sketch:
    """Every method adds a layer and gives its id; the layer stands on a line of its own."""

    def __init__(self, channels: int | None = 16, name: str = "Net") -> None:
        self.name = name
        self.layers: list[Layer] = []
        self.input = self.add("input", (), channels=channels)

    def add(self, kind: str, inputs: tuple[int, ...], channels: Any = None, name: str = "", **parts: Any) -> int:
        number = len(self.layers)
        shape = (None, channels, None, None) if channels is not None else None
        place = Place(path="net.py", line=number + 1, column=1, end_line=number + 1, end_column=9)
        layer = Layer(
            id=number, kind=kind, name=name or f"{kind}{number}", place=place, inputs=inputs, out_shape=shape, **parts
        )
        self.layers.append(layer)
        return number

    def conv(self, source: int, inside: Any, outside: Any, groups: Any = 1, *, name: str = "", **more: Any) -> int:
        attrs = more.pop("attrs", {})
        arguments = {"rank": 2, "kernel_size": 3, "in_channels": inside, "out_channels": outside, "groups": groups}
        conv = ConvAttrs(**{**arguments, **more})
        return self.add("conv", (source,), name=name or f"conv{len(self.layers)}", conv=conv, attrs=attrs)

    def op(self, source: int, op: str = "activation") -> int:
        return self.add("channelwise", (source,), attrs={"op": op})

    def pool(self, source: int) -> int:
        return self.add("global_pool", (source,))

    def shuffle(self, source: int, groups: Any, **more: Any) -> int:
        return self.add("shuffle", (source,), attrs={"groups": groups, **more})

    def permute(self, source: int, order: tuple[int, ...] | None) -> int:
        return self.add("shuffle", (source,), attrs={"permutation": order})

    def norm(self, source: int, groups: Any) -> int:
        return self.add("group_norm", (source,), attrs={"num_groups": groups})

    def plus(self, *sources: int) -> int:
        return self.add("add", sources)

    def times(self, *sources: int) -> int:
        return self.add("mul", sources)

    def cat(self, *sources: int) -> int:
        return self.add("cat", sources)

    def cut(self, source: int, start: Any, stop: Any) -> int:
        return self.add("slice", (source,), channels=stop - start, attrs={"start": start, "stop": stop})

    def linear(self, source: int, outside: int = 10) -> int:
        return self.add("linear", (source,), channels=outside, name="fc")

    def graph(self, *outputs: int, closed: bool = False) -> LayerGraph:
        ends = outputs or (len(self.layers) - 1,)
        made = LayerGraph(name=self.name, layers=tuple(self.layers), outputs=ends, closed=closed)
        made.verify()
        return made


def told(graph: LayerGraph, kind: str) -> list[Construct]:
    """What a graph says of one kind."""
    return [c for c in channels.constructs([graph], (kind,)) if c.kind == kind]


def relation(graph: LayerGraph, at: int, source: int = 0, groups: int | None = None) -> Relation:
    """The relation of layer ``at`` to the channels, or the blocks of them, of layer ``source``."""
    wiring = Wiring(graph)
    width = wiring.width[source]
    assert width is not None
    return flow(wiring, source, seeded(width, groups or width))[at]


def connectivity(graph: LayerGraph, at: int, groups: int | None = None) -> tuple[int, int]:
    """Components, and the fewest sources that a channel sees."""
    found = relation(graph, at, groups=groups)
    return count_components(found), counts(found)[0]
