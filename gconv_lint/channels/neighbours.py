"""What follows from two layers next to each other: channel counts that disagree, shuffles that undo one another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gconv_lint.channels.transfer import permutation
from gconv_lint.channels.wiring import CHANNELWISE, CONVS, Wiring, declared_width, is_count
from gconv_lint.model.constructs import Construct
from gconv_lint.model.layers import Layer
from gconv_lint.model.places import Related


def edges(wiring: Wiring) -> Iterator[Construct]:
    """An ``edge`` for each grouped convolution that reads another number of channels than it expects (GC008)."""
    for layer in wiring.graph.layers:
        conv = layer.conv
        if layer.kind != "conv" or conv is None or not layer.inputs or layer.may_raise or conv.weight_shape is not None:
            continue
        if not (is_count(conv.in_channels) and is_count(conv.groups) and conv.groups > 1):
            continue
        *_, producer = wiring.behind(layer.inputs[0])
        produced = _produced(producer, conv.rank)
        if produced is not None and produced != conv.in_channels:
            values = {
                "name": wiring.label(layer),
                "producer": wiring.label(producer),
                "produced": produced,
                "in_channels": conv.in_channels,
                "groups": conv.groups,
            }
            source = Related(message=f"`{wiring.label(producer)}` makes {produced} channels", place=producer.place)
            yield Construct(kind="edge", place=layer.place, values=values, related=(source,))


def _produced(producer: Layer, rank: int) -> int | None:
    """The channels that a convolution or a given input has for sure."""
    if producer.kind in CONVS and producer.conv is not None and producer.conv.weight_shape is None:
        made = producer.conv.out_channels
        return made if is_count(made) and producer.conv.rank == rank else None
    batched = producer.out_shape is not None and len(producer.out_shape) == rank + 2
    return declared_width(producer) if producer.kind == "input" and batched else None


def shuffles(wiring: Wiring) -> Iterator[Construct]:
    """An ``identity_shuffle`` for each shuffle that moves nothing, a ``shuffle_pair`` for two that meet (GC103).

    Transpositions of heads or positions look alike: a module, or a convolution, a group norm or the input next to
    it, makes a shuffle one of channels.
    """
    for layer in wiring.graph.layers:
        if layer.kind != "shuffle" or not layer.inputs or not ("groups" in layer.attrs or _of_channels(wiring, layer)):
            continue
        channels = wiring.width[layer.inputs[0]]
        order = permutation(layer, channels)
        if order is None or channels is None or channels == 1:
            continue
        if list(order) == list(range(channels)):
            values = {"channels": channels, "groups": _groups(layer, order)}
            yield Construct(kind="identity_shuffle", place=layer.place, values=values)
        else:
            yield from _pair(wiring, layer, order)


def _of_channels(wiring: Wiring, layer: Layer) -> bool:
    """Whether what makes the input of a permutation, or reads its output, has or takes channels."""
    *_, producer = wiring.straight(layer.inputs[0])
    return producer.kind == "input" or any(map(_has_channels, (producer, *_read_by(wiring, layer))))


def _has_channels(layer: Layer) -> bool:
    """Whether the second axis of what a layer reads and makes holds channels, whatever stands around it."""
    return layer.kind in CONVS or "group_norm" in (layer.kind, layer.attrs.get("op"))


def _read_by(wiring: Wiring, layer: Layer) -> Iterator[Layer]:
    """The layers behind one, each path up to the first that is neither per-channel nor a permutation."""
    reached, waiting = {layer.id}, [layer.id]
    while waiting:
        for reader in {*wiring.readers[waiting.pop()]} - reached:
            reached.add(reader)
            found = wiring.layer[reader]
            waiting += [reader] if found.kind in CHANNELWISE or found.kind == "shuffle" else []
            yield found


def _groups(layer: Layer, order: Sequence[int]) -> int | None:
    """The number of groups that ``nn.ChannelShuffle`` would need for a permutation."""
    given = layer.attrs.get("groups")
    if is_count(given):
        return given
    size = order[1]
    if size < 1 or len(order) % size:
        return None
    shuffled = [group * size + offset for offset in range(size) for group in range(len(order) // size)]
    return len(order) // size if list(order) == shuffled else None


def _pair(wiring: Wiring, second: Layer, later: Sequence[int]) -> Iterator[Construct]:
    *between, first = wiring.behind(second.inputs[0])
    if first.kind != "shuffle" or not first.inputs or any(len(wiring.readers[i.id]) > 1 for i in (*between, first)):
        return
    earlier = permutation(first, len(later))
    groups = (None, None) if earlier is None else (_groups(first, earlier), _groups(second, later))
    if None not in groups:
        values = {"first": groups[0], "second": groups[1], "channels": len(later)}
        related = Related(message="the shuffle that this one undoes", place=first.place)
        yield Construct(kind="shuffle_pair", place=second.place, values=values, related=(related,))
