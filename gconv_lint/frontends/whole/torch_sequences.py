"""The modules of torch that recur: the products of each step, written out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gconv_lint.frontends.whole import torch_creation, torch_parts, torch_shapes
from gconv_lint.frontends.whole.layer_kinds import Layer, keep, parameter
from gconv_lint.frontends.whole.limits import LAYER
from gconv_lint.frontends.whole.tensors import Tensor
from gconv_lint.frontends.whole.torch_arithmetic import elementwise, linear, pointwise
from gconv_lint.frontends.whole.values import Obj, Value

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter

State = tuple[Tensor, ...]


def recurrent_layer(gates: int, states: int) -> Layer:
    """``LSTM`` has four gates and two states, ``GRU`` three and one, ``RNN`` one and one."""

    def init(
        interp: Interpreter,
        self: Obj,
        input_size: Value,
        hidden_size: Value,
        num_layers: Value = 1,
        bias: Value = True,
        batch_first: Value = False,
        dropout: Value = 0.0,
        bidirectional: Value = False,
        proj_size: Value = 0,
        **options: Value,
    ) -> None:
        keep(self, input_size=input_size, hidden_size=hidden_size, num_layers=num_layers, batch_first=batch_first)
        keep(self, bidirectional=bidirectional, bias=bias, proj_size=proj_size)
        if proj_size:
            interp.gap(f"`{self.cls.name}` with `proj_size` is not followed")
        ways = 2 if bidirectional else 1
        interp.spend(LAYER * num_layers * ways)
        for layer in range(num_layers):
            for way in range(ways):
                tail = _tail(layer, way)
                wide = input_size if layer == 0 else hidden_size * ways
                self.attrs[f"weight_ih_{tail}"] = parameter(gates * hidden_size, wide)
                self.attrs[f"weight_hh_{tail}"] = parameter(gates * hidden_size, hidden_size)
                if bias:
                    self.attrs[f"bias_ih_{tail}"] = parameter(gates * hidden_size)
                    self.attrs[f"bias_hh_{tail}"] = parameter(gates * hidden_size)

    def forward(interp: Interpreter, self: Obj, input: Tensor, hx: Value = None) -> Value:
        own, ways = self.attrs, 2 if self.attrs["bidirectional"] else 1
        if own["proj_size"] or len(input.shape) != 3:
            return interp.unknown(f"`{self.cls.name}` is called in a way that is not followed")
        rows = torch_shapes.transpose(interp, input, 0, 1) if own["batch_first"] else input
        begun = _begun(interp, self, hx, states, rows.shape[1], own["num_layers"] * ways)
        ends: list[State] = []
        for layer in range(own["num_layers"]):
            sides = []
            for way in range(ways):
                steps = list(torch_parts.unbind(interp, rows, 0))
                made, end = _run(interp, self, _tail(layer, way), steps[::-1] if way else steps, begun[len(ends)])
                sides.append(torch_parts.stack(interp, made[::-1] if way else made, 0))
                ends.append(end)
            rows = torch_parts.cat(interp, sides, -1) if ways == 2 else sides[0]
        last = tuple(torch_parts.stack(interp, [end[i] for end in ends], 0) for i in range(states))
        output = torch_shapes.transpose(interp, rows, 0, 1) if own["batch_first"] else rows
        return (output, last if states > 1 else last[0])

    return Layer(init, forward)


def _tail(layer: int, way: int) -> str:
    return f"l{layer}{'_reverse' if way else ''}"


def _begun(interp: Interpreter, self: Obj, given: Value, states: int, batch: int, count: int) -> list[State]:
    """The states before the first step, one tuple for each layer and direction."""
    if given is None:
        shape = (count, batch, self.attrs["hidden_size"])
        rows: list[Tensor] = [torch_creation.FUNCTIONS["zeros"](interp, *shape) for _ in range(states)]
    else:
        rows = list(given) if isinstance(given, (tuple, list)) else [given]
    parts = [torch_parts.unbind(interp, row, 0) for row in rows]
    return [tuple(part[i] for part in parts) for i in range(count)]


def _run(interp: Interpreter, self: Obj, tail: str, steps: list[Tensor], state: State) -> tuple[list[Tensor], State]:
    own, made = self.attrs, []
    into = (own[f"weight_ih_{tail}"], own.get(f"bias_ih_{tail}"))
    again = (own[f"weight_hh_{tail}"], own.get(f"bias_hh_{tail}"))
    cell = {1: _rnn, 3: _gru, 4: _lstm}[into[0].shape[0] // own["hidden_size"]]
    for step in steps:
        interp.spend(1)
        state = cell(interp, linear(interp, step, *into), linear(interp, state[0], *again), state)
        made.append(state[0])
    return made, state


def _rnn(interp: Interpreter, fresh: Tensor, kept: Tensor, state: State) -> State:
    return (pointwise("tanh")(interp, elementwise(interp, "add", fresh, kept)),)


def _gru(interp: Interpreter, fresh: Tensor, kept: Tensor, state: State) -> State:
    (a, b, c), (d, e, f) = (torch_parts.chunk(interp, x, 3, 1) for x in (fresh, kept))
    reset, update = (pointwise("sigmoid")(interp, elementwise(interp, "add", x, y)) for x, y in ((a, d), (b, e)))
    new = pointwise("tanh")(interp, elementwise(interp, "add", c, elementwise(interp, "mul", f, reset)))
    change = elementwise(interp, "mul", elementwise(interp, "sub", state[0], new), update)
    return (elementwise(interp, "add", change, new),)


def _lstm(interp: Interpreter, fresh: Tensor, kept: Tensor, state: State) -> State:
    parts = torch_parts.chunk(interp, elementwise(interp, "add", fresh, kept), 4, 1)
    into, forget, out = (pointwise("sigmoid")(interp, parts[i]) for i in (0, 1, 3))
    new = elementwise(interp, "mul", into, pointwise("tanh")(interp, parts[2]))
    cell = elementwise(interp, "add", elementwise(interp, "mul", forget, state[1]), new)
    return (elementwise(interp, "mul", out, pointwise("tanh")(interp, cell)), cell)
