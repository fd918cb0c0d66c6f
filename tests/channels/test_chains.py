"""Chains of grouped convolutions: which are told, where, in which words, and at which cost."""

from __future__ import annotations

import pytest
from graph_support import Sketch, told

from gconv_lint import channels, engine
from gconv_lint.channels import flow, regions
from gconv_lint.frontends.source import Analysis
from gconv_lint.model.constructs import Construct
from gconv_lint.model.layers import Layer
from gconv_lint.rulebook import rules


def chain(s: Sketch, *outputs: int, closed: bool = False) -> Construct | None:
    found = told(s.graph(*outputs, closed=closed), "chain")
    assert len(found) < 2
    return found[0] if found else None


def test_a_chain_says_what_is_seen_of_what() -> None:
    s = Sketch()
    second = s.conv(s.op(s.conv(0, 16, 16, 4, name="conv1")), 16, 16, 4, name="conv2")
    s.conv(s.op(second), 16, 8, kernel_size=1, name="mix")
    found = chain(s)
    assert found is not None
    assert found.place == s.layers[second].place
    assert found.values == {
        "groups": 4,
        "first": "conv1",
        "second": "conv2",
        "last": "conv2",
        "components": 4,
        "sources_seen": 1,
        "seen": "1",
        "joined_by": "`mix`",
        "length": 2,
        "branches": False,
        "misaligned": False,
        "remedy": "a channel shuffle with 4 groups in front of this layer, or a dense 1x1 convolution, "
        "lets the groups see each other",
        "shuffle_joins": True,
        "fewer": 0,
        "shuffled": False,
        "model": "Net",
        "path": "",
    }
    assert [(r.message, r.place.line) for r in found.related] == [("`conv1` has 4 groups", 2)]


def test_a_chain_is_told_once_at_its_second_convolution() -> None:
    s = Sketch()
    x = 0
    for index in range(4):
        x = s.op(s.conv(x, 16, 16, 4, name=f"conv{index}"))
    s.linear(s.pool(x))
    found = chain(s)
    assert found is not None
    assert (found.place.line, found.values["length"], found.values["joined_by"]) == (4, 4, "`fc`")
    assert [r.place.line for r in found.related] == [2, 6, 8]


def test_layers_of_a_sequence_are_named_after_it() -> None:
    s = Sketch(name="block")
    s.conv(s.conv(0, 16, 16, 4, name="0"), 16, 16, 4, name="1")
    found = chain(s)
    assert found is not None
    assert (found.values["first"], found.values["last"], found.values["joined_by"]) == (
        "block.0",
        "block.1",
        "the output of `block`",
    )


def test_fewer_than_all_groups_may_be_all_that_a_shuffle_can_join() -> None:
    s = Sketch()
    s.conv(s.shuffle(s.conv(0, 16, 16, 8), 8), 16, 16, 4)
    found = chain(s)
    assert found is not None
    assert found.values["remedy"].endswith("a channel shuffle cannot join all 8 in so few layers")


def test_a_shuffle_that_joins_some_groups_only() -> None:
    s = Sketch()
    order = (0, 1, 2, 4, 3, *range(5, 16))
    s.conv(s.permute(s.conv(0, 16, 16, 4), order), 16, 16, 4)
    found = chain(s)
    assert found is not None
    assert (found.values["components"], found.values["seen"], found.values["misaligned"]) == (3, "1 to 2", True)


def test_a_residual_carries_the_groups_too() -> None:
    s = Sketch()
    inner = s.conv(s.conv(0, 16, 16, 4), 16, 16, 4)
    s.conv(s.plus(inner, 0), 16, 8, kernel_size=1)
    assert chain(s) is not None


def test_a_dense_branch_beside_the_chain_joins_it() -> None:
    s = Sketch()
    inner = s.conv(s.conv(0, 16, 16, 4), 16, 16, 4)
    s.conv(s.plus(inner, s.conv(0, 16, 16, kernel_size=1)), 16, 8, kernel_size=1)
    assert chain(s) is None


def test_a_tensor_from_elsewhere_joins_nothing() -> None:
    s = Sketch()
    other = s.add("input", (), channels=16)
    inner = s.conv(s.plus(s.conv(0, 16, 16, 4), s.conv(other, 16, 16)), 16, 16, 4)
    s.conv(inner, 16, 8, kernel_size=1)
    assert chain(s) is not None


def test_a_gate_behind_the_chain_joins_it() -> None:
    s = Sketch()
    inner = s.conv(s.conv(0, 16, 16, 4), 16, 16, 4)
    weights = s.conv(s.op(s.conv(s.pool(inner), 16, 4, kernel_size=1)), 4, 16, kernel_size=1)
    s.conv(s.times(inner, s.op(weights)), 16, 8, kernel_size=1)
    assert chain(s) is None


def split_attention(s: Sketch, *, keep: bool) -> None:
    """Each group weighs its own channels, as in ResNeSt with several cardinal groups; ``keep`` adds the weights on."""
    x = s.conv(s.input, 16, 16, 4, name="body")
    y = s.conv(s.op(s.conv(s.pool(x), 16, 8, 4, name="fc1")), 8, 16, 4, name="fc2")
    gate = s.op(y, "sigmoid")
    product = s.times(x, gate)
    s.conv(s.plus(product, y) if keep else product, 16, 32, 1, name="out")


def test_groups_that_weigh_their_own_channels_are_no_chain() -> None:
    s = Sketch()
    split_attention(s, keep=False)
    assert told(s.graph(), "chain") == []


def test_what_weighs_and_is_added_too_is_a_chain() -> None:
    s = Sketch()
    split_attention(s, keep=True)
    assert [chain.values["last"] for chain in told(s.graph(), "chain")] == ["fc2"]


@pytest.mark.parametrize("closed", [False, True])
def test_an_open_block_may_end_with_the_shuffle_for_what_follows(closed: bool) -> None:
    s = Sketch()
    last = s.shuffle(s.conv(s.conv(0, 16, 16, 4), 16, 16, 4), 4)
    assert (chain(s, last, closed=closed) is not None) is closed


def test_depthwise_convolutions_do_not_count() -> None:
    s = Sketch()
    x = s.conv(0, 16, 16, 16)
    for _ in range(3):
        x = s.conv(x, 16, 16, 16)
    s.conv(s.conv(x, 16, 16, 4), 16, 8, kernel_size=1)
    assert chain(s) is None


def test_depthwise_convolutions_join_nothing() -> None:
    s = Sketch()
    s.conv(s.conv(s.conv(0, 16, 16, 4), 16, 16, 16), 16, 16, 4)
    found = chain(s)
    assert found is not None
    assert found.values["length"] == 2


def test_functional_convolutions_are_filters_unless_trained() -> None:
    for trainable in (False, True):
        s = Sketch()
        s.conv(s.conv(0, 16, 16, 4), 16, 16, 4, weight_shape=(16, 4, 3, 3), attrs={"trainable": trainable})
        assert (chain(s) is not None) is trainable


def unit(s: Sketch, x: int, groups: int) -> int:
    inner = s.conv(s.shuffle(s.op(s.conv(x, 48, 48, groups, kernel_size=1)), groups), 48, 48, 48)
    return s.op(s.plus(x, s.op(s.conv(inner, 48, 48, groups, kernel_size=1))))


def test_shuffle_net_units_have_one_shuffle_each() -> None:
    s = Sketch(48)
    s.linear(s.pool(unit(s, unit(s, unit(s, s.conv(0, 48, 48), 3), 3), 3)))
    assert chain(s) is None


@pytest.mark.parametrize(("kernel", "branches"), [(3, True), (1, False)])
def test_a_bottleneck_of_deep_branches(kernel: int, branches: bool) -> None:
    s = Sketch(64)
    x = s.op(s.conv(0, 64, 32, kernel_size=1))
    x = s.op(s.conv(s.op(s.conv(x, 32, 32, 4, kernel_size=kernel)), 32, 32, 4, kernel_size=kernel))
    s.conv(x, 32, 64, kernel_size=1)
    found = chain(s)
    assert found is not None
    assert found.values["branches"] is branches


def test_units_of_one_grouped_layer_each_are_no_branches() -> None:
    s = Sketch(32)
    x = s.op(s.conv(0, 3, 32))
    inner = s.op(s.conv(s.op(s.conv(x, 32, 32, kernel_size=1)), 32, 32, 8))
    x = s.op(s.plus(x, s.conv(inner, 32, 32, 32, kernel_size=1)))  # where a pointwise convolution belongs
    inner = s.op(s.conv(s.conv(x, 32, 32, 32, kernel_size=1), 32, 32, 8))
    s.plus(x, s.conv(inner, 32, 32, kernel_size=1))
    found = chain(s)
    assert found is not None
    assert found.values["branches"] is False


def test_res2net_hands_pieces_on() -> None:
    s = Sketch(64)
    x = s.op(s.conv(0, 64, 64, kernel_size=1))
    pieces = [s.cut(x, i, i + 16) for i in range(0, 64, 16)]
    made = [s.op(s.conv(pieces[0], 16, 16, 4))]
    for piece in pieces[1:3]:
        made.append(s.op(s.conv(s.plus(made[-1], piece), 16, 16, 4)))
    s.conv(s.cat(*made, pieces[3]), 64, 64, kernel_size=1)
    found = chain(s)
    assert found is not None
    assert (found.values["length"], found.values["branches"]) == (3, True)


def test_espnet_reads_whole_branches_in_each_group() -> None:
    s = Sketch(32)
    x = s.op(s.conv(0, 32, 16, 4, kernel_size=1))
    branches = [s.conv(x, 16, 16, 16, dilation=d) for d in (1, 2, 3, 4)]
    for i in (1, 2, 3):
        branches[i] = s.plus(branches[i], branches[i - 1])
    s.conv(s.cat(*branches), 64, 64, 4, kernel_size=1)
    assert chain(s) is None


def test_a_block_in_two_graphs_is_one_finding() -> None:
    s, whole = Sketch(), Sketch(name="Whole")
    for sketch in (s, whole):
        x = sketch.conv(sketch.conv(0, 16, 16, 4, name=f"{sketch.name}.conv1"), 16, 16, 4, name=f"{sketch.name}.conv2")
        sketch.conv(x, 16, 8, kernel_size=1)
    active = [rule for rule in rules() if rule.info.code == "GC101"]
    analysis = Analysis(graphs=(s.graph(), whole.graph()), sources={})
    (finding,) = engine.run(analysis, active).findings
    assert finding.message == (
        "each output of `Net.conv2` sees 1 of the 4 groups of `Net.conv1`: nothing joins them before `conv3`"
    )
    assert finding.help.startswith("a channel shuffle with 4 groups in front of this layer")
    assert [related.message for related in finding.related] == ["`Net.conv1` has 4 groups"]


def test_groups_of_two_sizes_in_a_row() -> None:
    s = Sketch()
    s.conv(s.conv(0, 16, 16, 2, name="wide"), 16, 16, 4, name="narrow")
    found = chain(s)
    assert found is not None
    assert (found.values["groups"], found.values["components"]) == (2, 2)


def test_parallel_chains_are_told_apart() -> None:
    s = Sketch()
    first = s.conv(0, 16, 16, 4)
    a, b = s.conv(first, 16, 16, 4), s.conv(first, 16, 16, 4)
    s.conv(s.plus(a, b), 16, 8, kernel_size=1)
    found = told(s.graph(), "chain")
    assert [construct.place.line for construct in found] == [3]
    found = told(s.graph(a, b), "chain")
    assert [construct.place.line for construct in found] == [3, 4]


@pytest.mark.parametrize("value", [None, 0, -4, 3, 2.0, True, "4", 10**12])
def test_groups_that_make_no_sense_end_the_chain(value: object) -> None:
    s = Sketch()
    s.conv(s.conv(s.conv(0, 16, 16, 4), 16, 16, value), 16, 16, 4)
    assert chain(s, closed=True) is None
    assert channels.constructs([s.graph(closed=True)]) is not None


def test_enormous_channel_counts_cost_nothing() -> None:
    s = Sketch(10**9)
    s.conv(s.conv(0, 10**9, 10**9, 10**9), 10**9, 10**9, 1000)
    s.shuffle(1, 1000)
    assert told(s.graph(closed=True), "chain") == told(s.graph(closed=True), "connection") == []


def test_a_piece_that_is_mixed_alone_joins_nothing_else() -> None:
    s = Sketch()
    first = s.conv(0, 16, 16, 4)
    mixed = s.conv(s.cut(first, 0, 8), 8, 8)
    s.conv(s.cat(mixed, s.cut(first, 8, 16)), 16, 16, 4)
    found = chain(s)
    assert found is not None
    assert (found.values["components"], found.values["seen"]) == (3, "1 to 2")


def test_a_piece_that_holds_no_source_is_not_followed() -> None:
    s = Sketch()
    other = s.add("input", (), channels=16)
    first = s.conv(0, 16, 16, 4)
    joined = s.cat(other, first)
    s.conv(s.cut(joined, 0, 16), 16, 16, 4)
    s.conv(s.cut(joined, 16, 32), 16, 16, 4)
    found = told(s.graph(5, 7), "chain")
    assert [construct.place.line for construct in found] == [8]


def alternating(s: Sketch, x: int) -> int:
    """RepVGG: grouped and dense in turns, beside a residual."""
    return s.op(s.plus(x, s.conv(s.op(s.conv(x, 48, 48, 4)), 48, 48)))


def stacked(s: Sketch, x: int) -> int:
    return s.op(s.plus(x, s.conv(x, 48, 48, 4)))


@pytest.mark.parametrize("block", [lambda s, x: unit(s, x, 3), alternating, stacked])
def test_the_work_is_linear_in_the_blocks(block: object, monkeypatch: pytest.MonkeyPatch) -> None:
    count = 0

    def counted(layer: Layer, *rest: object) -> object:
        nonlocal count
        count += 1
        return transfer(layer, *rest)  # type: ignore[arg-type]

    transfer = regions.transfer
    monkeypatch.setattr(regions, "transfer", counted)
    monkeypatch.setattr(flow, "transfer", counted)
    work = {}
    for blocks in (10, 100, 1000):
        s, x, count = Sketch(48), 0, 0
        for _ in range(blocks):
            x = block(s, x)  # type: ignore[operator]
        channels.constructs([s.graph(closed=True)])
        work[blocks] = count / len(s.layers)
    assert max(work.values()) < 4
    assert work[1000] <= work[10] * 1.5
