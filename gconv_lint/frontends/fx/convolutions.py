"""Convolutions of a recorded run: of modules and functional ones, also the one that torch refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gconv_lint.channels import alignment, layout
from gconv_lint.channels.route import Route
from gconv_lint.frontends.fx.recorded import is_convolution
from gconv_lint.model.layers import ConvAttrs, Layer

if TYPE_CHECKING:
    from gconv_lint.frontends.fx.lowering import Lowering, Node
    from gconv_lint.frontends.fx.recorded import Operation


def convolution(low: Lowering, operation: Operation) -> bool:
    """A convolution, of a module or functional; a computed weight is an input too."""
    data, weight = operation.arguments[:2]
    node = low.node(data)
    if node is None:
        return False
    conv = attributes(low, operation)
    of_module = conv.weight_shape is None
    shape = low.tensors[operation.results[0]].shape
    narrow, blocks = layout.reduced(node.layout, [i for i in range(len(shape)) if i != 1], True)
    wide = alignment.aligned([narrow, layout.plain((1, node.layout.shape[1], *(1,) * (len(shape) - 2)), 1)])
    if wide is None:
        return False
    computed = low.node(weight)
    source = _as_channels(low, operation, node, behind(blocks, wide[1][0]))
    inputs = (source, *((computed.layer,) if computed is not None else ()))
    made = layout.plain(shape, 1)
    kind = "conv" if of_module else "functional_conv"
    attrs = {"trainable": weight.number in low.learned, "parameter": weight.number in low.stored}
    if node.layout.varies(0):
        # The batch holds channels, or what varies with them: each of these is convolved by itself, with shared weights.
        attrs["folded"] = True
        low.unknown.add("a convolution over channels that are folded into the batch is not followed")
    low.emit(kind, operation.module, inputs, operation.results, made, (), attrs, conv, data.number)
    return True


def _as_channels(low: Lowering, operation: Operation, node: Node, route: Route | None) -> int:
    """The layer of a tensor whose slots are its channels, a new one where they are not yet."""
    if route is None:
        return node.layer
    number, shape = len(low.layers), low.tensor(operation.arguments[0]).shape
    low.origins.append(operation)
    low.layers.append(
        Layer(
            id=number,
            kind="move",
            name=operation.module,
            place=low.places(operation.module),
            attrs={"slots": len(route.taken), "routes": (route,)},
            inputs=(node.layer,),
            out_shape=shape,
        )
    )
    return number


def attributes(low: Lowering, operation: Operation) -> ConvAttrs:
    """The arguments of a convolution; its weight's shape where that is not the own one of a module."""
    _, weight, bias, stride, padding, dilation, transposed, _, groups = operation.arguments[:9]
    kernel = low.tensor(weight)
    first, second = kernel.shape[0], kernel.shape[1] * groups
    of_module = is_convolution(operation.layer) and _is_own(low, operation, operation.layer)
    return ConvAttrs(
        rank=len(kernel.shape) - 2,
        in_channels=first if transposed else second,
        out_channels=second if transposed else first,
        kernel_size=tuple(kernel.shape[2:]),
        stride=tuple(stride),
        padding=tuple(padding),
        dilation=tuple(dilation),
        groups=groups,
        bias=bias is not None,
        transposed=transposed,
        weight_shape=None if of_module else kernel.shape,
    )


def _is_own(low: Lowering, operation: Operation, layer: Any) -> bool:
    """Whether a weight is that of the module that runs, as it is stored or computed from what is (weight norm)."""
    weight, groups = operation.arguments[1], operation.arguments[8]
    kernel = low.tensor(weight)
    if kernel.name:
        return kernel.name.endswith("weight")
    inside, outside = layer.in_channels, layer.out_channels
    first, second = (inside, outside) if operation.arguments[6] else (outside, inside)
    expected = (first, second // layer.groups, *layer.kernel_size)
    return weight.number in low.stored and groups == layer.groups and tuple(kernel.shape) == expected


def refuse(low: Lowering, operation: Operation, *, misled: bool) -> None:
    """The convolution that ended the run, without an output; ``misled`` by a guess, it has no input that counts."""
    data = operation.arguments[0] if operation.name == "convolution" else None
    node = low.node(data)
    if node is None:
        return
    conv, trainable = attributes(low, operation), operation.arguments[1].number in low.learned
    if misled and conv.weight_shape is None:
        return
    _, blocks = layout.reduced(node.layout, [i for i in range(len(node.layout.shape)) if i != 1], True)
    low.origins.append(operation)
    layer = Layer(
        id=len(low.layers),
        kind="conv" if conv.weight_shape is None else "functional_conv",
        name=operation.module,
        place=low.places(operation.module),
        conv=conv,
        attrs={"trainable": trainable, **({"routes": (blocks,)} if blocks is not None else {})},
        inputs=(node.layer,),
        in_shape=None if misled else low.tensor(data).shape,
    )
    low.layers.append(layer)


def behind(first: Route | None, second: Route | None) -> Route | None:
    """Two routes one behind the other, the first of which may put slots together."""
    if first is None or second is None:
        return second if first is None else first
    return Route(taken=tuple(first.taken[i] if i >= 0 else -1 for i in second.taken), blocks=first.blocks)
