"""``einsum``, as the permutations, sums and products that torch makes of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import TYPE_CHECKING

from gconv_lint.frontends.whole import torch_arithmetic, torch_reductions, torch_shapes
from gconv_lint.frontends.whole.tensors import Tensor
from gconv_lint.frontends.whole.values import Value

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter


def einsum(interp: Interpreter, equation: Value, *operands: Value) -> Value:
    """``torch.einsum`` of one or two tensors by letters. Raises ``Raised`` where sizes do not fit."""
    if len(operands) == 1 and isinstance(operands[0], (list, tuple)):
        operands = tuple(operands[0])
    if not isinstance(equation, str) or not all(isinstance(each, Tensor) for each in operands):
        return interp.unknown("`einsum` of something that is no tensor")
    left, arrow, right = equation.replace(" ", "").partition("->")
    labels = left.split(",")
    if not all("".join(labels).isalpha() and len(set(each)) == len(each) for each in labels) or len(operands) > 2:
        return interp.unknown("`einsum` with dots, diagonals or many tensors is not followed")
    joined = "".join(labels)
    out = right if arrow else "".join(sorted(c for c in set(joined) if joined.count(c) == 1))
    order = out + "".join(sorted(set(joined) - set(out)))
    _check(interp, labels, operands)
    rows = [_laid_out(interp, x, own, order) for x, own in zip(operands, labels, strict=True)]
    if len(rows) == 1:
        sums = list(range(len(out), len(order)))
        return torch_reductions.reduction("sum")(interp, rows[0], sums) if sums else rows[0]
    return _contracted(interp, rows[0], rows[1], len(out))


def _check(interp: Interpreter, labels: Sequence[str], operands: Sequence[Tensor]) -> None:
    sizes: dict[str, int] = {}
    for own, x in zip(labels, operands, strict=True):
        if len(own) != len(x.shape):
            said = f"einsum(): the number of subscripts does not match the number of dimensions ({len(x.shape)})"
            raise interp.error("RuntimeError", said)
        for label, size in zip(own, x.shape, strict=True):
            if size != 1 and sizes.setdefault(label, size) != size:
                said = f"einsum(): operands do not broadcast with remapped shapes: {sizes[label]} and {size}"
                raise interp.error("RuntimeError", said)


def _laid_out(interp: Interpreter, x: Tensor, own: str, order: str) -> Tensor:
    """A tensor with an axis for each label, in their order."""
    missing = [label for label in order if label not in own]
    for _ in missing:
        x = torch_shapes.unsqueeze(interp, x, -1)
    places = own + "".join(missing)
    made: Tensor = torch_shapes.permute(interp, x, *(places.index(label) for label in order))
    return made


def _contracted(interp: Interpreter, a: Tensor, b: Tensor, kept: int) -> Value:
    """The product of two tensors, summed up over the axes behind those that are kept."""
    rank = len(a.shape)
    total = torch_reductions.reduction("sum")
    alone = [[i for i in range(kept, rank) if x.shape[i] != 1 and y.shape[i] == 1] for x, y in ((a, b), (b, a))]
    a, b = (total(interp, x, axes, True) if axes else x for x, axes in zip((a, b), alone, strict=True))
    sums = [i for i in range(kept, rank) if a.shape[i] != 1 and b.shape[i] != 1]
    made = _multiplied(interp, a, b, sums) if sums else torch_arithmetic.elementwise(interp, "mul", a, b)
    return torch_shapes.view(interp, made, *made.shape[:kept]) if rank > kept else made


def _multiplied(interp: Interpreter, a: Tensor, b: Tensor, sums: Sequence[int]) -> Tensor:
    """Batches of products of matrices; the axes that are summed up have size 1."""
    rest = [i for i in range(len(a.shape)) if i not in sums]
    both = [i for i in rest if a.shape[i] != 1 and b.shape[i] != 1]
    left = [i for i in rest if i not in both and a.shape[i] != 1]
    right = [i for i in rest if i not in both and i not in left]
    wide = [i for i in right if b.shape[i] != 1]
    if left and wide and wide[0] < left[0]:  # torch has the axis that comes first in front
        return _multiplied(interp, b, a, sums)
    count, width = prod(a.shape[i] for i in both), prod(a.shape[i] for i in sums)
    first = torch_shapes.permute(interp, a, *both, *left, *sums, *right)
    first = torch_shapes.reshape(interp, first, count, prod(a.shape[i] for i in left), width)
    second = torch_shapes.permute(interp, b, *both, *sums, *right, *left)
    second = torch_shapes.reshape(interp, second, count, width, prod(b.shape[i] for i in right))
    made = torch_arithmetic.bmm(interp, first, second)
    sizes = [a.shape[i] for i in (*both, *left)] + [1] * len(sums) + [b.shape[i] for i in right]
    order = [*both, *left, *sums, *right]
    parted = torch_shapes.view(interp, made, *sizes)
    back: Tensor = torch_shapes.permute(interp, parted, *(order.index(i) for i in range(len(order))))
    return back


FUNCTIONS: dict[str, Callable[..., Value]] = {"einsum": einsum}
