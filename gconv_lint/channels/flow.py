"""The relation of every tensor that an input reaches, exact where everything on the way is understood."""

from __future__ import annotations

from heapq import heappop, heappush

from gconv_lint.channels.relation import Relation, constant
from gconv_lint.channels.transfer import transfer
from gconv_lint.channels.wiring import Wiring


class Agenda:
    """Layers still to be looked at, each once and in topological order."""

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring
        self._heap: list[int] = []
        self._seen: set[int] = set()

    def add_readers(self, source: int) -> int:
        """Put the readers of ``source`` on the agenda; the position of the last of them, -1 where there are none."""
        last = -1
        for reader in self._wiring.readers[source]:
            last = self._wiring.position[reader]
            if reader not in self._seen:
                self._seen.add(reader)
                heappush(self._heap, last)
        return last

    def next(self, limit: int) -> int | None:
        """The next position up to ``limit``, ``None`` where there is none."""
        return heappop(self._heap) if self._heap and self._heap[0] <= limit else None


def flow(wiring: Wiring, source: int, seed: Relation) -> dict[int, Relation]:
    """The relations of the layer ``source``, which gets ``seed``, and of all layers behind it."""
    relations = {source: seed}
    agenda, end = Agenda(wiring), len(wiring.graph.layers)
    agenda.add_readers(source)
    while (position := agenda.next(end)) is not None:
        layer = wiring.graph.layers[position]
        inputs = [relations.get(i) or constant(wiring.width[i]) for i in layer.inputs]
        relations[layer.id] = transfer(layer, inputs, wiring.width[layer.id])
        agenda.add_readers(layer.id)
    return relations
