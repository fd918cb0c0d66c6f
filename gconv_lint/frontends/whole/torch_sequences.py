"""The modules of torch that recur."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gconv_lint.frontends.whole.layer_kinds import Layer, keep, parameter
from gconv_lint.frontends.whole.limits import LAYER
from gconv_lint.frontends.whole.tensors import Tensor
from gconv_lint.frontends.whole.values import Obj, Value

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter


def recurrent_layer(gates: int, states: int) -> Layer:
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
        keep(self, bidirectional=bidirectional, bias=bias, projected=proj_size)
        ways = 2 if bidirectional else 1
        interp.spend(LAYER * num_layers * ways)
        for layer in range(num_layers):
            for way in range(ways):
                tail = f"l{layer}{'_reverse' if way else ''}"
                wide = input_size if layer == 0 else hidden_size * ways
                self.attrs[f"weight_ih_{tail}"] = parameter(gates * hidden_size, wide)
                self.attrs[f"weight_hh_{tail}"] = parameter(gates * hidden_size, hidden_size)
                if bias:
                    self.attrs[f"bias_ih_{tail}"] = parameter(gates * hidden_size)
                    self.attrs[f"bias_hh_{tail}"] = parameter(gates * hidden_size)

    def forward(interp: Interpreter, self: Obj, input: Tensor, hx: Value = None) -> Value:
        own, ways = self.attrs, 2 if self.attrs["bidirectional"] else 1
        made = Tensor((*input.shape[:-1], own["hidden_size"] * ways), input.dtype)
        batch = input.shape[0] if own["batch_first"] else input.shape[1]
        rows = [Tensor((own["num_layers"] * ways, batch, own["hidden_size"]), input.dtype) for _ in range(states)]
        if own["projected"] or len(input.shape) != 3:
            interp.gap(f"the products of `{self.cls.name}` are not counted")
            interp.tape.emit(self.cls.name.lower(), (input,), made, *rows)
        else:
            weights = [value for name, value in own.items() if name.startswith(("weight_", "bias_"))]
            numbers = (own["bias"], own["num_layers"], 0.0, False, own["bidirectional"], own["batch_first"])
            interp.tape.emit(self.cls.name.lower(), (input, hx, weights, *numbers), made, *rows)
        return (made, tuple(rows) if states > 1 else rows[0])

    return Layer(init, forward)
