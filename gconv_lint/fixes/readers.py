"""Who else reads a number: layers that torch accepts as they are, and the calls that lead to them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from gconv_lint.fixes.documents import Documents
from gconv_lint.fixes.origins import Origins
from gconv_lint.fixes.spots import Spot
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
        self._known: dict[tuple[str, int], dict[ast.expr, list[Way]]] = {}

    def values(self, place: Place, name: str) -> set[object]:
        """The values that an argument has in the layers of a place."""
        return {_value(layer, name) for layer in self._at.get(place, ())}

    def wrong(self, place: Place, name: str) -> set[object]:
        """Those of them that torch refuses; all, where it refuses none."""
        layers = self._at.get(place, ())
        return {_value(layer, name) for layer in layers if _is_refused(layer, name)} or self.values(place, name)

    @cached_property
    def _at(self) -> dict[Place, list[Layer]]:
        places: dict[Place, list[Layer]] = {}
        for layer in self._layers:
            places.setdefault(layer.place, []).append(layer)
        return places

    @cached_property
    def _given(self) -> dict[tuple[str, object], list[Layer]]:
        """The layers by argument and number of groups."""
        known: dict[tuple[str, object], list[Layer]] = {}
        for layer in self._layers:
            for name in _DIVIDED:
                value = _value(layer, name)
                if type(value) is int and value > 0:
                    known.setdefault((name, value), []).append(layer)
        return known

    def of(self, written: Spot, value: int) -> list[Way]:
        """The sound ways that take this ``value`` from where it is ``written``."""
        return [way for name in _DIVIDED for way in self._ways(name, value).get(written.node, ())]

    def _ways(self, name: str, value: int) -> dict[ast.expr, list[Way]]:
        """The sound ways with a value, by the expression that they take it from."""
        if (name, value) not in self._known:
            known = self._known[name, value] = dict[ast.expr, list[Way]]()
            for layer in self._given.get((name, value), ()):
                for way in _sound_ways(layer, value, _DIVIDED[name]):
                    source = self._source(layer, way[1:], name, value)
                    if source is not None:
                        known.setdefault(source, []).append(way)
        return self._known[name, value]

    def _source(self, layer: Layer, callers: Way, name: str, value: int) -> ast.expr | None:
        document = self._documents.get(layer.place.path)
        call = document.call_at(layer.place) if document is not None else None
        if document is None or call is None or layer.site is None:
            return None
        positions = SIGNATURES.get(layer.site.function, ((), 0))[0]
        passed = self._origins.argument(Spot(document, call, callers), positions, name)
        found = self._origins.of(passed, known=(value,))
        return found.node if found is not None else None


def passes(ways: Iterable[Way], spot: Spot) -> bool:
    """Whether one of these ways leads through the call ``spot``."""
    place = spot.document.place(*spot.document.span(spot.node))
    return any(place in way for way in ways)


def _sound_ways(layer: Layer, groups: int, counts: Sequence[str]) -> Iterator[Way]:
    """The ways to build a layer that divides, or may do so."""
    numbers = [number for name in counts if (number := _value(layer, name)) is not None]
    if any(type(number) is int and number % groups for number in numbers) or layer.site is None:
        return
    known = all(type(number) is int for number in numbers)
    for callers in layer.site.callers or ((),):
        if known or callers:  # what nobody in sight builds is no way yet
            yield (layer.place, *callers)


def _is_refused(layer: Layer, name: str) -> bool:
    groups = _value(layer, name)
    counts = (_value(layer, each) for each in _DIVIDED.get(name, ()))
    return type(groups) is int and any(type(each) is int and (groups < 1 or each % groups) for each in counts)


def _value(layer: Layer, name: str) -> object:
    return layer.attrs.get(name) if layer.conv is None else getattr(layer.conv, name, None)
