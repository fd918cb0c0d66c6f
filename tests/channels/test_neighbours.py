"""Neighbours: channel counts that disagree, and shuffles that leave every channel where it is."""

from __future__ import annotations

import pytest
from graph_support import Sketch, told


def test_a_grouped_convolution_that_reads_another_number_of_channels() -> None:
    s = Sketch(3)
    s.conv(s.op(s.op(s.conv(0, 3, 48, name="stem"), "batch_norm")), 64, 64, 4, name="body")
    (found,) = told(s.graph(), "edge")
    assert found.values == {"name": "body", "producer": "stem", "produced": 48, "in_channels": 64, "groups": 4}
    assert [(r.message, r.place.line) for r in found.related] == [("`stem` makes 48 channels", 2)]
    assert found.place.line == 5


@pytest.mark.parametrize("between", ["unknown", "linear", "cat", "slice", "mix"])
def test_the_search_ends_at_what_may_change_channels(between: str) -> None:
    s = Sketch(3)
    s.conv(s.add(between, (s.conv(0, 3, 48),)), 64, 64, 4)
    assert told(s.graph(), "edge") == []


def test_channels_that_agree_or_are_not_known() -> None:
    s = Sketch(3)
    x = s.conv(s.conv(0, 3, 48), 48, 48, 4)
    x = s.conv(s.conv(x, 48, None), 64, 64, 4)
    s.conv(s.conv(x, 64, 32), 48, 48)
    assert told(s.graph(), "edge") == []


def test_an_input_of_known_shape_is_a_producer() -> None:
    s = Sketch(3)
    s.conv(0, 4, 8, 4)
    assert [c.values["produced"] for c in told(s.graph(), "edge")] == [3]
    s.layers[0] = s.layers[0]._replace(out_shape=(4, 32, 32))
    assert told(s.graph(), "edge") == []


def test_code_that_expects_the_error_is_not_told() -> None:
    s = Sketch(3)
    conv = s.conv(0, 4, 8, 4)
    s.layers[conv] = s.layers[conv]._replace(may_raise=True)
    assert told(s.graph(), "edge") == []


def test_shuffles_that_move_nothing() -> None:
    s = Sketch(12)
    s.permute(s.shuffle(s.shuffle(s.shuffle(0, 1), 12), 3), tuple(range(12)))
    found = [c.values for c in told(s.graph(), "identity_shuffle")]
    assert found == [{"channels": 12, "groups": groups} for groups in (1, 12, 12)]


@pytest.mark.parametrize("groups", [None, 0, -3, 5, "3", 2.0])
def test_a_shuffle_that_is_not_known_is_not_told(groups: object) -> None:
    s = Sketch(12)
    s.shuffle(s.shuffle(0, groups), 4)
    assert told(s.graph(), "shuffle_pair") == []


def test_a_pair_may_be_written_by_hand() -> None:
    s = Sketch(12)
    order = tuple(i % 3 * 4 + i // 3 for i in range(12))
    second = s.shuffle(s.op(s.permute(0, order)), 4)
    (found,) = told(s.graph(), "shuffle_pair")
    assert found.values == {"first": 3, "second": 4, "channels": 12}
    assert found.place == s.layers[second].place


def test_a_permutation_that_is_no_shuffle_makes_no_pair() -> None:
    s = Sketch(4)
    s.shuffle(s.permute(0, (3, 2, 1, 0)), 2)
    s.permute(s.shuffle(0, 2), (1, 3, 0, 2))
    assert told(s.graph(), "shuffle_pair") == []


def test_a_shuffle_that_others_read_is_no_pair() -> None:
    s = Sketch(12)
    first = s.shuffle(0, 3)
    s.plus(s.shuffle(first, 4), s.conv(first, 12, 12, 4))
    assert told(s.graph(), "shuffle_pair") == []


def test_a_convolution_between_two_shuffles_parts_them() -> None:
    s = Sketch(12)
    s.shuffle(s.conv(s.shuffle(0, 3), 12, 12, 12), 4)
    assert told(s.graph(), "shuffle_pair") == []


@pytest.mark.parametrize("kind", ["linear", "unknown", "mix"])
def test_permutations_with_no_convolution_beside_them_are_not_of_channels(kind: str) -> None:
    """As the transpositions of heads and positions around relative positions in attention."""
    s = Sketch(12)
    order = tuple(i % 3 * 4 + i // 3 for i in range(12))
    back = tuple(i % 4 * 3 + i // 4 for i in range(12))
    second = s.permute(s.permute(s.add(kind, (0,), 12), order), back)
    s.add(kind, (second,))
    s.permute(s.add(kind, (second,), 12), tuple(range(12)))
    assert [*told(s.graph(), "shuffle_pair"), *told(s.graph(), "identity_shuffle")] == []
    s.conv(second, 12, 12, 4)
    assert [c.values["first"] for c in told(s.graph(), "shuffle_pair")] == [3]
