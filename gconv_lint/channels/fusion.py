"""How soon a dense layer joins what a grouped convolution makes: behind it, or in a branch beside it (GC308)."""

from __future__ import annotations

from typing import Any

from gconv_lint.channels.branches import is_concatenation
from gconv_lint.channels.wiring import CONVS, Wiring
from gconv_lint.model.layers import Layer

#: Layers that let every channel see others.
_MIXING = frozenset({"linear", "mix", "product", "recurrent"})


class Fusion:
    """What can be told of every layer of a graph in one pass from its end."""

    def __init__(self, wiring: Wiring) -> None:
        self.wiring = wiring
        #: convolutions and dense layers passed up to the first that mixes all channels, that one included
        self.distance: dict[int, int] = {}
        #: layers behind which something is not known
        self.open: set[int] = set() if wiring.graph.closed else set(wiring.graph.outputs)
        for layer in reversed(wiring.graph.layers):
            self._look_ahead(layer)

    def _look_ahead(self, layer: Layer) -> None:
        for reader in map(self.wiring.layer.__getitem__, self.wiring.readers[layer.id]):
            steps: int | None = 1
            if not self._mixes(reader):
                behind = self.distance.get(reader.id)
                steps = None if behind is None else behind + (reader.kind in CONVS)
            if steps is not None:
                self.distance[layer.id] = min(steps, self.distance.get(layer.id, steps))
            elif reader.kind == "unknown" or reader.id in self.open:
                self.open.add(layer.id)

    def _mixes(self, layer: Layer) -> bool:
        return layer.kind in _MIXING or self.wiring.is_dense(layer)

    def of(self, layer: Layer) -> dict[str, Any]:
        """What joins the groups of one convolution; what is not known is ``None``."""
        distance = self.distance.get(layer.id)
        ahead = True if distance is not None else None if layer.id in self.open else False
        return {"dense_ahead": ahead, "dense_distance": distance, "parallel_dense": self._has_parallel(layer)}

    def _has_parallel(self, layer: Layer) -> bool:
        """Whether the output is added to, or put beside, that of a dense layer that does not lead to this one."""
        source, readers = layer, self.wiring.readers[layer.id]
        while len(readers) == 1 and self.wiring.keeps_apart(self.wiring.layer[readers[0]]):
            source = self.wiring.layer[readers[0]]
            readers = self.wiring.readers[source.id]
        joints = (self.wiring.layer[i] for i in readers)
        others = [i for j in joints if j.kind == "add" or is_concatenation(j) for i in j.inputs if i != source.id]
        return any(self._is_beside(list(self.wiring.behind(other))[-1], layer) for other in others)

    def _is_beside(self, other: Layer, layer: Layer) -> bool:
        return self._mixes(other) and not self._leads_to(other, layer)

    def _leads_to(self, earlier: Layer, later: Layer) -> bool:
        first, stack, seen = self.wiring.position[earlier.id], list(later.inputs), set[int]()
        while stack:
            source = stack.pop()
            if source == earlier.id:
                return True
            if source not in seen and self.wiring.position[source] > first:
                seen.add(source)
                stack.extend(self.wiring.layer[source].inputs)
        return False
