"""Layers as data for JSON and back: what the child process says and its parent reads."""

from __future__ import annotations

from array import array
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from zlib import compress, decompress

from gconv_lint.channels.route import Route
from gconv_lint.model.graph import Gap, LayerGraph
from gconv_lint.model.layers import ConvAttrs, Layer
from gconv_lint.model.places import Place

_CONV = ConvAttrs._fields
#: Attributes of layers that hold one number a channel.
_LONG = "permutation"


class Origin(NamedTuple):
    """Where a layer comes from: the constructor call that made it, and the chain of calls of its operation; or -1."""

    made: int = -1
    chain: int = -1


class Lowered(NamedTuple):
    """A layer graph with the origin of each layer, where nothing is sent to another process."""

    graph: LayerGraph
    origins: Sequence[Origin]


class Writer:
    """Makes plain data of layers; long sequences of numbers are kept once and packed."""

    def __init__(self) -> None:
        self.sequences: list[str] = []
        self._known: dict[bytes, int] = {}

    def graph(self, graph: LayerGraph, origins: Sequence[Origin]) -> dict[str, Any]:
        """A layer graph with the origin of each layer."""
        return {
            "name": graph.name,
            "layers": [[*origin, self._layer(layer)] for layer, origin in zip(graph.layers, origins, strict=True)],
            "outputs": graph.outputs,
            "closed": graph.closed,
            "gaps": [gap.reason for gap in graph.gaps],
        }

    def _layer(self, layer: Layer) -> dict[str, Any]:
        conv = {name: plain(getattr(layer.conv, name)) for name in _CONV} if layer.conv is not None else None
        return {
            "kind": layer.kind,
            "name": layer.name,
            "conv": conv,
            "attrs": {name: self._attribute(name, value) for name, value in layer.attrs.items()},
            "inputs": layer.inputs,
            "in_shape": plain(layer.in_shape),
            "out_shape": plain(layer.out_shape),
            "dtype": layer.dtype,
        }

    def _attribute(self, name: str, value: Any) -> Any:
        if name == "routes":
            return [None if route is None else self._route(route) for route in value]
        return self._sequence(value) if name == _LONG else plain(value)

    def _route(self, route: Route) -> list[int | None]:
        return [self._sequence(route.taken), None if route.blocks is None else self._sequence(route.blocks)]

    def _sequence(self, numbers: Sequence[int]) -> int:
        data = array("i", numbers).tobytes()
        number = self._known.setdefault(data, len(self.sequences))
        if number == len(self.sequences):
            self.sequences.append(b64encode(compress(data, 1)).decode())
        return number


def plain(value: Any) -> Any:
    """A value as JSON can hold it; ``None`` for what is no number, text or sequence of them."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, float):
        return float(value)
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    try:
        return value.__index__()
    except Exception:
        return None


def tuples(value: Any) -> Any:
    """The tuples that became lists on the way."""
    return tuple(tuples(item) for item in value) if isinstance(value, list) else value


class Reader:
    """Makes layers of the data that a ``Writer`` made."""

    def __init__(self, sequences: Sequence[str]) -> None:
        self._sequences = [tuple(_unpacked(text)) for text in sequences]

    def graph(self, data: Mapping[str, Any], places: Sequence[Place]) -> LayerGraph:
        """The layer graph, its layers at ``places``. Raises ``ValueError`` when it is not in order."""
        pairs = enumerate(zip(data["layers"], places, strict=True))
        graph = LayerGraph(
            name=data["name"],
            layers=tuple(self._layer(number, item[-1], place) for number, (item, place) in pairs),
            outputs=tuple(data["outputs"]),
            closed=data["closed"],
            gaps=tuple(Gap(reason) for reason in data["gaps"]),
        )
        graph.verify()
        return graph

    def _layer(self, number: int, data: Mapping[str, Any], place: Place) -> Layer:
        values = {name: tuples(value) for name, value in data.items() if name not in ("conv", "attrs")}
        conv = ConvAttrs(**{k: tuples(v) for k, v in data["conv"].items()}) if data["conv"] is not None else None
        attrs = {name: self._attribute(name, value) for name, value in data["attrs"].items()}
        return Layer(id=number, place=place, conv=conv, attrs=attrs, **values)

    def _attribute(self, name: str, value: Any) -> Any:
        if name == "routes":
            return tuple(None if pair is None else self._route(*pair) for pair in value)
        return self._sequences[value] if name == _LONG else tuples(value)

    def _route(self, taken: int, blocks: int | None) -> Route:
        return Route(self._sequences[taken], None if blocks is None else self._sequences[blocks])


def _unpacked(text: str) -> array[int]:
    numbers = array("i")
    numbers.frombytes(decompress(b64decode(text)))
    return numbers
