"""What a run computes beside its inputs: it costs what it costs, and no channel of an input is in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gconv_lint.channels import layout
from gconv_lint.frontends.fx.convolutions import attributes

if TYPE_CHECKING:
    from gconv_lint.frontends.fx.lowering import Lowering
    from gconv_lint.frontends.fx.recorded import Operation

#: Products of matrices, by the position of the left one among their arguments.
_LEFT = {"mm": 0, "bmm": 0, "addmm": 1, "baddbmm": 1}


def constant(low: Lowering, operation: Operation) -> None:
    """A layer for an operation that multiplies, which nothing reads: its result stays a constant."""
    name, arguments = operation.name, operation.arguments
    if operation.results[0] in low.nodes:  # a question starts in the midst of the run, here
        return
    if name == "convolution":
        conv, attrs, data = attributes(low, operation), {}, arguments[0]
    elif name in _LEFT:
        conv, data = None, arguments[_LEFT[name]]
        attrs = {"inner": low.tensor(data).shape[-1]}
    else:
        return
    made = layout.plain(low.tensors[operation.results[0]].shape, None)
    low.emit("constant", operation.module, (), operation.results, made, (), attrs, conv, data.number)
    del low.nodes[operation.results[0]]
