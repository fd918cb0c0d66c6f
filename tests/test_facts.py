"""Facts: what they say of layers built by hand, and that each is declared with a meaning."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gconv_lint.facts import UNKNOWN, Facts, kinds, words_of
from gconv_lint.facts.constructs import DECLARED
from gconv_lint.model.constructs import Construct
from gconv_lint.model.dims import FloorZero, Sym, add, multiply
from gconv_lint.model.layers import CallSite, ConvAttrs, Layer
from gconv_lint.model.places import Place

DIM = Sym.atom("dim")
PLACE = Place(path="model.py", line=3, column=5, end_line=3, end_column=40)


def conv(site: CallSite | None = None, kind: str = "conv", **arguments: Any) -> Facts:
    attributes = ConvAttrs(**{"rank": 2, "in_channels": 32, "out_channels": 64, "kernel_size": 3, **arguments})
    return Facts(Layer(id=0, kind=kind, name="conv", place=PLACE, conv=attributes, site=site))


def called(**parts: Any) -> CallSite:
    return CallSite(**{"function": "Conv2d", **parts})


def test_every_fact_has_a_type_and_a_meaning() -> None:
    for kind in kinds():
        for name, fact in words_of(kind).items():
            assert (fact.name, fact.kind) == (name, kind)
            assert fact.type
            assert fact.doc
            assert not fact.doc.endswith(".")


def test_kinds_are_layers_and_constructs() -> None:
    assert set(kinds()) == {"conv", "functional_conv", "group_norm", "shuffle", *DECLARED}


def test_a_word_that_a_kind_lacks_is_unknown() -> None:
    assert conv()["num_groups"] is UNKNOWN


def test_no_fact_fails_on_a_bare_layer() -> None:
    for kind in ("conv", "functional_conv", "group_norm", "shuffle"):
        facts = Facts(Layer(id=0, kind=kind, name="", place=PLACE))
        for name in words_of(kind):
            facts[name]


@pytest.mark.parametrize(
    ("arguments", "facts"),
    [
        ({"groups": 4}, {"group_width": 8, "out_group_width": 16, "dense": False, "depthwise": False, "capable": True}),
        ({"groups": 32}, {"group_width": 1, "depthwise": True, "capable": False, "channel_multiplier": 2}),
        ({"groups": 1}, {"dense": True, "depthwise": False, "capable": False}),
        ({"in_channels": 1, "groups": 1}, {"dense": True, "depthwise": False, "known_single_channel": True}),
        ({"in_channels": DIM, "groups": DIM}, {"depthwise": UNKNOWN, "group_width": 1, "known_single_channel": False}),
        ({"in_channels": DIM, "out_channels": multiply(DIM, 2), "groups": DIM}, {"depthwise": True}),
        ({"in_channels": DIM, "groups": 4}, {"depthwise": UNKNOWN, "dense": False}),
        ({"kernel_size": 1}, {"pointwise": True}),
        ({"kernel_size": (1, 3)}, {"pointwise": False}),
        ({"kernel_size": (1, DIM)}, {"pointwise": UNKNOWN}),
        ({"stride": (1, 1)}, {"unit_stride": True}),
        ({"groups": 12}, {"groups_power_of_two": False}),
        ({"groups": 16}, {"groups_power_of_two": True}),
        ({"groups": DIM}, {"groups_power_of_two": UNKNOWN}),
        ({"lazy": True, "in_channels": 0}, {"in_channels": UNKNOWN, "channels_fault": ""}),
    ],
)
def test_facts_of_convolutions(arguments: dict[str, Any], facts: dict[str, Any]) -> None:
    subject = conv(**arguments)
    assert {name: subject[name] for name in facts} == facts


@pytest.mark.parametrize(
    ("groups", "fault"),
    [
        (4, ""),
        (0, "groups=0 is not positive"),
        (-2, "groups=-2 is not positive"),
        (2.0, "groups=2.0 is a float"),
        (True, "groups=True is a bool"),
        ("8", "groups='8' is a str"),
        (FloorZero(), ""),
        (None, UNKNOWN),
        (DIM, UNKNOWN),
        (Sym.atom("dim / 2", floating=True), "groups=dim / 2 is a float"),
    ],
)
def test_faults_of_groups(groups: Any, fault: Any) -> None:
    assert conv(groups=groups)["groups_fault"] == fault


def test_none_is_judged_where_it_is_written() -> None:
    site = called(given=frozenset({"groups"}), texts={"groups": "None"})
    assert conv(site, groups=None)["groups_fault"] == "groups=None is no int"


def test_groups_that_repeat_in_channels_are_as_sound_as_those() -> None:
    assert conv(in_channels=DIM, groups=DIM)["groups_fault"] == ""
    assert conv(in_channels=DIM, groups=DIM)["groups_rounded_to_zero"] is False


def test_a_computed_zero_is_told_from_a_written_one() -> None:
    assert conv(groups=FloorZero())["groups_rounded_to_zero"] is True
    assert conv(groups=0)["groups_rounded_to_zero"] is False
    assert conv(groups=Sym.atom("dim // 4"))["groups_rounded_to_zero"] is UNKNOWN


@pytest.mark.parametrize(
    ("channels", "fault"),
    [
        ((16.0, 64), "in_channels=16.0 is a float"),
        ((16, 0), "out_channels=0 is not positive"),
        ((-4, 2.5), "in_channels=-4 is not positive, out_channels=2.5 is a float"),
        ((16, DIM), UNKNOWN),
        ((DIM, 0), "out_channels=0 is not positive"),
        ((16, 64), ""),
    ],
)
def test_faults_of_channels(channels: tuple[Any, Any], fault: Any) -> None:
    assert conv(in_channels=channels[0], out_channels=channels[1])["channels_fault"] == fault


def test_group_choices_are_the_nearest_common_divisors() -> None:
    facts = conv(in_channels=64, out_channels=96, groups=12)
    assert facts["group_choices"] == (
        "groups that divide in_channels=64 and out_channels=96, nearest to 12: 2, 4, 8, 16, 32"
    )
    assert conv(in_channels=DIM, groups=DIM)["group_choices"].startswith("groups has to divide")


def test_excess_names_the_channels_that_are_too_few() -> None:
    assert conv(in_channels=64, out_channels=128, groups=128)["groups_excess"] == (
        ": groups is larger than in_channels"
    )
    assert conv(groups=4)["groups_excess"] == ""


@pytest.mark.parametrize(
    "target", ["depthwise", "self_depth_wise", "dwconv", "DWConv1", "conv_dw", "depthwise_conv3x3"]
)
def test_depthwise_names(target: str) -> None:
    assert conv(called(target=target))["named_depthwise"] is True


@pytest.mark.parametrize(
    "target", ["non_depthwise", "before_depthwise", "depthwise_proj", "dense_dwconv", "depthwise_norm", "updwconv"]
)
def test_names_beside_depthwise(target: str) -> None:
    assert conv(called(target=target))["named_depthwise"] is False


def test_dw_may_be_short_for_down() -> None:
    assert conv(called(target="dw_conv"))["abbreviated_depthwise"] is True
    assert conv(called(target="depthwise"))["abbreviated_depthwise"] is False


@pytest.mark.parametrize(
    ("target", "expected"),
    [("pointwise", True), ("pwconv1", True), ("conv_pw", True), ("pointwise_scale", False), ("non_pointwise", False)],
)
def test_pointwise_names(target: str, expected: bool) -> None:
    assert conv(called(target=target))["named_pointwise"] is expected


@pytest.mark.parametrize(
    ("rank", "kernel", "expected"),
    [(3, (3, 1, 1), True), (3, (3, 3, 3), False), (3, 3, False), (2, (3, 1), False), (3, None, UNKNOWN)],
)
def test_kernels_along_the_depth(rank: int, kernel: object, expected: object) -> None:
    assert conv(rank=rank, kernel_size=kernel)["along_depth"] is expected


def test_tests_are_told_by_their_names() -> None:
    assert conv(called(method="test_one_group"))["in_test"] is True
    assert conv(called(method="forward"))["in_test"] is False


def test_other_names_are_not_depthwise() -> None:
    assert conv(called(target="conv1"))["named_depthwise"] is False
    assert conv()["named_depthwise"] is UNKNOWN


@pytest.mark.parametrize(
    ("dilation", "channels", "answer"),
    [
        ("cardinality", "width", True),
        ("self.groups", "width", True),
        ("g", "width", True),
        ("hidden", "hidden", True),
        ("2 * planes", "2 * planes", True),
        ("rate", "width", False),
        ("dilation", "dilation", True),
        ("group_dilation", "width", False),
        ("d", "width", False),
        ("4", "4", False),
        ("", "width", False),
    ],
)
def test_dilations_that_read_as_groups(dilation: str, channels: str, answer: bool) -> None:
    site = called(texts={"dilation": dilation, "in_channels": channels})
    assert conv(site)["dilation_reads_as_groups"] is answer


@pytest.mark.parametrize(("padding", "answer"), [("g", False), ("g * (k - 1) // 2", False), ("1", True), ("pg", True)])
def test_what_pads_is_a_dilation(padding: str, answer: bool) -> None:
    site = called(texts={"dilation": "g", "in_channels": "c", "padding": padding})
    assert conv(site)["dilation_reads_as_groups"] is answer


def test_positional_dilation_counts_the_arguments_before_it() -> None:
    assert conv(called(positional=6))["positional_dilation"] is True
    assert conv(called(positional=5))["positional_dilation"] is False
    assert conv(called(positional=5), lazy=True)["positional_dilation"] is True


def test_literals_are_told_from_names() -> None:
    site = called(given=frozenset({"groups", "in_channels"}), texts={"groups": "4", "in_channels": "dim"})
    facts = conv(site, groups=4, in_channels=DIM)
    assert (facts["groups_is_literal"], facts["channels_are_literal"], facts["groups_given"]) == (True, False, True)


def test_forward_is_a_method_of_a_class() -> None:
    assert conv(called(method="forward", class_name="Net"))["in_forward"] is True
    assert conv(called(method="forward"))["in_forward"] is False


def test_weight_of_a_functional_convolution() -> None:
    facts = conv(kind="functional_conv", weight_shape=(16, DIM, 1, 1), groups=4)
    assert (facts["weight_dim0"], facts["weight_dim1"], facts["pointwise"]) == (16, DIM, True)


def test_constructs_know_what_their_values_hold() -> None:
    construct = Construct(kind="view_chain", place=PLACE, values={"function": "channel_Shuffle", "swaps": False})
    facts = Facts(construct)
    assert (facts["subject"], facts["swaps"], facts["named_shuffle"]) == ("view_chain", False, True)
    assert facts["contiguous"] is UNKNOWN


def test_facts_are_worked_out_once() -> None:
    facts = conv()
    assert facts["group_width"] is facts["group_width"]
    assert "group_width" in facts
    assert "dense" not in facts


@given(st.integers(1, 64), st.integers(1, 64), st.integers(1, 8), st.integers(0, 3))
def test_expressions_have_the_facts_of_their_values(dim: int, groups: int, slope: int, offset: int) -> None:
    """What is known of ``slope * dim + offset`` channels holds for every number that dim can be."""
    channels = add(multiply(DIM, slope), offset)
    symbolic = conv(in_channels=channels, out_channels=channels, groups=groups)
    settled = conv(in_channels=slope * dim + offset, out_channels=slope * dim + offset, groups=groups)
    for name in ("group_width", "dense", "capable", "groups_power_of_two"):
        before = symbolic[name]
        assert before is UNKNOWN or isinstance(before, Sym) or before == settled[name]
