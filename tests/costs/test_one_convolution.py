"""The 32 ways to write one convolution that counters of operations disagree about, with the true counts.

Each row is exact, by the formula, by torch's own counter of a forward pass, and in the table that users see.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from gconv_lint.costs import table
from gconv_lint.frontends.fx.lowering import lower
from gconv_lint.frontends.fx.owners import owners
from gconv_lint.frontends.fx.recording import record
from gconv_lint.model.places import Place


class Sub(nn.Conv2d):
    """A subclass."""


class Odd(nn.Conv2d):
    """A subclass whose name says nothing."""


class Standardised(nn.Conv2d):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        weight = self.weight - self.weight.mean((1, 2, 3), keepdim=True)
        return F.conv2d(x, weight, self.bias, self.stride, self.padding, self.dilation, self.groups)


class Function(nn.Module):
    """A weight of its own and a function of the input and it."""

    def __init__(self, shape: Sequence[int], run: Callable[..., torch.Tensor]) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(*shape))
        self.run = run

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.run(x, self.weight)


class Twice(nn.Module):
    def __init__(self, conv: nn.Module) -> None:
        super().__init__()
        self.conv = conv

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.conv(self.conv(x))


class Parents(nn.Module):
    def __init__(self, conv: nn.Module) -> None:
        super().__init__()
        self.a, self.b = nn.Sequential(conv), nn.Sequential(conv)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.a(x) + self.b(x)


class Dynamic(nn.Module):
    """A kernel made of the input, the batch folded into the groups."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        b, c, h, w = x.shape
        weight = x.mean((2, 3)).view(b * c, 1, 1, 1).expand(-1, c, 3, 3)
        return F.conv2d(x.reshape(1, b * c, h, w), weight, padding=1, groups=b).view(b, c, h, w)


def einsum(x: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    return torch.einsum("bgihw,goi->bgohw", x.view(-1, 4, 4, 14, 14), weight).reshape(-1, 32, 14, 14)


class Row(NamedTuple):
    model: nn.Module
    macs: int
    params: int
    shape: tuple[int, ...] = (1, 16, 14, 14)


def conv(*words: int, kind: type[nn.Module] = nn.Conv2d, **more: object) -> nn.Module:
    return kind(16, *words, **{"bias": False, **more})


UP = nn.ConvTranspose2d
#: name: the model, multiply-accumulates, parameters.
TABLE: dict[str, Row] = {
    "dense": Row(conv(32, 3), 32 * 16 * 9 * 144, 4608),
    "four groups": Row(conv(32, 3, groups=4), 32 * 4 * 9 * 144, 1152),
    "depthwise": Row(conv(16, 3, groups=16), 16 * 9 * 144, 144),
    "depthwise, multiplier 2": Row(conv(32, 3, groups=16), 32 * 9 * 144, 288),
    "stride 2, dilation 2": Row(conv(32, 3, stride=2, dilation=2, groups=4), 32 * 4 * 9 * 25, 1152),
    "circular padding": Row(conv(32, 3, padding=1, padding_mode="circular", groups=4), 32 * 4 * 9 * 196, 1152),
    "reflected padding": Row(conv(32, 3, padding=1, padding_mode="reflect", groups=4), 32 * 4 * 9 * 196, 1152),
    "one dimension": Row(conv(32, 3, kind=nn.Conv1d, groups=4), 32 * 4 * 3 * 12, 384, (1, 16, 14)),
    "three dimensions": Row(conv(32, 3, kind=nn.Conv3d, groups=4), 32 * 4 * 27 * 64, 3456, (1, 16, 6, 6, 6)),
    "a bias": Row(conv(32, 3, groups=4, bias=True), 32 * 4 * 9 * 144, 1184),
    "padding same, kernel 3": Row(conv(32, 3, padding="same", groups=4), 32 * 4 * 9 * 196, 1152),
    "padding same, kernel 4": Row(conv(32, 4, padding="same", groups=4), 32 * 4 * 16 * 196, 2048),
    "a batch of 3": Row(conv(32, 3, groups=4), 3 * 32 * 4 * 9 * 144, 1152, (3, 16, 14, 14)),
    "transposed, stride 2": Row(conv(16, 4, kind=UP, stride=2), 16 * 16 * 16 * 196, 4096),
    "transposed, groups": Row(conv(32, 4, kind=UP, stride=2, groups=4), 16 * 8 * 16 * 196, 2048),
    "transposed, depthwise": Row(conv(16, 4, kind=UP, stride=2, groups=16), 16 * 16 * 196, 256),
    "transposed, stride 1": Row(conv(32, 3, kind=UP, groups=4), 16 * 8 * 9 * 196, 1152),
    "F.conv2d": Row(Function((32, 4, 3, 3), lambda x, w: F.conv2d(x, w, groups=4)), 32 * 4 * 9 * 144, 1152),
    "torch.conv2d": Row(Function((32, 4, 3, 3), lambda x, w: torch.conv2d(x, w, groups=4)), 32 * 4 * 9 * 144, 1152),
    "F.conv2d, padding in a list": Row(
        Function((32, 4, 3, 3), lambda x, w: F.conv2d(x, w, padding=[1, 1], groups=4)), 32 * 4 * 9 * 196, 1152
    ),
    "F.conv_transpose2d": Row(
        Function((16, 8, 4, 4), lambda x, w: F.conv_transpose2d(x, w, stride=2, groups=4)), 16 * 8 * 16 * 196, 2048
    ),
    "a subclass": Row(conv(32, 3, kind=Sub, groups=4), 32 * 4 * 9 * 144, 1152),
    "a subclass by another name": Row(conv(32, 3, kind=Odd, groups=4), 32 * 4 * 9 * 144, 1152),
    "a standardised weight": Row(conv(32, 3, kind=Standardised, groups=4), 32 * 4 * 9 * 144, 1152),
    "called twice": Row(Twice(conv(16, 3, padding=1, groups=4)), 2 * 16 * 4 * 9 * 196, 576),
    "two parents": Row(Parents(conv(16, 3, padding=1, groups=4)), 2 * 16 * 4 * 9 * 196, 576),
    "frozen": Row(conv(32, 3, groups=4).requires_grad_(False), 32 * 4 * 9 * 144, 1152),
    "inside another module": Row(nn.Sequential(conv(32, 3, groups=4)), 32 * 4 * 9 * 144, 1152),
    "no batch": Row(conv(32, 3, groups=4), 32 * 4 * 9 * 144, 1152, (16, 14, 14)),
    "lazy": Row(nn.LazyConv2d(32, 3, groups=4, bias=False), 32 * 4 * 9 * 144, 1152),
    "einsum": Row(Function((4, 8, 4), einsum), 32 * 4 * 196, 128),
    "a kernel made of the input": Row(Dynamic(), 2 * 16 * 16 * 9 * 196, 0, (2, 16, 14, 14)),
}


def test_there_are_32_rows() -> None:
    assert len(TABLE) == 32


@pytest.mark.parametrize("name", TABLE)
def test_every_row_is_exact(name: str) -> None:
    model, macs, params, shape = TABLE[name]
    x = torch.randn(shape)
    layers = lower(record(model, [x], {}), "model", lambda path: Place(path, 1, 1, 1, 1)).layers
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        model.eval()(x)
    rows, totals = table(layers, owners(model))
    assert (totals.macs, totals.params) == (macs, params)
    assert 2 * macs == totals.flops == counter.get_total_flops()
    assert params == sum(p.numel() for p in model.parameters())
    assert (sum(row.macs or 0 for row in rows), sum(row.params for row in rows)) == (macs, params)
    assert totals.trainable_params == (0 if name == "frozen" else params)
