"""Lowers a recorded run to a layer graph: what each operation does to the channels that its tensors depend on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from gconv_lint.channels import layout
from gconv_lint.channels.layout import Layout, Moved
from gconv_lint.channels.route import Route
from gconv_lint.channels.wiring import CHANNELWISE, CONVS
from gconv_lint.frontends.fx.arithmetic import ARITHMETIC
from gconv_lint.frontends.fx.constants import constant
from gconv_lint.frontends.fx.convolutions import convolution, refuse
from gconv_lint.frontends.fx.joints import JOINTS
from gconv_lint.frontends.fx.lookups import LOOKUPS
from gconv_lint.frontends.fx.movement import MOVEMENT
from gconv_lint.frontends.fx.operations import CONSTANT, LEAVING
from gconv_lint.frontends.fx.recorded import OVERWRITTEN, Operation, Recording, Ref, Tensor
from gconv_lint.frontends.fx.reshaping import RESHAPING
from gconv_lint.frontends.fx.sequences import SEQUENCES
from gconv_lint.model.graph import Gap, LayerGraph
from gconv_lint.model.layers import ConvAttrs, Layer
from gconv_lint.model.places import Place

Places = Callable[[str], Place]


class Node(NamedTuple):
    """The layer whose output a tensor is, and how that depends on its channels."""

    layer: int
    layout: Layout


def lower(recording: Recording, name: str, places: Places) -> LayerGraph:
    """The layer graph of a run; ``places`` gives the place of a module by its path.

    Raises ``ValueError`` when the graph is not in order.
    """
    return Lowering(recording, places).graph(name)


class Lowering:
    """The graph so far; handlers add to it and say whether they understood their operation.

    Inputs are ``guessed`` where nobody gave any: that one does not fit says nothing of the model.
    """

    def __init__(self, recording: Recording, places: Places, *, guessed: bool = False) -> None:
        self.recording = recording
        self._guessed = guessed
        self.tensors = recording.tensors
        self.places = places
        self.layers: list[Layer] = []
        #: the operation behind each layer, ``None`` for inputs
        self.origins: list[Operation | None] = []
        self._current: Operation | None = None
        #: whether nothing but tensors carries what depends on an input
        self.closed = True
        #: tensors that depend on an input
        self.nodes: dict[int, Node] = {}
        self.unknown: set[str] = set()
        self.read = _read(recording)
        #: constants that are trained, or computed from what is, and those that are computed from what a model stores
        self.learned = {number for number, tensor in enumerate(self.tensors) if tensor.trainable}
        self.stored = {number for number, tensor in enumerate(self.tensors) if tensor.name}
        for number in recording.inputs:
            self.emit("input", "", (), (number,), layout.plain(self.tensors[number].shape, self._channel_axis(number)))

    def _channel_axis(self, number: int) -> int | None:
        """The axis of an input's channels: the second, the last of tokens, the first where the model adds a batch."""
        rank = len(self.tensors[number].shape)
        adds = (o for o in self.recording.operations if o.name == "unsqueeze" and o.arguments == (Ref(number), 0))
        if any(adds):
            return 0
        return 2 if rank == 3 and not self._has_signals() else 1 if rank > 1 else None

    def _has_signals(self) -> bool:
        """Whether a convolution reads (N, C, L), so that a tensor of three axes need not be one of tokens."""
        reads = (o.arguments[0] for o in self.recording.operations if o.name == "convolution")
        return any(len(self.tensors[each.number].shape) == 3 for each in reads)

    def graph(self, name: str) -> LayerGraph:
        """Everything lowered. Raises ``ValueError`` when the graph is not in order."""
        for operation in self.recording.operations:
            self._current = operation
            self.add(operation)
        if self.recording.refused is not None:
            refuse(self, self.recording.refused, misled=self.misled)
        outputs = [self.nodes[i].layer for i in self.recording.outputs if i in self.nodes]
        graph = LayerGraph(
            name=name,
            layers=tuple(self.layers),
            outputs=tuple(dict.fromkeys(outputs)),
            closed=self.closed,
            gaps=tuple(Gap(reason) for reason in sorted(self.unknown)),
        )
        graph.verify()
        return graph

    @property
    def misled(self) -> bool:
        """Whether the operation that ended the run may have met a number of channels that only a guess gave."""
        refused = self.recording.refused
        node = self.node(refused.arguments[0]) if refused is not None and refused.arguments else None
        if not self._guessed or node is None:
            return self._guessed
        layer = self.layers[node.layer]
        while layer.kind in CHANNELWISE:
            layer = self.layers[layer.inputs[0]]
        return layer.kind not in CONVS or node.layout != layout.plain(node.layout.shape, 1)

    def add(self, operation: Operation) -> None:
        """Lower one operation; what no input reaches is a constant."""
        if operation.name in LEAVING and any(i in self.nodes for i in operation.inputs):
            self.closed = False
            self.unknown.add(f"`{operation.name}` makes a plain number of what depends on the input")
        if not operation.results or all(0 in self.tensors[i].shape for i in operation.results):
            return  # what holds no number depends on none
        if not any(i in self.nodes for i in operation.inputs):
            self._constant(operation)
            return
        if operation.name in CONSTANT or (operation.name == OVERWRITTEN and operation.results[0] not in self.read):
            return
        handler = _HANDLERS.get(operation.name)
        if handler is None or not handler(self, operation):
            self._unknown(operation)

    def _constant(self, operation: Operation) -> None:
        """What no input reaches, such as a weight that is computed from parameters."""
        for known in (self.learned, self.stored):
            if not known.isdisjoint(operation.inputs):
                known.update(operation.results)
        constant(self, operation)

    def node(self, argument: Any) -> Node | None:
        """The node of a tensor argument; ``None`` for constants and for what is no tensor."""
        return self.nodes.get(argument.number) if isinstance(argument, Ref) else None

    def tensor(self, argument: Any) -> Tensor:
        """What is known of a tensor argument."""
        known: Tensor = self.tensors[argument.number]
        return known

    def _unknown(self, operation: Operation) -> None:
        self.unknown.add(_SAID.get(operation.name, f"the operation `{operation.name}` is not understood"))
        inputs = tuple(dict.fromkeys(self.nodes[i].layer for i in operation.inputs if i in self.nodes))
        for number in operation.results:
            shape = self.tensors[number].shape
            self.emit("unknown", operation.module, inputs, (number,), layout.plain(shape, None))

    def emit(
        self,
        kind: str,
        module: str,
        inputs: Sequence[int],
        numbers: Sequence[int],
        made: Layout,
        routes: Sequence[Route | None] = (),
        attrs: Mapping[str, Any] | None = None,
        conv: ConvAttrs | None = None,
        reads: int | None = None,
    ) -> None:
        """A new layer whose first result has the layout; ``reads`` is the tensor whose shape is that of its input.

        Further results (indices) of the same shape depend on the same channels; others that somebody reads are unknown.
        """
        shape = self.tensors[numbers[0]].shape
        details = {**(attrs or {}), "slots": made.slots}
        if any(route is not None for route in routes):
            details["routes"] = tuple(routes)
        number = len(self.layers)
        self.origins.append(self._current)
        self.layers.append(
            Layer(
                id=number,
                kind=kind,
                name=module,
                place=self.places(module),
                conv=conv,
                attrs=details,
                inputs=tuple(inputs),
                in_shape=self.tensors[reads].shape if reads is not None else None,
                out_shape=shape,
                dtype=str(self.tensors[numbers[0]].dtype).removeprefix("torch."),
            )
        )
        self.nodes[numbers[0]] = Node(number, made)
        for other in numbers[1:]:
            self._further(other, numbers[0], module)

    def _further(self, number: int, first: int, module: str) -> None:
        """One more result of an operation whose first one is known."""
        shape: tuple[int, ...] = self.tensors[number].shape
        if shape == self.tensors[first].shape:
            self.nodes[number] = self.nodes[first]
        elif number in self.read and 0 not in shape:
            self.emit("unknown", module, (self.nodes[first].layer,), (number,), layout.plain(shape, None))

    def moved(self, operation: Operation, node: Node, result: int, moved: Moved) -> bool:
        """Data that only moves: no layer where the slots stay, else one that takes them from where they were."""
        made, route = moved
        if made.shape != self.tensors[result].shape:
            return False
        if route is None:
            self.nodes[result] = Node(node.layer, made)
        elif route.blocks is None and sorted(route.taken) == list(range(node.layout.slots)):
            attrs = {"permutation": tuple(route.taken)}
            self.emit("shuffle", operation.module, (node.layer,), (result,), made, (), attrs)
        else:
            self.emit("move", operation.module, (node.layer,), (result,), made, (route,))
        return True


#: What is said of operations that torch has no name for.
_SAID = {OVERWRITTEN: "a write through another view of a tensor is not followed"}


def _read(recording: Recording) -> set[int]:
    """The tensors that somebody reads: memory that was written to through another view may never be."""
    found = set(recording.outputs)
    for operation in reversed(recording.operations):
        if operation.name != OVERWRITTEN or operation.results[0] in found:
            found.update(operation.inputs)
    return found


Handler = Callable[[Lowering, Operation], bool]

_HANDLERS: dict[str, Handler] = {
    "convolution": convolution,
    **ARITHMETIC,
    **MOVEMENT,
    **RESHAPING,
    **JOINTS,
    **LOOKUPS,
    **SEQUENCES,
}
