"""Which channels of one tensor of an observed run the channels of another depend on, as plain data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from gconv_lint.channels.flow import flow
from gconv_lint.channels.layout import Layout
from gconv_lint.channels.relation import MAX_SOURCES, Relation, constant, seeded
from gconv_lint.channels.seen import along, culprits, joined
from gconv_lint.channels.wiring import Wiring
from gconv_lint.frontends.fx.live import Observation
from gconv_lint.frontends.fx.lowering import Lowering, Node
from gconv_lint.frontends.fx.recorded import Recording
from gconv_lint.model.layers import Layer
from gconv_lint.model.places import Place


class Dependence(NamedTuple):
    """The sources, numbered from 0, that each channel of a tensor depends on, one bitset a channel.

    A source that is missing has no influence, unless the model ``leaks`` numbers of its tensors. Where ``doubts`` name
    operations that are not understood, one that is there may have none either. ``later`` names what joins all of these
    sources further on; it is empty where nothing does, and ``None`` where nobody looked.
    """

    sets: tuple[int, ...]
    sources: int
    doubts: tuple[str, ...] = ()
    leaks: bool = False
    later: str | None = None


class TooWide(Exception):
    """A tensor has more channels than can be followed one by one."""


def between(run: Observation, first: str, last: str) -> Dependence:
    """How the output of ``last`` depends on that of ``first``: on its groups where it has any, else on its channels.

    Raises ``ValueError`` for paths that name no single tensor, ``LookupError`` for a module that was not run or whose
    channels are not known.
    """
    source, target = _ran(run, first), _ran(run, last)
    whole = _Lowered(run.recording._replace(outputs=(source, target)), {})
    axes = {source: whole.axis(run, source, first)}
    lowering = _Lowered(run.recording._replace(inputs=(source,), outputs=(target,)), axes)
    return lowering.dependence(source, target, whole.axis(run, target, last), run.groups(first))


def of_layer(run: Observation, path: str) -> Iterator[Dependence]:
    """How the output of a module depends on the channels of each input of the model.

    Raises ``ValueError`` for a path that names no single tensor, ``LookupError`` for a module that was not run or whose
    channels are not known.
    """
    target = _ran(run, path)
    lowering = _Lowered(run.recording._replace(outputs=(target,)), {})
    axis = lowering.axis(run, target, path)
    return (lowering.dependence(source, target, axis) for source in run.recording.inputs)


def of_outputs(run: Observation) -> Iterator[tuple[int, int, Dependence]]:
    """For each output and each input of the model, by their numbers, how the first depends on the second.

    Raises ``LookupError`` for an output whose channels are not known.
    """
    lowering = _Lowered(run.recording, {})
    for number, source in enumerate(run.recording.inputs):
        for place, target in enumerate(run.recording.outputs):
            yield place, number, lowering.dependence(source, target, lowering.axis(run, target, ""))


def _ran(run: Observation, path: str) -> int:
    found = run.output(path)
    if found is None:
        raise LookupError(f"`{path}` gives no tensor in this run")
    return found


class _Lowered(Lowering):
    """A lowered run whose inputs may be tensors in its midst, with the axes of their channels."""

    def __init__(self, recording: Recording, axes: Mapping[int, int | None]) -> None:
        self._axes = axes
        self._relations: dict[int, Mapping[int, Relation]] = {}
        super().__init__(recording, lambda path: Place(path, 1, 1, 1, 1))
        self.starts = {number: self.nodes[number] for number in recording.inputs}
        self.wiring = Wiring(self.graph("model"))

    def _channel_axis(self, number: int) -> int | None:
        if number in self._axes:
            return self._axes[number]
        return super()._channel_axis(number)

    def axis(self, run: Observation, number: int, path: str) -> int | None:
        """The axis along which a tensor depends on channels. Raises ``LookupError`` where it can be any of several.

        Which axis convention takes is asked only where several vary, as in space behind a pixel shuffle, or none does.
        """
        node, usual = self.nodes.get(number), run.axis(path, len(self.tensors[number].shape))
        varying = [i for i in range(len(node.layout.axes)) if node.layout.varies(i)] if node is not None else []
        if not varying or usual in varying:
            return usual
        if len(varying) > 1:
            where = f"`{path}`" if path else "the output"
            raise LookupError(f"{where} depends on channels along the axes {', '.join(map(str, varying))}")
        return varying[0]

    def dependence(self, source: int, target: int, axis: int | None, groups: int = 1) -> Dependence:
        """How ``target`` depends on ``source``, whose channels make ``groups`` sources, or one each.

        Raises ``TooWide``.
        """
        start, end = self.starts[source], self.nodes.get(target)
        channels = start.layout.slots
        sources = groups if groups > 1 else channels
        if sources > MAX_SOURCES:
            raise TooWide(f"{channels:,} channels are more than the {MAX_SOURCES:,} that are followed one by one")
        relations = self._flow(start.layer, seeded(channels, sources))
        found = self._seen(target, end, axis, relations)
        return Dependence(
            sets=found.of_channels() if found.width else found.sets,
            sources=sources,
            doubts=self._doubts(end, relations, found),
            leaks=not self.closed,
            later=self._later(end, relations, found.union()),
        )

    def _flow(self, start: int, seed: Relation) -> Mapping[int, Relation]:
        """The relations of everything behind a layer, worked out once for all outputs."""
        if start not in self._relations:
            self._relations[start] = flow(self.wiring, start, seed)
        return self._relations[start]

    def _seen(self, target: int, end: Node | None, axis: int | None, relations: Mapping[int, Relation]) -> Relation:
        shape = self.tensors[target].shape
        width = shape[axis] if axis is not None else 1
        if end is None or end.layer not in relations:
            return constant(width)
        return along(Layout(end.layout.axes), axis, relations[end.layer])

    def _doubts(self, end: Node | None, relations: Mapping[int, Relation], found: Relation) -> tuple[str, ...]:
        if end is None or found.understood:
            return ()
        named = map(self._doubted, culprits(self.wiring, relations, end.layer))
        return tuple(dict.fromkeys(named)) or ("a tensor with too many positions to look at",)

    def _doubted(self, layer: Layer) -> str:
        folded = ", which reads channels folded into the batch," if layer.attrs.get("folded") else ""
        return self._named(layer) + folded

    def _named(self, layer: Layer) -> str:
        """An operation by its name and module, such as ``sort`` in ``head``."""
        operation = self.origins[layer.id]
        name = operation.name if operation is not None else layer.kind
        return f"the operation `{name}`" + (f" in `{layer.name}`" if layer.name else "")

    def _later(self, end: Node | None, relations: Mapping[int, Relation], everything: int) -> str:
        layer = joined(self.wiring, relations, end.layer, everything) if end is not None and everything else None
        if layer is None:
            return ""
        return f"`{layer.name}`" if layer.name else self._named(layer)
