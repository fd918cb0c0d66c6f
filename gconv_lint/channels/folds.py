"""Channel shuffles that only dense layers read, so that their weights could hold the permutation (GC106)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gconv_lint.channels.transfer import permutation
from gconv_lint.channels.wiring import Wiring
from gconv_lint.model.constructs import Construct
from gconv_lint.model.layers import Layer
from gconv_lint.model.places import Related


def foldable(wiring: Wiring) -> Iterator[Construct]:
    """A ``folded_shuffle`` for each shuffle that moves channels and has dense readers only, at the first of them."""
    for layer, twins in _shuffles(wiring):
        channels = wiring.width[layer.inputs[0]]
        readers = _readers(wiring, twins)
        if readers:
            values = {"channels": channels, "reader": wiring.label(readers[0]), "readers": len(readers)}
            noted = [(f"`{wiring.label(each)}` reads it too", each.place) for each in readers[1:]]
            related = tuple(Related(*pair) for pair in [("the shuffle", layer.place), *noted])
            yield Construct(kind="folded_shuffle", place=readers[0].place, values=values, related=related)


def _shuffles(wiring: Wiring) -> Iterator[tuple[Layer, list[int]]]:
    """The shuffles that move channels, each with those that give the very same: a view may be noted at every reader."""
    found: dict[tuple[int, tuple[int, ...]], list[int]] = {}
    for layer in wiring.graph.layers:
        if layer.kind == "shuffle" and layer.inputs:
            channels = wiring.width[layer.inputs[0]]
            order = permutation(layer, channels)
            if order is not None and channels is not None and list(order) != list(range(channels)):
                found.setdefault((layer.inputs[0], tuple(order)), []).append(layer.id)
    return ((wiring.layer[twins[0]], twins) for twins in found.values())


def _readers(wiring: Wiring, shuffles: Sequence[int]) -> list[Layer] | None:
    """The dense layers that read shuffles behind per-channel ones; ``None`` where anything else does."""
    found: dict[int, Layer] = {}
    stack = list(shuffles)
    while stack:
        source = stack.pop()
        if source in wiring.graph.outputs or not wiring.readers[source]:
            return None
        for reader in map(wiring.layer.__getitem__, wiring.readers[source]):
            if wiring.is_dense(reader):
                found[reader.id] = reader
            elif wiring.keeps_apart(reader):
                stack.append(reader.id)
            else:
                return None
    return sorted(found.values(), key=lambda reader: wiring.position[reader.id])
