"""The modules of torch that attend or recur."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gconv_lint.frontends.whole.layer_kinds import Layer, keep, parameter
from gconv_lint.frontends.whole.limits import LAYER
from gconv_lint.frontends.whole.tensors import Tensor
from gconv_lint.frontends.whole.values import Obj, Value

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter


def attention_layer() -> Layer:
    def init(
        interp: Interpreter,
        self: Obj,
        embed_dim: Value,
        num_heads: Value,
        dropout: Value = 0.0,
        bias: Value = True,
        add_bias_kv: Value = False,
        add_zero_attn: Value = False,
        kdim: Value = None,
        vdim: Value = None,
        batch_first: Value = False,
        **options: Value,
    ) -> None:
        keep(self, embed_dim=embed_dim, num_heads=num_heads, batch_first=batch_first)
        wide = [d or embed_dim for d in (kdim, vdim)]
        if wide == [embed_dim, embed_dim]:
            self.attrs["in_proj_weight"] = parameter(3 * embed_dim, embed_dim)
        else:
            for name, size in zip(("q", "k", "v"), (embed_dim, *wide), strict=True):
                self.attrs[f"{name}_proj_weight"] = parameter(embed_dim, size)
        if bias:
            self.attrs["in_proj_bias"] = parameter(3 * embed_dim)
        self.attrs["out_proj"] = interp.call(interp.modules_of.cls("Linear"), [embed_dim, embed_dim, bias], {}, None)
        if add_bias_kv:
            self.attrs["bias_k"], self.attrs["bias_v"] = parameter(1, 1, embed_dim), parameter(1, 1, embed_dim)

    def forward(interp: Interpreter, self: Obj, query: Tensor, key: Tensor, value: Tensor, **options: Value) -> Value:
        made = Tensor(query.shape, query.dtype)
        interp.gap("the products of `MultiheadAttention` are not counted")
        return (interp.tape.emit("multi_head_attention", (query, key, value), made), None)

    return Layer(init, forward)


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
