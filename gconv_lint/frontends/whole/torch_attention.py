"""Attention: the products that torch computes for it, written out."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from gconv_lint.frontends.whole import torch_arithmetic, torch_parts, torch_reductions, torch_shapes
from gconv_lint.frontends.whole.layer_kinds import Layer, keep, parameter
from gconv_lint.frontends.whole.tensors import Tensor
from gconv_lint.frontends.whole.torch_indexing import broadcast
from gconv_lint.frontends.whole.torch_products import attended
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
        if embed_dim % num_heads:
            raise interp.error("AssertionError", "embed_dim must be divisible by num_heads")
        keep(self, embed_dim=embed_dim, num_heads=num_heads, batch_first=batch_first, add_zero_attn=add_zero_attn)
        wide = [d or embed_dim for d in (kdim, vdim)]
        keep(self, _qkv_same_embed_dim=wide == [embed_dim, embed_dim], in_proj_weight=None, in_proj_bias=None)
        keep(self, bias_k=None, bias_v=None, dropout=dropout, head_dim=embed_dim // num_heads)
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

    return Layer(init, _forward)


def _forward(
    interp: Interpreter,
    self: Obj,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    key_padding_mask: Value = None,
    need_weights: Value = True,
    attn_mask: Value = None,
    average_attn_weights: Value = True,
    is_causal: Value = False,
) -> Value:
    if self.attrs["bias_k"] is not None or self.attrs["add_zero_attn"] is True:
        return interp.unknown("`MultiheadAttention` with rows that are added to keys is not followed")
    flat = len(query.shape) == 2
    given = [query, key, value]
    if flat:
        given = _each(given, lambda x: torch_shapes.unsqueeze(interp, x, 1))
    elif self.attrs["batch_first"]:
        given = _each(given, lambda x: torch_shapes.transpose(interp, x, 0, 1))
    heads = [_split(interp, self, x) for x in _projected(interp, self, given)]
    made, weights = attended(interp, heads[0], heads[1], heads[2], _mask(interp, self, attn_mask, heads))
    length, batch, width = given[0].shape
    rows = torch_shapes.reshape(interp, torch_shapes.transpose(interp, made, 0, 1), length * batch, width)
    out = self.attrs["out_proj"].attrs
    made = torch_arithmetic.linear(interp, rows, out["weight"], out["bias"])
    made = torch_shapes.view(interp, made, length, batch, width)
    if flat:
        made = torch_shapes.squeeze(interp, made, 1)
    elif self.attrs["batch_first"]:
        made = torch_shapes.transpose(interp, made, 0, 1)
    return (made, _shown(interp, self, weights, batch, average_attn_weights) if need_weights is True else None)


def _each(given: list[Tensor], move: Callable[[Tensor], Tensor]) -> list[Tensor]:
    """Each tensor moved, those that are the same once."""
    made = {id(x): move(x) for x in given}
    return [made[id(x)] for x in given]


def _projected(interp: Interpreter, self: Obj, given: list[Tensor]) -> list[Tensor]:
    """Queries, keys and values as the matrices of weights make them."""
    own, bias = self.attrs, self.attrs["in_proj_bias"]
    query, key, value = given
    if own["in_proj_weight"] is not None and query is key is value:
        both = torch_arithmetic.linear(interp, query, own["in_proj_weight"], bias)
        return list(torch_parts.chunk(interp, both, 3, -1))
    biases = torch_parts.chunk(interp, bias, 3, 0) if bias is not None else [None] * 3
    if own["in_proj_weight"] is not None:
        weights = torch_parts.chunk(interp, own["in_proj_weight"], 3, 0)
    else:
        weights = [own[f"{name}_proj_weight"] for name in ("q", "k", "v")]
    rows = zip(given, weights, biases, strict=True)
    return [torch_arithmetic.linear(interp, x, weight, b) for x, weight, b in rows]


def _split(interp: Interpreter, self: Obj, x: Tensor) -> Tensor:
    """``(length, batch, width)`` as ``(batch * heads, length, width / heads)``."""
    length, batch, width = x.shape
    heads = self.attrs["num_heads"]
    parts = torch_shapes.reshape(interp, x, length, batch * heads, width // heads)
    made: Tensor = torch_shapes.transpose(interp, parts, 0, 1)
    return made


def _mask(interp: Interpreter, self: Obj, mask: Value, heads: list[Tensor]) -> Value:
    """A mask for all heads, if there is one that fits."""
    if isinstance(mask, Tensor):
        broadcast(interp, mask.shape, (heads[0].shape[0], heads[0].shape[1], heads[1].shape[1]))
    return mask


def _shown(interp: Interpreter, self: Obj, weights: Tensor, batch: int, average: Value) -> Tensor:
    heads = self.attrs["num_heads"]
    made: Tensor = torch_shapes.view(interp, weights, batch, heads, *weights.shape[1:])
    return torch_reductions.reduction("mean")(interp, made, 1) if average is True else made
