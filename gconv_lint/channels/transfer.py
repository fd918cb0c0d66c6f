"""What each kind of layer does to the relation between sources and channels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import or_
from typing import NamedTuple

from gconv_lint.channels.relation import MAX_CHANNELS, Relation, constant, of_sets, shared, union
from gconv_lint.channels.route import follow
from gconv_lint.channels.wiring import is_count, numbers
from gconv_lint.model.layers import Layer


class _Step(NamedTuple):
    """A layer with the relations that it reads; ``width`` is the number of channels it is known to make."""

    layer: Layer
    inputs: Sequence[Relation]
    width: int | None

    @property
    def first(self) -> Relation:
        return self.inputs[0]

    @property
    def single(self) -> bool:
        return len(self.inputs) == 1

    def everything(self) -> int:
        return union(relation.union() for relation in self.inputs)


def transfer(layer: Layer, inputs: Sequence[Relation], width: int | None) -> Relation:
    """The relation of a layer's output; ``width`` is the number of channels it is known to make.

    What does not fit what is known of the layer, an unknown layer first of all, depends on everything it reads.
    """
    if layer.kind == "input":
        return constant(width)
    routes = layer.attrs.get("routes")
    if routes:
        inputs = [r if route is None else follow(route, r) for route, r in zip(routes, inputs, strict=True)]
    step = _Step(layer, inputs, width)
    function = _FUNCTIONS.get(layer.kind)
    made = function(step) if function is not None and inputs else None
    if made is None or (None not in (made.width, width) and made.width != width):
        return shared(step.everything(), width, understood=False)
    if made.understood and not all(relation.understood for relation in inputs):
        return Relation(sets=made.sets, width=made.width, understood=False)
    return made


def _convolution(step: _Step) -> Relation | None:
    first, counts = step.first, numbers(step.layer, step.first.width)
    if step.layer.attrs.get("folded"):
        return None
    fits = first.uniform or first.width in (None, counts.in_channels if counts is not None else None)
    if counts is None or not fits or counts.out_channels > MAX_CHANNELS:
        return None
    if counts.groups == 1 or first.uniform or not step.single:  # a computed weight brings all of its sources
        return shared(step.everything(), counts.out_channels)
    if counts.width == counts.out_width == 1:
        return first
    sets = first.sets if counts.width == 1 else _blocks(first.sets, counts.width)
    return of_sets(_repeated(sets, counts.out_width))


def _blocks(sets: Sequence[int], size: int) -> list[int]:
    """The union of each ``size`` sets in a row."""
    return [union(sets[start : start + size]) for start in range(0, len(sets), size)]


def _repeated(sets: Sequence[int], times: int) -> list[int]:
    return [s for block in sets for s in (block,) * times]


def _identity(step: _Step) -> Relation | None:
    return step.first if step.single else None


def _dense(step: _Step) -> Relation | None:
    if step.layer.attrs.get("apart"):  # it is dense along another axis than that of the channels
        return _elementwise(step)
    return shared(step.everything(), step.width)


def _elementwise(step: _Step) -> Relation | None:
    several = [relation for relation in step.inputs if not relation.uniform]
    channels = max((relation.width or 0 for relation in several or step.inputs), default=0)
    if not several:
        return shared(step.everything(), channels or step.width)
    if any(relation.width not in (None, 1, channels) for relation in step.inputs):
        return None
    everywhere = union(relation.sets[0] for relation in step.inputs if relation.uniform)
    result = several[0].sets
    for relation in several[1:]:
        if relation.sets != result:
            result = tuple(map(or_, result, relation.sets))
    return of_sets(s | everywhere for s in result) if everywhere else of_sets(result)


def _concatenation(step: _Step) -> Relation | None:
    widths = [relation.width for relation in step.inputs]
    if all(relation.uniform and relation.sets == step.first.sets for relation in step.inputs):
        return shared(step.first.sets[0], step.width)
    if None in (step.width, *widths) or sum(width or 0 for width in widths) > MAX_CHANNELS:
        return None
    return of_sets(s for relation in step.inputs for s in relation.of_channels())


def _slice(step: _Step) -> Relation | None:
    start, stop = step.layer.attrs.get("start"), step.layer.attrs.get("stop")
    if not step.single:
        return None
    if step.first.uniform:
        return shared(step.first.sets[0], step.width)
    return of_sets(step.first.sets[start:stop]) if type(start) is int and type(stop) is int else None


def _shuffle(step: _Step) -> Relation | None:
    if not step.single or step.first.uniform:
        return _identity(step)
    order = permutation(step.layer, step.first.width)
    return None if order is None else of_sets(map(step.first.sets.__getitem__, order))


def permutation(layer: Layer, channels: int | None) -> Sequence[int] | None:
    """The channel that each output channel of a shuffle takes; ``None`` where it is not known."""
    order, groups = layer.attrs.get("permutation"), layer.attrs.get("groups")
    if channels is None or channels > MAX_CHANNELS:
        return None
    if isinstance(order, (tuple, list)):
        sound = len(order) == channels and set(map(type, order)) == {int} and min(order) >= 0 and max(order) < channels
        return order if sound else None
    if not is_count(groups) or channels % groups:
        return None
    size = channels // groups
    return [group * size + offset for offset in range(size) for group in range(groups)]


def _group_norm(step: _Step) -> Relation | None:
    groups, width = step.layer.attrs.get("num_groups"), step.first.width
    if not step.single or step.first.uniform:
        return _identity(step)
    if not is_count(groups) or width is None or width % groups:
        return None
    size = width // groups
    return of_sets(_repeated(_blocks(step.first.sets, size), size))


_FUNCTIONS: dict[str, Callable[[_Step], Relation | None]] = {
    "conv": _convolution,
    "functional_conv": _convolution,
    "channelwise": _identity,
    "global_pool": _identity,
    "shuffle": _shuffle,
    "linear": _dense,
    "recurrent": _dense,
    "mix": _dense,
    "group_norm": _group_norm,
    "add": _elementwise,
    "mul": _elementwise,
    "cat": _concatenation,
    "move": _elementwise,
    "product": _elementwise,
    "slice": _slice,
}
