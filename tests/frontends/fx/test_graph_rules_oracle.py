"""What graphs say of random models, against NaNs that are set behind a convolution of the real model."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from itertools import product

import pytest
import torch
from torch import Tensor, nn

from gconv_lint import engine
from gconv_lint.channels import constructs
from gconv_lint.channels.relation import Relation, components
from gconv_lint.frontends.fx.judged import program
from gconv_lint.frontends.fx.live import observe
from gconv_lint.model.constructs import Construct
from gconv_lint.rulebook import rules

WIDTHS = (8, 12, 16)
#: The model is an argument, since a copy of it is run.
Step = Callable[["RandomModel", list[Tensor]], Tensor]


class RandomModel(nn.Module):
    """Operations on the tensors before them; the output is one of the last, or two of them."""

    def __init__(self, seed: int, steps: int = 8) -> None:
        super().__init__()
        self.random = random.Random(seed)
        self.convs = nn.ModuleList()
        self.steps: list[Step] = []
        self.widths = [self.random.choice(WIDTHS)]
        for _ in range(steps):
            self.random.choice((self.conv, self.conv, self.conv, self.shuffle, self.cut, self.swap, self.plus))()
        self.conv()
        self.outputs = [len(self.widths) - 1, *([self.source()] if seed % 3 == 0 else [])]
        del self.random

    def source(self) -> int:
        return max(self.random.randrange(len(self.widths)) for _ in range(2))

    def keep(self, width: int, step: Step) -> None:
        self.widths.append(width)
        self.steps.append(step)

    def divisor(self, number: int) -> int:
        return self.random.choice([d for d in range(1, number + 1) if number % d == 0])

    def conv(self) -> None:
        x, number = self.source(), len(self.convs)
        groups = self.divisor(self.widths[x])
        outside = groups * self.random.choice((1, 2, 3)) if groups > 2 else groups * 4
        self.convs.append(nn.Conv2d(self.widths[x], outside, 1, groups=groups))
        self.keep(outside, lambda model, values: model.convs[number](values[x]))

    def shuffle(self) -> None:
        x = self.source()
        groups = self.divisor(self.widths[x])
        self.keep(self.widths[x], lambda model, values: nn.functional.channel_shuffle(values[x], groups))

    def cut(self) -> None:
        x = self.source()
        start = self.random.randrange(self.widths[x])
        stop = self.random.randrange(start, self.widths[x]) + 1
        self.keep(stop - start, lambda model, values: values[x][:, start:stop])

    def swap(self) -> None:
        x = self.source()
        at = self.random.randrange(self.widths[x])
        self.keep(self.widths[x], lambda model, values: torch.cat([values[x][:, at:], values[x][:, :at]], 1))

    def plus(self) -> None:
        x = self.source()
        others = [i for i, width in enumerate(self.widths) if width == self.widths[x]]
        y = self.random.choice(others)
        self.keep(self.widths[x], lambda model, values: values[x] + values[y])

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        values = [x]
        for step in self.steps:
            values.append(step(self, values))
        return tuple(values[i] for i in self.outputs)


def told(model: RandomModel, kind: str) -> dict[int, Construct]:
    """What is said of the convolutions of a model, by their numbers."""
    run = observe(model, [(1, model.widths[0], 2, 2)])
    assert run.error is None
    (graph,) = program(run, True).graphs
    return {int(c.place.path.rpartition(".")[2]): c for c in constructs([graph], {kind}) if c.kind == kind}


def tainted(model: RandomModel, number: int) -> list[list[set[int]]]:
    """The channels of a convolution that each channel of each output depends on."""
    conv = model.convs[number]
    channels = conv.out_channels

    def poison(_: nn.Module, __: object, result: Tensor) -> Tensor:
        result = result.clone()
        for channel in range(channels):
            result[channel, channel] = float("nan")
        return result

    handle = conv.register_forward_hook(poison)
    try:
        with torch.no_grad():
            outputs = model.eval()(torch.randn(channels, model.widths[0], 2, 2))
    finally:
        handle.remove()
    return [
        [set(y.isnan().flatten(2).any(2)[:, j].nonzero().flatten().tolist()) for j in range(y.shape[1])]
        for y in outputs
    ]


@pytest.mark.parametrize("seed", range(60))
def test_dropped_channels(seed: int) -> None:
    model = RandomModel(seed)
    found = told(model, "dropped_channels")
    for number, conv in enumerate(model.convs):
        reached = set().union(*(sources for output in tainted(model, number) for sources in output))
        lost = conv.out_channels - len(reached)
        assert (found[number].values["dropped"] if number in found else 0) == lost


def groups_apart(model: RandomModel, number: int) -> int:
    """The most parts that the groups of a convolution make at an output."""
    conv = model.convs[number]
    size = conv.out_channels // conv.groups
    parts = [0]
    for output in tainted(model, number):
        sets = tuple(sum({1 << source // size for source in sources}) for sources in output)
        parts.append(components(Relation(sets=sets, width=len(sets))))
    return max(parts)


@pytest.mark.parametrize("seed", range(60))
def test_groups_at_the_output(seed: int) -> None:
    model = RandomModel(seed)
    for number, construct in told(model, "unmixed_output").items():
        assert construct.values["components"] == groups_apart(model, number)
        assert construct.values["groups"] == model.convs[number].groups


def pairs() -> Iterator[tuple[int, int, int, int]]:
    for channels in (12, 16, 24):
        counts = [d for d in range(2, channels) if channels % d == 0]
        yield from ((channels, g1, g2, s) for g1, g2, s in product(counts, counts, counts))


def test_shuffles_between_two_grouped_convolutions() -> None:
    """GC104 reports exactly the shuffles that some other permutation beats, unless the groups stay apart entirely."""
    (rule,) = (rule for rule in rules() if rule.info.code == "GC104")
    tried, reported = 0, 0
    for channels, g1, g2, s in pairs():
        if channels in (g1, g2):
            continue
        order = [i * (channels // s) + j for j in range(channels // s) for i in range(s)]
        n1, n2 = channels // g1, channels // g2
        sets = [{source // n1 for source in order[start : start + n2]} for start in range(0, channels, n2)]
        fewest, parts = min(map(len, sets)), components(Relation(tuple(sum(1 << i for i in each) for each in sets), g2))
        model = nn.Sequential(
            nn.Conv2d(channels, channels, 1, groups=g1),
            nn.ChannelShuffle(s),
            nn.Conv2d(channels, channels, 1, groups=g2),
            nn.Conv2d(channels, 4, 1),
        )
        expected = fewest < min(g1, n2) and (fewest > 1 or parts == 1)
        found = engine.run(program(observe(model, [(1, channels, 2, 2)]), True), [rule]).findings
        assert bool(found) is expected, (channels, g1, g2, s)
        tried, reported = tried + 1, reported + expected
    assert tried > 200
    assert 20 < reported < tried


def test_no_permutation_beats_the_one_that_is_advised() -> None:
    """A shuffle with as many groups as the first convolution has is never reported."""
    (rule,) = (rule for rule in rules() if rule.info.code == "GC104")
    for channels, g1, g2, s in pairs():
        if s == g1 and channels not in (g1, g2):
            model = nn.Sequential(
                nn.Conv2d(channels, channels, 1, groups=g1),
                nn.ChannelShuffle(s),
                nn.Conv2d(channels, channels, 1, groups=g2),
            )
            assert engine.run(program(observe(model, [(1, channels, 2, 2)]), True), [rule]).findings == ()


class Between(nn.Module):
    """Two convolutions with four groups of four channels, what is between them, and a dense layer."""

    def __init__(self, between: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.first, self.second = nn.Conv2d(16, 16, 1, groups=4), nn.Conv2d(16, 16, 1, groups=4)
        self.dense = nn.Conv2d(16, 8, 1)
        self.between = between

    def forward(self, x: Tensor) -> Tensor:
        return self.dense(self.second(self.between(self.first(x))))


def attention(x: Tensor) -> Tensor:
    t = x.flatten(2)
    return (torch.softmax(t @ t.transpose(1, 2), -1) @ t).reshape(x.shape)


def over_space(x: Tensor) -> Tensor:
    t = x.flatten(2).transpose(1, 2)
    return (torch.softmax(t @ t.transpose(1, 2), -1) @ t).transpose(1, 2).reshape(x.shape)


#: Between the convolutions: whether GC101 and GC107 report.
WEIGHED: dict[str, tuple[Callable[[Tensor], Tensor], list[str]]] = {
    "nothing": (lambda x: x.relu(), ["GC101"]),
    "a gate over all channels": (lambda x: x * torch.sigmoid(x.mean((1, 2, 3), keepdim=True)), ["GC107"]),
    "a gate of each channel": (lambda x: x * torch.sigmoid(x), ["GC101"]),
    "a gate of half the groups": (
        lambda x: (x.view(-1, 2, 8, 4, 4) * torch.tanh(x.view(-1, 2, 8, 4, 4).mean(2, keepdim=True))).flatten(1, 2),
        ["GC101"],
    ),
    "a norm over all channels": (lambda x: nn.functional.group_norm(x, 1), ["GC107"]),
    "a norm over half the groups": (lambda x: nn.functional.group_norm(x, 2), ["GC101"]),
    "a norm of the channels at each place": (
        lambda x: nn.functional.layer_norm(x.movedim(1, -1), (16,)).movedim(-1, 1),
        ["GC107"],
    ),
    "the mean is added": (lambda x: x + x.mean(1, keepdim=True), []),
    "attention between places": (over_space, ["GC107"]),
    "attention between channels": (attention, []),
    "a product of equals": (lambda x: x * x.flip(1), ["GC101"]),
}


@pytest.mark.parametrize("name", WEIGHED)
def test_what_only_weighs_is_no_sum(name: str) -> None:
    between, expected = WEIGHED[name]
    model = Between(between)
    chosen = [rule for rule in rules() if rule.info.code in ("GC101", "GC107")]
    findings = engine.run(program(observe(model, [(2, 16, 4, 4)]), True), chosen).findings
    assert [f.rule.code for f in findings] == expected


def groups_seen(channels: int, groups: int, length: int) -> int:
    """The most groups of the first convolution that an output of the last sees, with the best shuffles between."""
    size = channels // groups
    sets = [{channel // size} for channel in range(channels)]
    for _ in range(length - 1):
        sets = [sets[j * size + i] if groups == 1 else sets[i * size + j] for j in range(size) for i in range(groups)]
        blocks = [set().union(*sets[start : start + size]) for start in range(0, channels, size)]
        sets = [block for block in blocks for _ in range(size)]
    return max(map(len, sets))


@pytest.mark.parametrize(("channels", "groups"), [(16, 4), (16, 8), (64, 8), (64, 16), (64, 32), (27, 9), (36, 12)])
def test_rows_that_are_too_short(channels: int, groups: int) -> None:
    """GC111 reports exactly the rows behind which some group has still not been seen."""
    (rule,) = (rule for rule in rules() if rule.info.code == "GC111")
    for length in range(1, 8):
        layers: list[nn.Module] = []
        for _ in range(length):
            layers += [nn.Conv2d(channels, channels, 1, groups=groups), nn.ChannelShuffle(groups)]
        model = nn.Sequential(nn.Conv2d(3, channels, 1), *layers[:-1], nn.Conv2d(channels, 4, 1))
        found = engine.run(program(observe(model, [(1, 3, 2, 2)]), True), [rule]).findings
        seen = groups_seen(channels, groups, length)
        assert bool(found) is (length > 1 and seen < groups), (length, seen)
        if found:
            assert f"let an output see {seen} of them" in found[0].message
