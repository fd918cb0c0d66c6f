"""Small networks whose connectivity is known by hand: relations, and what they lead rules to say."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from graph_support import Sketch, connectivity, told

from gconv_lint import engine
from gconv_lint.frontends.source import Analysis
from gconv_lint.model.graph import LayerGraph
from gconv_lint.rulebook import rules

Between = Callable[[Sketch, int], int]


def codes(graph: LayerGraph) -> list[str]:
    """The findings of the default rules, in order of their codes."""
    active = [rule for rule in rules() if rule.info.default]
    analysis = Analysis(graphs=(graph,), sources={})
    return sorted(finding.rule.code for finding in engine.run(analysis, active).findings)


def pair(between: Between, first: int = 4, second: int = 4, channels: int = 16) -> tuple[Sketch, int]:
    """A grouped convolution, what stands behind it, and another grouped convolution."""
    s = Sketch(channels)
    return s, s.conv(between(s, s.conv(0, channels, channels, first)), channels, channels, second)


def gate(s: Sketch, x: int) -> int:
    """Squeeze and excitation."""
    squeezed = s.op(s.conv(s.pool(x), 16, 4, kernel_size=1))
    return s.times(x, s.op(s.conv(squeezed, 4, 16, kernel_size=1)))


def mean_added(s: Sketch, x: int) -> int:
    return s.plus(x, s.add("mix", (x,), channels=1))


PAIRS: dict[str, tuple[Between, dict[str, int], tuple[int, int], list[str]]] = {
    "a ReLU": (lambda s, x: s.op(x), {}, (4, 1), ["GC101"]),
    "the shuffle that joins all": (lambda s, x: s.shuffle(x, 4), {}, (1, 4), []),
    "a shuffle of half the groups": (lambda s, x: s.shuffle(x, 2), {}, (2, 2), ["GC104"]),
    "a shuffle of twice the groups": (lambda s, x: s.shuffle(x, 8), {}, (2, 2), ["GC104"]),
    "a shuffle of all channels": (lambda s, x: s.shuffle(x, 16), {}, (4, 1), ["GC101", "GC103"]),
    "a shuffle of one group": (lambda s, x: s.shuffle(x, 1), {}, (4, 1), ["GC101"]),
    "the best shuffle of too many groups": (lambda s, x: s.shuffle(x, 8), {"first": 8}, (2, 4), ["GC101"]),
    "groups and shuffle that differ": (lambda s, x: s.shuffle(x, 4), {"first": 3, "channels": 24}, (1, 3), []),
    "groups that do not divide": (lambda s, x: s.shuffle(x, 4), {"channels": 20}, (1, 4), []),
    "a shuffle that misses a group": (lambda s, x: s.shuffle(x, 3), {"channels": 24}, (1, 3), ["GC104"]),
    "squeeze and excitation": (gate, {}, (1, 4), []),
    "a group norm of the same groups": (lambda s, x: s.norm(x, 4), {}, (4, 1), ["GC101"]),
    "a group norm of half the groups": (lambda s, x: s.norm(x, 2), {}, (2, 2), ["GC101"]),
    "a group norm of one group": (lambda s, x: s.norm(x, 1), {}, (1, 4), []),
    "a layer norm": (lambda s, x: s.add("mix", (x,)), {}, (1, 4), []),
    "a batch norm": (lambda s, x: s.op(x, "batch_norm"), {}, (4, 1), ["GC101"]),
    "the mean over channels, added": (mean_added, {}, (1, 4), []),
    "tokens and a linear layer": (lambda s, x: s.linear(x, 16), {}, (1, 4), []),
    "a constant permutation": (lambda s, x: s.permute(x, tuple(i * 5 % 16 for i in range(16))), {}, (1, 4), []),
    "a permutation that is not known": (lambda s, x: s.permute(x, None), {}, (1, 4), []),
    "a shuffle that is undone": (lambda s, x: s.shuffle(s.op(s.shuffle(x, 4)), 4), {}, (4, 1), ["GC101", "GC103"]),
    "an operation that is not known": (lambda s, x: s.add("unknown", (x,), channels=16), {}, (1, 4), []),
}


@pytest.mark.parametrize("name", PAIRS)
def test_two_grouped_convolutions_around(name: str) -> None:
    between, sizes, expected, findings = PAIRS[name]
    s, second = pair(between, **sizes)
    s.conv(second, sizes.get("channels", 16), 8, kernel_size=1)
    assert connectivity(s.graph(), second, sizes.get("first", 4)) == expected
    assert codes(s.graph()) == findings


def test_depthwise_with_a_residual_before_a_pointwise_convolution() -> None:
    s = Sketch(8)
    mixed = s.conv(s.plus(s.conv(0, 8, 8, 8), 0), 8, 16, kernel_size=1)
    assert connectivity(s.graph(), mixed) == (1, 8)
    assert codes(s.graph(closed=True)) == []


def test_depthwise_convolutions_and_nothing_else() -> None:
    s = Sketch(8)
    last = s.conv(s.op(s.conv(0, 8, 8, 8)), 8, 8, 8)
    assert connectivity(s.graph(), last) == (8, 1)
    assert codes(s.graph(closed=True)) == ["GC102"]
    assert codes(s.graph()) == []


def test_one_grouped_convolution_between_dense_ones() -> None:
    s = Sketch(8)
    last = s.conv(s.conv(s.conv(0, 8, 8, kernel_size=1), 8, 8, 4), 8, 8, kernel_size=1)
    assert connectivity(s.graph(), last) == (1, 8)
    assert codes(s.graph(closed=True)) == []


@pytest.mark.parametrize(("sizes", "blocks"), [((8, 8), [0b01, 0b10]), ((6, 10), [0b11, 0b10])])
def test_branches_that_a_grouped_convolution_keeps_apart(sizes: tuple[int, int], blocks: list[int]) -> None:
    from gconv_lint.channels.relation import of_sets
    from gconv_lint.channels.transfer import transfer

    s = Sketch()
    grouped = s.layers[s.conv(0, 16, 16, 2)]
    branches = of_sets([1] * sizes[0] + [2] * sizes[1])
    made = transfer(grouped, [branches], 16)
    assert [made.of_channels()[0], made.of_channels()[-1]] == blocks


@pytest.mark.parametrize(("units", "components"), [(1, 5), (2, 3), (3, 2), (4, 2)])
def test_shuffle_net_v2_units(units: int, components: int) -> None:
    s = Sketch(8)
    x = 0
    for _ in range(units):
        kept, worked = s.cut(x, 0, 4), s.cut(x, 4, 8)
        x = s.shuffle(s.cat(kept, s.conv(s.conv(s.conv(worked, 4, 4), 4, 4, 4), 4, 4)), 2)
    assert connectivity(s.graph(), x) == (components, 1)
    assert codes(s.graph(closed=True)) == ["GC102"]  # without its dense stem and head, the first channel stays alone
    assert told(s.graph(closed=True), "chain") == []


@pytest.mark.parametrize(("groups", "expected"), [(4, (4, 1)), (2, (2, 2))])
def test_depthwise_with_a_multiplier_before_a_grouped_convolution(groups: int, expected: tuple[int, int]) -> None:
    s = Sketch(4)
    last = s.conv(s.conv(0, 4, 8, 4), 8, 8, groups)
    assert connectivity(s.graph(), last) == expected
    assert codes(s.graph()) == []
    assert codes(s.graph(closed=True)) == ["GC112"]


def test_interleaved_groups_connect() -> None:
    s = Sketch()
    order = tuple(block * 4 + offset for offset in range(4) for block in range(4))
    last = s.conv(s.permute(s.conv(0, 16, 16, 4), order), 16, 16, 4)
    assert connectivity(s.graph(), last, 4) == (1, 4)
    assert codes(s.graph()) == []
