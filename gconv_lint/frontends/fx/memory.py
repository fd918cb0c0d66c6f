"""Tensors as views of memory: which part of it they look at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch


def memory(tensor: torch.Tensor) -> int:
    """The memory that a tensor looks at; views of one tensor share it."""
    address: int = tensor.untyped_storage()._cdata
    return address


def place(tensor: torch.Tensor) -> tuple[Any, ...]:
    """Where in its memory a tensor lies."""
    return tensor.storage_offset(), tuple(tensor.shape), tensor.stride()


def cut(part: torch.Tensor, whole: torch.Tensor) -> tuple[int, int, int, bool] | None:
    """``(axis, start, stop, drops)`` where a view is ``whole[.., start:stop, ..]``, or has one position and drops the
    axis; ``None`` for any other view.
    """
    drops = part.dim() == whole.dim() - 1
    if not drops and part.dim() != whole.dim():
        return None
    offset = int(part.storage_offset()) - int(whole.storage_offset())
    for axis, step in enumerate(whole.stride()):
        seen = part.unsqueeze(axis) if drops else part
        start, rest = divmod(offset, step) if step else (0, offset)
        stop = start + seen.shape[axis]
        if rest == 0 and start >= 0 and stop <= whole.shape[axis] and _is_cut(seen, whole, axis):
            return axis, start, stop, drops
    return None


def _is_cut(part: torch.Tensor, whole: torch.Tensor, axis: int) -> bool:
    """Whether two views have the same sizes and strides but for the size of an axis."""
    return all(
        (a == b or i == axis) and (s == t or a == 1)
        for i, (a, b, s, t) in enumerate(zip(part.shape, whole.shape, part.stride(), whole.stride(), strict=True))
    )


def apart(a: torch.Tensor, b: torch.Tensor) -> bool:
    """Whether two views of one memory have no element in common, as the parts of a split; ``False`` if unsure."""
    steps = a.stride()
    if steps != b.stride() or len(set(steps)) != len(steps) or 0 in steps:
        return False
    rest, ranges = (a.storage_offset(), b.storage_offset()), []
    for axis in sorted(range(len(steps)), key=lambda i: -steps[i]):
        starts = tuple(offset // steps[axis] for offset in rest)
        rest = (rest[0] % steps[axis], rest[1] % steps[axis])
        ranges.append((starts[0], starts[0] + a.shape[axis], starts[1], starts[1] + b.shape[axis]))
    return any(end_a <= start_b or end_b <= start_a for start_a, end_a, start_b, end_b in ranges)
