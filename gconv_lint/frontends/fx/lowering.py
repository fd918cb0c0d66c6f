"""Lowers a recorded run to a layer graph: what each operation does to the channels that its tensors depend on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import Any, NamedTuple

from gconv_lint.channels import alignment, layout
from gconv_lint.channels.layout import Layout, Moved
from gconv_lint.channels.route import Route, everything
from gconv_lint.frontends.fx.constants import constant
from gconv_lint.frontends.fx.convolutions import behind, convolution, refuse
from gconv_lint.frontends.fx.movement import MOVEMENT
from gconv_lint.frontends.fx.operations import CHANNELWISE, CONSTANT, ELEMENTWISE, LEAVING, MIXING, NORMS, REDUCTIONS
from gconv_lint.frontends.fx.recording import OVERWRITTEN, Operation, Recording, Ref, Tensor
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
    """The graph so far; handlers add to it and say whether they understood their operation."""

    def __init__(self, recording: Recording, places: Places) -> None:
        self.recording = recording
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
        for number in recording.inputs:
            self.emit("input", "", (), (number,), layout.plain(self.tensors[number].shape, self._channel_axis(number)))

    def _channel_axis(self, number: int) -> int | None:
        """The axis of an input's channels: the second, but the first where the model adds a batch of one."""
        rank = len(self.tensors[number].shape)
        adds = (o for o in self.recording.operations if o.name == "unsqueeze" and o.arguments == (Ref(number), 0))
        return 0 if any(adds) else 1 if rank > 1 else None

    def graph(self, name: str) -> LayerGraph:
        """Everything lowered. Raises ``ValueError`` when the graph is not in order."""
        for operation in self.recording.operations:
            self._current = operation
            self.add(operation)
        if self.recording.refused is not None:
            refuse(self, self.recording.refused)
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

    def add(self, operation: Operation) -> None:
        """Lower one operation; what no input reaches is a constant."""
        if operation.name in LEAVING and any(i in self.nodes for i in operation.inputs):
            self.closed = False
            self.unknown.add(f"`{operation.name}` makes a plain number of what depends on the input")
        if not operation.results or all(0 in self.tensors[i].shape for i in operation.results):
            return  # what holds no number depends on none
        if not any(i in self.nodes for i in operation.inputs):
            constant(self, operation)
            return
        if operation.name in CONSTANT or (operation.name == OVERWRITTEN and operation.results[0] not in self.read):
            return
        handler = _HANDLERS.get(operation.name)
        if handler is None or not handler(self, operation):
            self._unknown(operation)

    def node(self, argument: Any) -> Node | None:
        """The node of a tensor argument; ``None`` for constants and for what is no tensor."""
        return self.nodes.get(argument.number) if isinstance(argument, Ref) else None

    def tensor(self, argument: Any) -> Tensor:
        """What is known of a tensor argument."""
        known: Tensor = self.tensors[argument.number]
        return known

    def _unknown(self, operation: Operation) -> None:
        self.unknown.add(f"the operation `{operation.name}` is not understood")
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

        Further results (statistics, indices) are taken for constants.
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

    def channelwise(self, operation: Operation) -> bool:
        """One tensor in, one of the same dependence out; along axes whose size changes it is taken to be mixed."""
        node = self.node(operation.arguments[0])
        if node is None or any(i in self.nodes for i in operation.inputs[1:]):
            return self.elementwise(operation)
        shape = self.tensors[operation.results[0]].shape
        made, route = node.layout, None
        if shape != made.shape:
            if len(shape) != len(made.shape):
                return False
            changed = [i for i, size in enumerate(shape) if size != made.shape[i]]
            if any(i < 2 for i in changed):
                return False
            mixed, route = layout.reduced(made, [i for i in range(2, len(shape)) if made.varies(i)], True)
            made = Layout((*mixed.axes[:2], *layout.plain(shape, None).axes[2:]))
        kind = "global_pool" if operation.name == "_adaptive_avg_pool2d" and prod(shape[2:]) == 1 else "channelwise"
        attrs = {"op": CHANNELWISE.get(operation.name, operation.name)}
        self.emit(kind, operation.module, (node.layer,), operation.results, made, (route,), attrs)
        return True

    def elementwise(self, operation: Operation) -> bool:
        """Tensors that broadcast together."""
        numbers = [i for i in dict.fromkeys(operation.inputs) if i in self.nodes]
        nodes = [self.nodes[i] for i in numbers]
        constants = [self.tensors[i].shape for i in operation.inputs if i not in self.nodes]
        found = alignment.aligned([*(n.layout for n in nodes), *(layout.plain(shape, None) for shape in constants)])
        shape = self.tensors[operation.results[0]].shape
        if found is None:
            return self.mixed(operation, nodes, shape)
        if found[0].shape != shape:
            return False
        kind = ELEMENTWISE.get(operation.name, "add")
        routes = found[1][: len(nodes)]
        if len(nodes) == 1 and routes[0] is None:
            kind = "channelwise"
        attrs = {"op": operation.name} if kind == "channelwise" else None
        self.emit(kind, operation.module, [n.layer for n in nodes], operation.results, found[0], routes, attrs)
        return True

    def product(self, operation: Operation) -> bool:
        """``mm``, ``addmm``, ``bmm``: rows of the left matrix with columns of the right one."""
        left, right = (operation.arguments[1:3] if "add" in operation.name else operation.arguments)[:2]
        shape = self.tensors[operation.results[0]].shape
        inputs, layouts = [], []
        for side, gone in ((self.node(left), len(shape) - 1), (self.node(right), len(shape) - 2)):
            if side is not None:
                inputs.append(side.layer)
                layouts.append(layout.reduced(side.layout, [gone], True))
        if not inputs:
            return False
        dense = len(inputs) == 1
        # What a matrix of weights makes is seeded by its own number; it varies along the axis that the matrix brings.
        fresh = None if not dense else len(shape) - (1 if self.node(right) is None else 2)
        found = alignment.aligned([*(made for made, _ in layouts), layout.plain(shape, fresh)])
        if found is None:
            nodes = [node for node in (self.node(left), self.node(right)) if node is not None]
            return self.mixed(operation, nodes, shape)
        if found[0].shape != shape:
            return False
        routes = [behind(before, after) for (_, before), after in zip(layouts, found[1], strict=False)]
        weights = self.tensor(left if self.node(left) is None else right)
        attrs = {
            "inner": self.tensor(left).shape[-1],
            "weights": prod(weights.shape) if dense else 0,
            "bias": operation.name == "addmm",
        }
        kind, data = "linear" if dense else "product", right if self.node(left) is None else left
        self.emit(kind, operation.module, inputs, operation.results, found[0], routes, attrs, None, data.number)
        return True

    def mixed(self, operation: Operation, nodes: Sequence[Node], shape: Sequence[int]) -> bool:
        """A tensor with too many positions to look at: each depends on everything."""
        routes = [everything(node.layout.slots) for node in nodes]
        layers = [node.layer for node in nodes]
        self.emit("move", operation.module, layers, operation.results, layout.plain(shape, None), routes)
        return True

    def reduction(self, operation: Operation) -> bool:
        """``mean``, ``sum`` and their like over some axes."""
        if len(operation.arguments) > 1 and isinstance(operation.arguments[1], Ref):
            return self.elementwise(operation)  # the maximum of two tensors
        node, axes = self.node(operation.arguments[0]), _axes(operation)
        if node is None:
            return False
        rank = len(node.layout.axes)
        over = range(rank) if axes is None else [axis % rank for axis in axes]
        keep = len(self.tensors[operation.results[0]].shape) == rank
        made, route = layout.reduced(node.layout, over, keep)
        if made.shape != self.tensors[operation.results[0]].shape:
            return False
        space = route is None and all(axis >= 2 for axis in over) and len(list(over)) == rank - 2
        kind = "global_pool" if space else "channelwise" if route is None else "move"
        self.emit(kind, operation.module, (node.layer,), operation.results, made, (route,), {"op": operation.name})
        return True

    def mixture(self, operation: Operation) -> bool:
        """Norms and softmax: the tensor as it was, everything mixed along some axes."""
        node = self.node(operation.arguments[0])
        if node is None:
            return False
        rank = len(node.layout.axes)
        if operation.name == "native_group_norm":
            return self._group_norm(operation, node)
        given = operation.arguments[1]
        over = [given % rank] if isinstance(given, int) else range(rank - len(given), rank)
        made, route = layout.mixed(node.layout, over)
        self.emit("move", operation.module, (node.layer,), operation.results, made, (route,))
        return True

    def _group_norm(self, operation: Operation, node: Node) -> bool:
        groups = operation.arguments[6]
        channels = node.layout.shape[1]
        split, cut = layout.viewed(
            node.layout, (node.layout.shape[0], groups, channels // groups, *node.layout.shape[2:])
        )
        if cut is not None:
            return False
        made, route = layout.mixed(split, range(2, len(split.axes)))
        attrs = {"num_groups": groups}
        self.emit("move", operation.module, (node.layer,), operation.results, node.layout, (route,), attrs)
        return made.slots == node.layout.slots


def _read(recording: Recording) -> set[int]:
    """The tensors that somebody reads: memory that was written to through another view may never be."""
    found = set(recording.outputs)
    for operation in reversed(recording.operations):
        if operation.name != OVERWRITTEN or operation.results[0] in found:
            found.update(operation.inputs)
    return found


def _axes(operation: Operation) -> Sequence[int] | None:
    at = 2 if operation.name in NORMS else 1
    given = operation.arguments[at] if len(operation.arguments) > at else operation.options.get("dim")
    if isinstance(given, int):
        return (given,)
    return given if given else None


Handler = Callable[[Lowering, Operation], bool]


_HANDLERS: dict[str, Handler] = {
    **dict.fromkeys(CHANNELWISE, Lowering.channelwise),
    **dict.fromkeys(ELEMENTWISE, Lowering.elementwise),
    **dict.fromkeys(REDUCTIONS, Lowering.reduction),
    **dict.fromkeys(MIXING, Lowering.mixture),
    **dict.fromkeys(("mm", "addmm", "bmm", "baddbmm"), Lowering.product),
    "convolution": convolution,
    **MOVEMENT,
}
