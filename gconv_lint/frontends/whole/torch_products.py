"""The products of attention, written out as torch computes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from gconv_lint.frontends.whole import torch_arithmetic, torch_reductions, torch_shapes
from gconv_lint.frontends.whole.tensors import Tensor
from gconv_lint.frontends.whole.values import Value

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter


def attended(interp: Interpreter, query: Tensor, key: Tensor, value: Tensor, mask: Value) -> tuple[Tensor, Tensor]:
    """``softmax(query @ key.T + mask) @ value`` and the softmax; shapes ``(..., length, width)``."""
    scaled = torch_arithmetic.elementwise(interp, "mul", query, 1.0)
    scores = torch_arithmetic.matmul(interp, scaled, torch_shapes.transpose(interp, key, -2, -1))
    if isinstance(mask, Tensor) and mask.dtype == "bool":
        scores = torch_arithmetic.masked_fill(interp, scores, mask, 0.0)
    elif isinstance(mask, Tensor):
        scores = torch_arithmetic.elementwise(interp, "add", scores, mask)
    weights = torch_reductions.softmax("_softmax")(interp, scores, -1)
    return torch_arithmetic.matmul(interp, weights, value), weights


def scaled_dot_product_attention(
    interp: Interpreter,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Value = None,
    dropout_p: Value = 0.0,
    is_causal: Value = False,
    scale: Value = None,
    enable_gqa: Value = False,
) -> Value:
    if query.shape[-1] != key.shape[-1] or key.shape[-2] != value.shape[-2]:
        raise interp.error("RuntimeError", "the sizes of query, key and value do not fit")
    if enable_gqa is True:
        times = query.shape[-3] // key.shape[-3]
        key, value = (torch_shapes.repeat_interleave(interp, each, times, len(each.shape) - 3) for each in (key, value))
    return attended(interp, query, key, value, attn_mask)[0]


FUNCTIONS: dict[str, Callable[..., Value]] = {"scaled_dot_product_attention": scaled_dot_product_attention}
