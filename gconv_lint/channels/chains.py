"""Chains of grouped convolutions as constructs: what the outputs see, and what would join the groups (GC101)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gconv_lint.channels.gates import weighing
from gconv_lint.channels.pairs import is_misaligned, pair_of
from gconv_lint.channels.regions import Chain, find_chains
from gconv_lint.channels.relation import counts
from gconv_lint.channels.remedies import remedy_of
from gconv_lint.channels.wiring import CONVS, Numbers, Wiring, is_pointwise
from gconv_lint.model.constructs import Construct
from gconv_lint.model.layers import Layer
from gconv_lint.model.places import Related

#: Operations that put copies of a tensor behind one another.
_REPEATING = frozenset({"repeat", "expand", "tile", "repeat_interleave", "expand_as", "broadcast_to"})


def chains(wiring: Wiring) -> Iterator[Construct]:
    """A ``chain`` for every row of capable convolutions whose groups do not meet, anchored at the second of them.

    Convolutions that only compute gates hand on no values: two others make a row.
    """
    found = find_chains(wiring)
    apart = weighing(wiring) if found else ()
    rows = [chain for chain in found if sum(i not in apart for i in chain.trail.convs()) > 1]
    yield from chain_constructs(wiring, rows)


def chain_constructs(wiring: Wiring, found: Sequence[Chain]) -> Iterator[Construct]:
    """What is to be told of chains; those of networks that are meant to stay apart are left out."""
    for chain in found:
        layers = [wiring.layer[i] for i in chain.trail.convs()]
        numbers = [wiring.numbers(layer) for layer in layers]
        if _is_repeated(wiring, layers[0].inputs[0]) or _is_one_each(chain, numbers):
            continue
        yield _construct(wiring, chain, layers, [n for n in numbers if n is not None])


def _construct(wiring: Wiring, chain: Chain, layers: list[Layer], numbers: list[Numbers]) -> Construct:
    groups = numbers[0].groups
    fewest, most = counts(chain.stream.relation)
    remedy = remedy_of(wiring, layers, numbers)
    values = {
        "groups": groups,
        "first": wiring.label(layers[0]),
        "second": wiring.label(layers[1]),
        "last": wiring.label(layers[-1]),
        "components": chain.stream.parts,
        "sources_seen": fewest,
        "seen": str(fewest) if fewest == most else f"{fewest} to {most}",
        "joined_by": _end(wiring, chain),
        "length": len(layers),
        "branches": _is_branches(wiring, chain, layers, numbers),
        "misaligned": _is_left_to_shuffles(wiring, chain, layers),
        "remedy": str(remedy),
        "shuffle_joins": remedy.shuffle_joins,
        "fewer": remedy.fewer,
        "shuffled": remedy.shuffled,
        "model": wiring.graph.name,
        "path": wiring.graph.path,
    }
    others = [layer for layer in (layers[0], *layers[2:]) if layer.place != layers[1].place]
    related = tuple(Related(message=_share(wiring, layer), place=layer.place) for layer in others)
    return Construct(kind="chain", place=layers[1].place, values=values, related=related)


def _is_misaligned(wiring: Wiring, second: Layer) -> bool:
    pair = pair_of(wiring, second)
    return pair is not None and is_misaligned(wiring, pair)


def _is_left_to_shuffles(wiring: Wiring, chain: Chain, layers: list[Layer]) -> bool:
    """Whether a shuffle between the convolutions joins some groups: how many is another rule's matter."""
    fewest, most = counts(chain.stream.relation)
    if fewest > 1:
        return any(_is_misaligned(wiring, layer) for layer in layers[1:])
    return most > 1 and any(_reads_a_shuffle(wiring, layer) for layer in layers[1:])


def _reads_a_shuffle(wiring: Wiring, layer: Layer) -> bool:
    """Whether a shuffle stands between a convolution and those before it."""
    queue = list(layer.inputs)
    seen: set[int] = set()
    while queue:
        number = queue.pop()
        before = wiring.layer[number]
        if number in seen or before.kind in CONVS:
            continue
        if before.kind == "shuffle":
            return True
        seen.add(number)
        queue.extend(before.inputs)
    return False


def _is_repeated(wiring: Wiring, source: int) -> bool:
    """Whether a tensor holds the same channels several times: one network for each of its groups is meant."""
    *_, layer = wiring.behind(source)
    copies = layer.kind == "cat" and len(set(layer.inputs)) == 1 < len(layer.inputs)
    return copies or (layer.kind == "unknown" and layer.attrs.get("op") in _REPEATING)


def _is_one_each(chain: Chain, numbers: list[Numbers | None]) -> bool:
    """Whether each group ends as one output channel: independent heads."""
    groups = {n.groups for n in numbers if n is not None}
    last = numbers[-1]
    return chain.reader is None and len(groups) == 1 and last is not None and last.out_width == 1


def _end(wiring: Wiring, chain: Chain) -> str:
    if chain.reader is not None:
        return f"`{wiring.label(chain.reader)}`"
    return f"the output of `{wiring.graph.name}`" if wiring.graph.name else "the output"


def _share(wiring: Wiring, layer: Layer) -> str:
    numbers = wiring.numbers(layer)
    return f"`{wiring.label(layer)}` has {numbers.groups if numbers else 0} groups"


def _is_branches(wiring: Wiring, chain: Chain, layers: list[Layer], numbers: list[Numbers]) -> bool:
    """Whether the groups are the parallel branches of a bottleneck, two or more layers deep.

    A dense pointwise convolution divides its outputs among them and another one gathers theirs, as in figure 3 (a) of
    ResNeXt; all layers between the two are spatial and have the same groups, and nothing is added from elsewhere.
    """
    alike = {n.groups for n in numbers} == {numbers[0].groups}
    spatial = all(is_pointwise(layer) is False for layer in layers)
    divides = _source_conv(wiring, layers[0].inputs[0])
    if not alike or not spatial or not all(_is_dense_pointwise(wiring, each) for each in (divides, chain.reader)):
        return False
    return divides is not None and _is_all_behind(wiring, layers[-1].inputs[0], divides.id)


def _is_all_behind(wiring: Wiring, end: int, divides: int) -> bool:
    """Whether a tensor is made of what one layer made, and of no other dense layer's output or input of the model."""
    queue, seen = [end], {divides}
    while queue:
        layer = wiring.layer[queue.pop()]
        if layer.id not in seen:
            seen.add(layer.id)
            if layer.kind == "input" or wiring.is_dense(layer):
                return False
            queue.extend(layer.inputs)
    return True


def _source_conv(wiring: Wiring, source: int) -> Layer | None:
    """The convolution whose channels, or some of them, a tensor holds."""
    *_, layer = wiring.behind(source)
    if layer.kind == "slice" and layer.inputs:
        *_, layer = wiring.behind(layer.inputs[0])
    return layer if layer.kind in CONVS else None


def _is_dense_pointwise(wiring: Wiring, layer: Layer | None) -> bool:
    numbers = wiring.numbers(layer) if layer is not None else None
    return layer is not None and numbers is not None and numbers.groups == 1 and is_pointwise(layer) is True
