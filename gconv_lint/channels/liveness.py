"""Which channels of each layer are needed for some output: the flow of channels, followed backwards (GC110)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from gconv_lint.channels.branches import is_concatenation
from gconv_lint.channels.relation import MAX_CHANNELS
from gconv_lint.channels.route import Route
from gconv_lint.channels.transfer import permutation
from gconv_lint.channels.wiring import CONVS, Wiring, is_count, is_trained
from gconv_lint.model.constructs import Construct
from gconv_lint.model.layers import Layer

#: All channels, however many there are: channels are the bits of a number.
ALL = -1


def dropped(wiring: Wiring) -> Iterator[Construct]:
    """A ``dropped_channels`` for each trained convolution of which some channels reach no output of a closed graph.

    What is not understood is taken to need everything that it reads.
    """
    if not wiring.graph.closed or not wiring.graph.outputs:
        return
    live = needed(wiring)
    used: dict[str, int] = {}
    convs = [layer for layer in wiring.graph.layers if layer.kind in CONVS and is_trained(layer)]
    for layer in convs:  # a module may be called several times
        used[_key(layer)] = used.get(_key(layer), 0) | live[layer.id]
    for layer in convs:
        counts = wiring.numbers(layer)
        if counts is None or (mask := used.pop(_key(layer), ALL)) == ALL:
            continue
        lost = sum(not mask >> channel & 1 for channel in range(counts.out_channels))
        if lost:
            values = {"name": wiring.label(layer), "out_channels": counts.out_channels, "dropped": lost}
            yield Construct(kind="dropped_channels", place=layer.place, values=values)


def _key(layer: Layer) -> str:
    return layer.name if layer.kind == "conv" and layer.name else f"{layer.name} {layer.id}"


def needed(wiring: Wiring) -> dict[int, int]:
    """For each layer the channels that some output depends on."""
    live = dict.fromkeys(wiring.layer, 0) | dict.fromkeys(wiring.graph.outputs, ALL)
    for layer in reversed(wiring.graph.layers):
        mask = live[layer.id]
        if mask and layer.inputs:
            for source, asked in zip(layer.inputs, _asked(wiring, layer, mask), strict=True):
                live[source] |= asked
    return live


def _asked(wiring: Wiring, layer: Layer, mask: int) -> Sequence[int]:
    """The channels that a layer needs of each of its inputs for those in ``mask``."""
    handler = _HANDLERS.get(layer.kind)
    found = handler(wiring, layer, mask) if handler is not None else None
    masks = found if found is not None else [ALL] * len(layer.inputs)
    routes = layer.attrs.get("routes")
    return [_back(route, m) for route, m in zip(routes, masks, strict=True)] if routes else masks


def _back(route: Route | None, mask: int) -> int:
    """The slots at the beginning of a route that those in ``mask`` at its end come from."""
    if route is None or not mask:
        return mask
    taken = {route.taken[slot] for slot in _members(mask, len(route.taken))}
    if route.blocks is None:
        return _bits(taken)
    return _bits(slot for slot, block in enumerate(route.blocks) if block in taken)


def _members(mask: int, size: int) -> Iterator[int]:
    """The channels in a set, of ``size`` that there are."""
    if mask == ALL:
        return iter(range(size))
    return (slot for slot, bit in enumerate(reversed(f"{mask:b}")) if bit == "1" and slot < size)


def _bits(slots: Iterable[int]) -> int:
    chosen = [slot for slot in slots if slot >= 0]
    digits = bytearray(b"0") * (max(chosen, default=0) + 1)
    for slot in chosen:
        digits[-1 - slot] = ord("1")
    return int(digits.decode(), 2)


def _same(_: Wiring, layer: Layer, mask: int) -> Sequence[int]:
    return [mask] * len(layer.inputs)


def _elementwise(wiring: Wiring, layer: Layer, mask: int) -> Sequence[int] | None:
    if "routes" in layer.attrs or is_concatenation(layer):
        return _same(wiring, layer, mask)
    widths = {wiring.width[i] for i in (layer.id, *layer.inputs)}
    return _same(wiring, layer, mask) if len(widths) == 1 and None not in widths else None


def _conv(wiring: Wiring, layer: Layer, mask: int) -> Sequence[int] | None:
    counts = wiring.numbers(layer)
    if counts is None or mask == ALL or counts.groups == 1 or counts.out_channels > MAX_CHANNELS:
        return None
    block, wide = (1 << counts.out_width) - 1, (1 << counts.width) - 1
    asked = 0
    for group in range(counts.groups):
        if mask >> group * counts.out_width & block:
            asked |= wide << group * counts.width
    return [asked, *[ALL] * (len(layer.inputs) - 1)]


def _shuffle(wiring: Wiring, layer: Layer, mask: int) -> Sequence[int] | None:
    order = permutation(layer, wiring.width[layer.inputs[0]])
    if order is None or mask == ALL:
        return None
    return [_bits(order[slot] for slot in _members(mask, len(order)))]


def _cat(wiring: Wiring, layer: Layer, mask: int) -> Sequence[int] | None:
    widths = [wiring.width[source] for source in layer.inputs]
    if None in widths or mask == ALL:
        return None
    asked = []
    for width in widths:
        asked.append(mask & ((1 << (width or 0)) - 1))
        mask >>= width or 0
    return asked


def _slice(wiring: Wiring, layer: Layer, mask: int) -> Sequence[int] | None:
    start, stop = layer.attrs.get("start"), layer.attrs.get("stop")
    width = wiring.width[layer.inputs[0]]
    if type(start) is not int or type(stop) is not int or not is_count(width):
        return None
    kept = range(width)[start:stop]
    return [_bits(kept[slot] for slot in _members(mask, len(kept)))]


_HANDLERS: dict[str, Callable[[Wiring, Layer, int], Sequence[int] | None]] = {
    "channelwise": _elementwise,
    "global_pool": _elementwise,
    "add": _elementwise,
    "mul": _elementwise,
    "move": _same,
    "product": _same,
    "conv": _conv,
    "functional_conv": _conv,
    "shuffle": _shuffle,
    "cat": _cat,
    "slice": _slice,
}
