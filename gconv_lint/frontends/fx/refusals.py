"""What a view or a channel shuffle that torch refused tells of the code: the end of a run as something to judge."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import prod
from typing import Any, NamedTuple

from gconv_lint.frontends.fx.calls import Chain
from gconv_lint.frontends.fx.recorded import Operation, Ref, Tensor
from gconv_lint.model.constructs import Construct
from gconv_lint.model.places import Place

#: Operations of ATen that may be refused, by what they do.
SHUFFLES = frozenset({"channel_shuffle", "native_channel_shuffle"})
VIEWS = frozenset({"view", "_unsafe_view", "reshape"})


class Split(NamedTuple):
    """A split of the channels into groups that are not possible."""

    groups: int
    channels: int


def told(operation: Operation | None, tensors: Sequence[Tensor]) -> dict[str, Any] | None:
    """What there is to say of the operation that ended a run with these tensors, ``None`` where that moves no data."""
    if operation is None or len(operation.arguments) < 2 or not isinstance(operation.arguments[0], Ref):
        return None
    name, (data, argument, *_) = operation.name, operation.arguments
    shape = list(tensors[data.number].shape)
    if name in SHUFFLES and isinstance(argument, int):
        return {"shape": shape, "groups": argument}
    return {"shape": shape, "sizes": list(argument)} if name in VIEWS else None


def split(refused: Mapping[str, Any]) -> Split | None:
    """The groups that the channels, on the second axis, were to be split into; ``None`` for any other view."""
    shape = refused["shape"]
    if len(shape) < 2:
        return None
    if "groups" in refused:
        return Split(refused["groups"], shape[1])
    sizes = refused["sizes"]
    rest = len(sizes) == len(shape) + 1 and sizes[0] == shape[0] and sizes[3:] == shape[2:]
    impossible = rest and min(sizes) > 0 and prod(sizes) != prod(shape) and shape[1] % sizes[1] != 0
    return Split(sizes[1], shape[1]) if impossible and shape[1] // sizes[1] == sizes[2] else None


def view_chains(refused: Mapping[str, Any], found: Chain) -> Iterator[Construct]:
    """The row of views around the refused one, as its source text shows it; nothing where its sizes are wrong."""
    file = found.texts[0].file
    tree = file.tree()
    if tree is None or "sizes" not in refused or prod(refused["sizes"]) != prod(refused["shape"]):
        return
    from gconv_lint.frontends.source.constructs import scan  # most runs are refused nothing

    place: Place = file.place(found.site.node)
    for construct in scan(tree, file.path, file.text.removesuffix("\n").split("\n")):
        if construct.kind == "view_chain" and construct.place == place:
            yield construct
