"""Recurrent layers are one row each, counted as torch counts them, and mix what they read."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from gconv_lint import costs
from gconv_lint.frontends.fx.judged import graph_of
from gconv_lint.frontends.fx.live import observe
from gconv_lint.testing import assert_channels_mixed


class Sequences(nn.Module):
    """A grouped convolution over time, a recurrent layer and what reads its last state."""

    def __init__(self, made: nn.RNNBase, last: bool) -> None:
        super().__init__()
        self.conv = nn.Conv1d(8, 16, 3, groups=4)
        self.made, self.last = made, last

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x).transpose(1, 2)
        made, states = self.made(x if self.made.batch_first else x.transpose(0, 1))
        return (states[0] if isinstance(states, tuple) else states)[-1] if self.last else made


LAYERS: list[nn.RNNBase] = [
    nn.LSTM(16, 12, 2, bidirectional=True, batch_first=True),
    nn.LSTM(16, 8, bias=False),
    nn.GRU(16, 8, 3),
    nn.RNN(16, 8, nonlinearity="relu", batch_first=True),
]


@pytest.mark.parametrize("made", LAYERS, ids=lambda made: type(made).__name__)
def test_a_recurrent_layer_is_one_row_that_costs_what_torch_counts(made: nn.RNNBase) -> None:
    model = Sequences(made, last=False)
    shape = tuple(model(torch.randn(2, 8, 9)).shape)
    layers = graph_of(observe(model, (torch.randn(2, 8, 9),))).layers
    assert [layer.name for layer in layers if "inner" in layer.attrs] == ["made"]
    rows, totals = costs.table(layers, {})
    assert totals.macs == _counted(model)
    assert rows[-1].in_channels == 16
    assert rows[-1].output == shape


def _counted(model: nn.Module) -> int:
    counter = FlopCounterMode(display=False)
    with torch.no_grad(), counter:
        model.to("meta")(torch.empty(2, 8, 9, device="meta"))
    count: int = counter.get_total_flops()
    return count // 2


@pytest.mark.parametrize("last", [False, True])
@pytest.mark.parametrize("cell", [nn.LSTM, nn.GRU])
def test_a_recurrent_layer_mixes_the_groups_before_it(cell: Any, last: bool) -> None:
    assert_channels_mixed(Sequences(cell(16, 8, batch_first=True), last), torch.randn(2, 8, 9))


def test_projections_and_packed_sequences_are_left_to_torch() -> None:
    class Packed(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.lstm = nn.LSTM(4, 6)

        def forward(self, x: Tensor) -> Tensor:
            return self.lstm(nn.utils.rnn.pack_padded_sequence(x, [5, 3]))[0].data

    for model, x in ((nn.LSTM(4, 6, proj_size=3), torch.randn(5, 2, 4)), (Packed(), torch.randn(5, 2, 4))):
        found = observe(model, (x,))
        assert found.error is None
        assert graph_of(found).outputs
