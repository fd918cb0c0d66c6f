"""What is known of frequent operations is what torch makes of them; the rest is left to torch."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
import torch
from torch import Tensor

from gconv_lint.frontends.fx.known import known
from gconv_lint.frontends.fx.recording import Recorder

aten = torch.ops.aten


def t(*sizes: int, dtype: torch.dtype = torch.float32) -> Tensor:
    return torch.empty(*sizes, dtype=dtype, device="meta")


CONV = (None, [2, 1], [1, 0], [1, 2], False, [0, 0], 2)
KNOWN: list[tuple[Any, tuple[Any, ...]]] = [
    (aten.relu.default, (t(2, 3, 4),)),
    (aten.relu.default, (t(2, 1, 3, 1),)),
    (aten.silu.default, (t(5),)),
    (aten._prelu_kernel.default, (t(2, 3, 4, 4), t(1, 3, 1, 1))),
    (aten.add.Tensor, (t(2, 3, 4, 4), t(2, 3, 1, 1))),
    (aten.mul.Tensor, (t(2, 3), 0.5)),
    (aten.mm.default, (t(3, 4), t(5, 4).t())),
    (aten.bmm.default, (t(2, 3, 4), t(2, 4, 5))),
    (aten.addmm.default, (t(5), t(3, 4), t(5, 4).t())),
    (aten.mean.dim, (t(2, 3, 4, 4), [2, -1], True)),
    (aten.mean.dim, (t(2, 3, 4, 4), [2, 3])),
    (aten.cat.default, ([t(2, 3, 4), t(2, 5, 4)], 1)),
    (aten.cat.default, ([t(2, 3, 4), t(2, 3, 1)], -1)),
    (aten.convolution.default, (t(2, 8, 9, 7), t(6, 4, 3, 2), *CONV)),
    (aten.convolution.default, (t(2, 8, 9), t(6, 8, 3), t(6), [1], [1], [1], False, [0], 1)),
    (aten.native_batch_norm.default, (t(2, 3, 4), t(3), t(3), t(3), t(3), False, 0.1, 1e-5)),
]
OPEN: list[tuple[str, tuple[Any, ...]]] = [
    ("relu", (t(2, 3, dtype=torch.int64),)),
    ("relu", (t(2, 3, 4, 5).permute(0, 3, 1, 2),)),
    ("add", (t(2, 3), t(4, 2, 3))),
    ("add", (t(2, 1), t(2, 3))),
    ("add", (t(2, 3), t(2, 3, dtype=torch.float64))),
    ("mm", (t(3, 4), t(3, 4))),
    ("addmm", (t(4), t(3, 4), t(4, 5))),
    ("mean", (t(2, 3), [2])),
    ("mean", (t(2, 3),)),
    ("cat", ([t(2, 3), t(2, 3, 4)], 1)),
    ("cat", ([t(2, 3), t(3, 3)], 1)),
    ("convolution", (t(2, 8, 2, 2), t(6, 8, 3, 3), None, [1, 1], [0, 0], [1, 1], False, [0, 0], 1)),
    ("convolution", (t(2, 8, 4), t(8, 6, 3), None, [1], [0], [1], True, [0], 1)),
    ("native_batch_norm", (t(2, 3, 4), t(3), t(3), t(3), t(3), True, 0.1, 1e-5)),
    ("softmax", (t(2, 3), 1)),
]


def _facts(made: Any) -> list[tuple[Any, ...]]:
    first = made if isinstance(made, Tensor) else made[0]
    return [(tuple(first.shape), first.dtype, first.stride(), first.device.type)]


@pytest.mark.parametrize(("operation", "arguments"), KNOWN, ids=lambda each: str(each)[:24])
def test_known_results_are_those_of_torch(operation: Any, arguments: tuple[Any, ...]) -> None:
    made = known(operation.overloadpacket.__name__, arguments, {})
    assert made is not None
    assert _facts(made) == _facts(operation(*arguments))


@pytest.mark.parametrize(("name", "arguments"), OPEN, ids=lambda each: str(each)[:24])
def test_what_is_not_plain_is_left_to_torch(name: str, arguments: tuple[Any, ...]) -> None:
    assert known(name, arguments, {}) is None


def test_activations_in_place_give_their_own_tensor() -> None:
    data = t(2, 3)
    assert known("relu_", (data,), {}) is data


def test_recording_does_not_load_the_compiler_of_torch() -> None:
    """Torch loads it, for a second, where a mode has its ``__torch_dispatch__`` kept from being compiled."""
    assert inspect.unwrap(Recorder.__torch_dispatch__) is Recorder.__torch_dispatch__
