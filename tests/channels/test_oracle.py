"""The algebra against PyTorch: a NaN in one source's channels reaches exactly the channels that depend on it."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
import torch
import torch.nn.functional as F
from graph_support import Sketch
from torch import Tensor, nn

from gconv_lint.channels.flow import flow
from gconv_lint.channels.relation import seeded
from gconv_lint.channels.wiring import Wiring

GRAPHS = 60
STEPS = 9
CHANNELS = (4, 6, 8, 12)
Run = Callable[[list[Tensor]], Tensor]


class Network:
    """A random graph, built as layers and as functions of the tensors before them at the same time."""

    def __init__(self, seed: int, unknown: bool) -> None:
        self.random = random.Random(seed)
        self.unknown = unknown
        self.sketch = Sketch(self.random.choice(CHANNELS))
        self.widths = [self.sketch.layers[0].out_shape[1]]  # type: ignore[index]
        self.runs: list[Run] = []
        kinds = (self.conv, self.conv, self.per_channel, self.shuffle, self.norm, self.join, self.cat, self.cut)
        for _ in range(STEPS):
            self.random.choice((*kinds, self.dense, *((self.flip,) if unknown else ())))()

    def source(self) -> int:
        """Some tensor, a late one more often."""
        return max(self.random.randrange(len(self.widths)) for _ in range(2))

    def keep(self, width: int, run: Run) -> None:
        self.widths.append(width)
        self.runs.append(run)

    def divisor(self, number: int) -> int:
        return self.random.choice([d for d in range(1, number + 1) if number % d == 0])

    def conv(self) -> None:
        x = self.source()
        inside = self.widths[x]
        groups = self.divisor(inside)
        outside = groups * self.random.choice((1, 2)) if groups > 2 else groups * self.random.choice((2, 3, 4))
        transposed = self.random.random() < 0.3
        module = (nn.ConvTranspose2d if transposed else nn.Conv2d)(inside, outside, 3, padding=1, groups=groups)
        self.sketch.conv(x, inside, outside, groups, transposed=transposed)
        self.keep(outside, lambda values: module(values[x]))

    def per_channel(self) -> None:
        x = self.source()
        norm = nn.BatchNorm2d(self.widths[x]).eval()
        op = self.random.choice((torch.relu, norm, F.gelu, lambda t: F.avg_pool2d(t, 3, 1, 1)))
        self.sketch.op(x)
        self.keep(self.widths[x], lambda values: op(values[x]))

    def shuffle(self) -> None:
        x = self.source()
        groups = self.divisor(self.widths[x])
        self.sketch.shuffle(x, groups)
        self.keep(self.widths[x], lambda values: nn.ChannelShuffle(groups)(values[x]))

    def norm(self) -> None:
        x = self.source()
        groups = self.divisor(self.widths[x])
        module = nn.GroupNorm(groups, self.widths[x])
        self.sketch.norm(x, groups)
        self.keep(self.widths[x], lambda values: module(values[x]))

    def join(self) -> None:
        x = self.source()
        others = [i for i, width in enumerate(self.widths) if width in (1, self.widths[x])]
        y = self.random.choice(others)
        if self.random.random() < 0.5:
            self.sketch.plus(x, y)
            self.keep(self.widths[x], lambda values: values[x] + values[y])
        else:
            self.sketch.times(x, y)
            self.keep(self.widths[x], lambda values: values[x] * torch.sigmoid(values[y]))

    def cat(self) -> None:
        x, y = self.source(), self.source()
        self.sketch.cat(x, y)
        self.keep(self.widths[x] + self.widths[y], lambda values: torch.cat((values[x], values[y]), 1))

    def cut(self) -> None:
        x = self.source()
        start = self.random.randrange(self.widths[x])
        stop = self.random.randint(start + 1, self.widths[x])
        self.sketch.cut(x, start, stop)
        self.keep(stop - start, lambda values: values[x][:, start:stop])

    def dense(self) -> None:
        x = self.source()
        module = nn.Linear(self.widths[x], 3)
        self.sketch.linear(x, 3)
        self.keep(3, lambda values: module(values[x].movedim(1, -1)).movedim(-1, 1))

    def flip(self) -> None:
        """An operation that the graph does not know."""
        x = self.source()
        self.sketch.add("unknown", (x,), channels=self.widths[x])
        self.keep(self.widths[x], lambda values: values[x].flip(1))

    def tainted(self) -> list[list[int]]:
        """The sources that reach each channel of each tensor, as sets."""
        sources = self.widths[0]
        start = torch.randn(sources, sources, 3, 3)
        for source in range(sources):
            start[source, source] = float("nan")
        values = [start]
        with torch.no_grad():
            for run in self.runs:
                values.append(run(values))
        found = [value.isnan().flatten(2).any(2) for value in values]
        return [[sum(1 << s for s in range(sources) if taint[s, c]) for c in range(taint.shape[1])] for taint in found]


@pytest.mark.parametrize("unknown", [False, True])
def test_random_networks_agree_with_torch(unknown: bool) -> None:
    torch.manual_seed(0)
    for seed in range(GRAPHS):
        network = Network(seed, unknown)
        graph = network.sketch.graph()
        relations = flow(Wiring(graph), 0, seeded(network.widths[0], network.widths[0]))
        for at, expected in enumerate(network.tainted()):
            if at not in relations:
                assert not any(expected)
                continue
            found = relations[at]
            sets = found.of_channels()
            assert len(sets) == len(expected), (seed, at)
            assert all(a | b == a for a, b in zip(sets, expected, strict=True)), (seed, at)
            assert list(sets) == expected or not found.understood, (seed, at)
