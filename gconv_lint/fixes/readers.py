"""Who else reads a number: layers that torch accepts as they are, and the calls that lead to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from gconv_lint.fixes.documents import Documents
from gconv_lint.fixes.origins import Origins, Spot
from gconv_lint.model.layers import Layer
from gconv_lint.model.places import Place
from gconv_lint.model.signatures import SIGNATURES

#: The counts of a layer that a number of groups has to divide, by the name of its argument.
_DIVIDED = {"groups": ("in_channels", "out_channels", "channels"), "num_groups": ("num_channels",)}

#: The place of a layer, and the calls that lead to it, innermost first.
Way = tuple[Place, ...]


class Readers:
    """The layers of a run, asked for those that a change of a number would take along."""

    def __init__(self, layers: Iterable[Layer], documents: Documents) -> None:
        self._layers = layers
        self._origins = Origins(documents)
        self._documents = documents

    def values(self, place: Place, name: str) -> set[object]:
        """The values that an argument has in the layers of a place."""
        return {_value(layer, name) for layer in self._at.get(place, ())}

    @cached_property
    def _at(self) -> dict[Place, list[Layer]]:
        places: dict[Place, list[Layer]] = {}
        for layer in self._layers:
            places.setdefault(layer.place, []).append(layer)
        return places

    @cached_property
    def _sound(self) -> dict[tuple[str, object], list[tuple[Layer, Way]]]:
        """The ways to build layers that divide, or may do so, by argument and number of groups."""
        known: dict[tuple[str, object], list[tuple[Layer, Way]]] = {}
        for layer in self._layers:
            for name, counts in _DIVIDED.items():
                value = _value(layer, name)
                if type(value) is int and value > 0 and layer.site is not None:
                    known.setdefault((name, value), []).extend(_sound_ways(layer, value, counts))
        return known

    def of(self, written: Spot, value: int) -> list[Way]:
        """The sound ways that take this ``value`` from where it is ``written``."""
        return [
            way
            for name in _DIVIDED
            for layer, way in self._sound.get((name, value), ())
            if self._reads(layer, way[1:], name, written)
        ]

    def _reads(self, layer: Layer, callers: Way, name: str, written: Spot) -> bool:
        document = self._documents.get(layer.place.path)
        call = document.call_at(layer.place) if document is not None else None
        if document is None or call is None or layer.site is None:
            return False
        positions = SIGNATURES.get(layer.site.function, ((), 0))[0]
        found = self._origins.of(self._origins.argument(Spot(document, call, callers), positions, name))
        return found is not None and found.node is written.node


def passes(ways: Iterable[Way], spot: Spot) -> bool:
    """Whether one of these ways leads through the call ``spot``."""
    place = spot.document.place(*spot.document.span(spot.node))
    return any(place in way for way in ways)


def _sound_ways(layer: Layer, groups: int, counts: Sequence[str]) -> Iterator[tuple[Layer, Way]]:
    numbers = [number for name in counts if (number := _value(layer, name)) is not None]
    if any(type(number) is int and number % groups for number in numbers) or layer.site is None:
        return
    known = all(type(number) is int for number in numbers)
    for callers in layer.site.callers or ((),):
        if known or callers:  # what nobody in sight builds is no way yet
            yield layer, (layer.place, *callers)


def _value(layer: Layer, name: str) -> object:
    return layer.attrs.get(name) if layer.conv is None else getattr(layer.conv, name, None)
