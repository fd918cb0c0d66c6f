"""The grouped convolutions of a graph where they stand: what they read, what reads them, which part they belong to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from gconv_lint.channels.burden import Burden
from gconv_lint.channels.fusion import Fusion
from gconv_lint.channels.wiring import CONVS, Wiring, all_one, is_count
from gconv_lint.model import dims
from gconv_lint.model.constructs import Construct
from gconv_lint.model.dims import Sym
from gconv_lint.model.layers import ConvAttrs, Layer

_ROLES = {
    "backbone": "backbone",
    "neck": "neck",
    "head": "head",
    "down": "down",
    "encoder": "down",
    "enc": "down",
    "up": "up",
    "decoder": "up",
    "dec": "up",
    "skip": "skip",
    "lateral": "skip",
}
_WORDS = re.compile(r"[A-Za-z][a-z]*")
#: What stands for readers of different kinds.
SEVERAL = "several"


def uses(wiring: Wiring) -> Iterator[Construct]:
    """A ``conv_use`` for every convolution that is not known to be dense; what is not known is left out."""
    if not any(_may_be_grouped(layer) for layer in wiring.graph.layers):
        return
    surroundings, fusion, burden = _Surroundings(wiring), Fusion(wiring), Burden(wiring)
    groups_of_role: dict[str, Any] = {}
    for layer in wiring.graph.layers:
        if _may_be_grouped(layer) and layer.conv is not None:
            role = _role(layer.name)
            values = {**_of_conv(layer.conv), **surroundings.of(layer), **fusion.of(layer), **burden.of(layer)}
            values |= {"role": role, "name": wiring.label(layer)}
            values["previous_groups"] = groups_of_role.get(role)
            if not values["depthwise"]:
                groups_of_role[role] = values["groups"]
            known = {name: value for name, value in values.items() if value is not None}
            yield Construct(kind="conv_use", place=layer.place, values=known)


def _may_be_grouped(layer: Layer) -> bool:
    conv = layer.conv
    return layer.kind == "conv" and conv is not None and conv.weight_shape is None and conv.groups != 1


def _of_conv(conv: ConvAttrs) -> dict[str, Any]:
    """The arguments that rules about the place of a convolution look at."""
    inside = None if conv.lazy else _count(conv.in_channels)
    outside, groups = _count(conv.out_channels), _count(conv.groups)
    return {
        "in_channels": inside,
        "out_channels": outside,
        "groups": groups,
        "depthwise": _is_depthwise(inside, outside, groups),
        "pointwise": all_one(conv.kernel_size),
        "unit_stride": all_one(conv.stride),
        "bias": conv.bias if isinstance(conv.bias, bool) else None,
    }


def _count(value: Any) -> Any:
    return value if is_count(value) or (isinstance(value, Sym) and not value.floating) else None


def _is_depthwise(inside: Any, outside: Any, groups: Any) -> bool | None:
    if inside is None or outside is None or groups is None:
        return None
    same = dims.equal(inside, groups)
    if not same:
        return same
    return dims.exact_quotient(outside, inside) is not None or (None if isinstance(outside, Sym) else False)


def _role(name: str) -> str:
    """The part of a model that a dotted name speaks of, empty where it speaks of none."""
    words = (word.lower() for word in _WORDS.findall(name))
    return next((_ROLES[word] for word in words if word in _ROLES), "")


class _Surroundings:
    """What can be told of every layer of a graph in one pass from its end and one from its beginning."""

    def __init__(self, wiring: Wiring) -> None:
        self.wiring = wiring
        self.outputs = frozenset(wiring.graph.outputs)
        self.leads_to: dict[int, str] = {}
        self.last: dict[int, bool | None] = {}
        for layer in reversed(wiring.graph.layers):
            self._look_ahead(layer)
        self.level: dict[int, int] = {}
        for layer in wiring.graph.layers:
            before = max((self.level[i] for i in layer.inputs), default=0)
            self.level[layer.id] = before + self._reduces(layer)
        self.levels = max(self.level.values(), default=0)

    def _look_ahead(self, layer: Layer) -> None:
        readers = [self.wiring.layer[i] for i in self.wiring.readers[layer.id]]
        kinds = {self.leads_to[r.id] if r.kind == "channelwise" else _kind(r) for r in readers}
        if layer.id in self.outputs:
            kinds.add("output")
        self.leads_to[layer.id] = kinds.pop() if len(kinds) == 1 else SEVERAL
        verdicts = {_ends(reader, self.last[reader.id]) for reader in readers}
        self.last[layer.id] = False if False in verdicts else None if None in verdicts else True

    def _reduces(self, layer: Layer) -> bool:
        """Whether a convolution or a pool lowers the resolution, by its shapes or else by its stride."""
        conv = layer.conv if layer.kind in CONVS else None
        if layer.kind == "global_pool" or (conv is None and layer.attrs.get("op") != "pool"):
            return False
        source = self.wiring.layer[layer.inputs[0]].out_shape if layer.inputs else None
        given, made = _last(layer.in_shape or source), _last(layer.out_shape)
        if given is not None and made is not None:
            return 2 * made <= given + 1
        if conv is not None:
            return not conv.transposed and all_one(conv.stride) is False
        return all_one(layer.attrs.get("stride")) is not True

    def of(self, layer: Layer) -> dict[str, Any]:
        """What surrounds one convolution."""
        readers = self.wiring.readers[layer.id]
        *_, source = self.wiring.behind(layer.inputs[0]) if layer.inputs else (layer,)
        return {
            "model": self.wiring.graph.name,
            "closed": self.wiring.graph.closed,
            "source": _kind(source) if layer.inputs else None,
            "consumers": len(readers) + (layer.id in self.outputs),
            "consumer": _detail(self.wiring.layer[readers[0]]) if readers else "output",
            "leads_to": self.leads_to[layer.id],
            "last": self.last[layer.id],
            "position": self.level[layer.id] / self.levels if self.levels else None,
        }


def _kind(layer: Layer) -> str:
    return "conv" if layer.kind in CONVS else layer.kind


def _detail(layer: Layer) -> str:
    """The kind of a layer, for per-channel ones what they do."""
    operation = layer.attrs.get("op")
    return operation if layer.kind == "channelwise" and isinstance(operation, str) else _kind(layer)


def _ends(reader: Layer, behind: bool | None) -> bool | None:
    """Whether no convolution or linear layer stands at or behind ``reader``."""
    if reader.kind in CONVS or reader.kind in ("linear", "recurrent"):
        return False
    return None if reader.kind == "unknown" and behind else behind


def _last(shape: Any) -> int | None:
    """The size of the last axis of a tensor with space, where it is known."""
    known = shape is not None and len(shape) > 2 and type(shape[-1]) is int
    return shape[-1] if known else None
