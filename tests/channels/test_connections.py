"""Connections: whether the inputs' channels meet on their way through a model that is run as it is."""

from __future__ import annotations

from typing import Any

import pytest
from graph_support import Sketch, told


def values(s: Sketch, *outputs: int, closed: bool = True) -> list[dict[str, Any]]:
    return [dict(c.values) for c in told(s.graph(*outputs, closed=closed), "connection")]


def test_a_lone_depthwise_convolution() -> None:
    s = Sketch(256, name="BadGroupConv")
    conv = s.conv(0, 256, 256, 256)
    (found,) = told(s.graph(closed=True), "connection")
    assert found.place == s.layers[conv].place
    assert found.values == {
        "model": "BadGroupConv",
        "components": 256,
        "depthwise_only": True,
        "convs": 1,
        "channels": 256,
    }


def test_an_open_block_says_nothing() -> None:
    s = Sketch(8)
    s.conv(0, 8, 8, 8)
    assert values(s, closed=False) == []


def test_the_width_of_an_input_follows_from_what_reads_it() -> None:
    s = Sketch(None)
    s.conv(s.op(0), 8, 8, 8)
    assert [v["channels"] for v in values(s)] == [8]


def test_one_convolution_of_wide_groups_is_enough() -> None:
    s = Sketch(8)
    last = s.conv(s.conv(0, 8, 8, 8, name="spatial"), 8, 8, 2)
    (found,) = told(s.graph(closed=True), "connection")
    assert (found.values["components"], found.values["depthwise_only"], found.values["convs"]) == (2, False, 2)
    assert found.place == s.layers[last].place
    assert [r.message for r in found.related] == ["`spatial` has 8 groups"]


def test_a_connected_model_is_told_too() -> None:
    s = Sketch(8)
    s.conv(s.conv(0, 8, 8, 8), 8, 16, kernel_size=1)
    assert [v["components"] for v in values(s)] == [1]


def test_every_pair_of_input_and_output_is_judged_by_itself() -> None:
    s = Sketch(4)
    other = s.add("input", (), channels=6)
    apart, joined = s.conv(0, 4, 4, 4), s.conv(s.conv(other, 6, 6, 6), 6, 4)
    both = s.plus(apart, joined)
    found = values(s, apart, joined, both)
    assert [(v["channels"], v["components"]) for v in found] == [(4, 4), (4, 4), (6, 1), (6, 1)]


def test_an_output_that_is_not_understood_is_left_out() -> None:
    s = Sketch(8)
    first = s.conv(0, 8, 8, 8)
    unknown = s.add("unknown", (first,), channels=8)
    behind = s.op(s.plus(first, unknown))
    assert [v["components"] for v in values(s, first, unknown, behind)] == [8]


def test_parts_that_depend_on_no_input_do_not_count() -> None:
    s = Sketch(8)
    constant = s.add("input", (), channels=8)
    s.cat(s.cut(s.conv(0, 8, 8, 8), 0, 2), constant)
    assert [v["components"] for v in values(s)] == [2]


@pytest.mark.parametrize("filters", [{"weight_shape": (8, 1, 3, 3)}, {"attrs": {"trainable": False}}])
def test_fixed_filters_are_no_layers(filters: dict[str, Any]) -> None:
    s = Sketch(8)
    s.conv(0, 8, 8, 8, **filters)
    assert values(s) == []


def test_a_frozen_filter_still_keeps_channels_apart() -> None:
    s = Sketch(8)
    s.conv(s.conv(0, 8, 8, 8), 8, 8, 8, attrs={"trainable": False})
    assert [(v["components"], v["convs"]) for v in values(s)] == [(8, 1)]


def test_a_single_channel_has_nothing_to_be_parted_from() -> None:
    s = Sketch(1)
    s.conv(s.conv(0, 1, 8), 8, 8, 8)
    assert values(s) == []


def test_an_output_that_reads_no_input_is_left_out() -> None:
    s = Sketch(8)
    other = s.add("input", (), channels=8)
    s.conv(0, 8, 8, 8)
    assert values(s, other) == []


@pytest.mark.parametrize("attrs", [{"start": None, "stop": 4}, {"start": 0}, {"start": 0, "stop": "n"}])
def test_a_piece_whose_range_is_not_known_is_not_understood(attrs: dict[str, Any]) -> None:
    s = Sketch(8)
    s.add("slice", (s.conv(0, 8, 8, 8),), attrs=attrs)
    assert values(s) == []


def test_a_concatenation_with_parts_that_are_no_layers_is_not_understood() -> None:
    s = Sketch(8)
    s.add("cat", (s.conv(0, 8, 8, 8),), channels=12)
    assert values(s) == []


def test_channel_counts_that_contradict_each_other_are_not_understood() -> None:
    s = Sketch(8)
    s.conv(s.conv(0, 8, 8, 8), 12, 12, 12)
    assert values(s) == []


def test_sums_of_different_widths_are_not_understood() -> None:
    s = Sketch(8)
    s.plus(s.conv(0, 8, 8, 8), s.cut(0, 0, 4))
    assert values(s) == []


def test_a_weight_that_is_computed_brings_what_it_is_computed_from() -> None:
    s = Sketch(8)
    conv = s.conv(0, 8, 8, 8)
    s.layers[conv] = s.layers[conv]._replace(inputs=(0, 0))
    assert [v["components"] for v in values(s)] == [1]


def test_a_lazy_convolution_takes_its_channels_from_its_input() -> None:
    s = Sketch(8)
    s.conv(0, None, 8, 8, lazy=True)
    assert [v["components"] for v in values(s)] == [8]


@pytest.mark.parametrize(("transposed", "shape"), [(False, (16, 1, 3, 3)), (True, (8, 2, 3, 3))])
def test_a_functional_convolution_has_the_channels_of_its_weight(transposed: bool, shape: tuple[int, ...]) -> None:
    s = Sketch(8)
    s.conv(0, None, None, 8, weight_shape=shape, transposed=transposed, attrs={"trainable": True})
    s.op(1)
    assert [v["components"] for v in values(s)] == [8]
