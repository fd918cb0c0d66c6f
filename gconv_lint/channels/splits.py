"""Equal parts of a tensor that each pass a convolution of their own and are put together again (GC207)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gconv_lint.channels.branches import is_concatenation
from gconv_lint.channels.wiring import Wiring
from gconv_lint.model.constructs import Construct
from gconv_lint.model.layers import ConvAttrs, Layer
from gconv_lint.model.places import Related


def splits(wiring: Wiring) -> Iterator[Construct]:
    """A ``manual_split`` for each concatenation that a grouped convolution would compute at once."""
    for layer in wiring.graph.layers:
        if is_concatenation(layer):
            convs = _convs(wiring, layer)
            if convs is not None and _are_parts(wiring, [conv.inputs[0] for conv in convs]):
                yield _construct(wiring, convs)


def _convs(wiring: Wiring, joint: Layer) -> list[Layer] | None:
    """The convolutions behind the parts of a concatenation, where they and what follows them are alike."""
    ways = [list(wiring.behind(source)) for source in joint.inputs]
    convs = [way[-1] for way in ways]
    doing = {tuple(layer.attrs.get("op") for layer in way[:-1]) for way in ways}
    alike = {_alike(conv) for conv in convs}
    alone = all(len(wiring.readers[layer.id]) == 1 for way in ways for layer in way)
    distinct = len({conv.id for conv in convs}) == len(convs)
    return convs if len(doing) == len(alike) == 1 and None not in alike and alone and distinct else None


def _alike(layer: Layer) -> ConvAttrs | None:
    """What makes two convolutions the groups of one; ``None`` for what is none."""
    if layer.kind != "conv" or layer.conv is None or len(layer.inputs) != 1 or layer.conv.groups != 1:
        return None
    return layer.conv._replace(padding=None) if layer.conv.padding == "same" else layer.conv


def _are_parts(wiring: Wiring, sources: Sequence[int]) -> bool:
    """Whether tensors are the equal parts of another one, in its order."""
    pieces = [wiring.layer[source] for source in sources]
    owners = {piece.inputs for piece in pieces}
    if len(owners) != 1 or len(pieces[0].inputs) != 1:
        return False
    width = wiring.width[pieces[0].inputs[0]]
    if width is None or width % len(pieces):
        return False
    size = width // len(pieces)
    return all(_is_piece(piece, i * size, (i + 1) * size) for i, piece in enumerate(pieces))


def _is_piece(layer: Layer, start: int, stop: int) -> bool:
    if layer.kind == "slice":
        return (layer.attrs.get("start"), layer.attrs.get("stop")) == (start, stop)
    routes = layer.attrs.get("routes", ())
    if layer.kind != "move" or len(routes) != 1 or routes[0] is None or routes[0].blocks is not None:
        return False
    return tuple(routes[0].taken) == tuple(range(start, stop))


def _construct(wiring: Wiring, convs: Sequence[Layer]) -> Construct:
    conv = convs[0].conv
    values = {
        "first": wiring.label(convs[0]),
        "last": wiring.label(convs[-1]),
        "parts": len(convs),
        "in_channels": (conv.in_channels if conv is not None else 0) * len(convs),
        "out_channels": (conv.out_channels if conv is not None else 0) * len(convs),
    }
    others = dict.fromkeys(layer.place for layer in convs[1:] if layer.place != convs[0].place)
    related = tuple(Related(message="a convolution of another part", place=place) for place in others)
    return Construct(kind="manual_split", place=convs[0].place, values=values, related=related)
