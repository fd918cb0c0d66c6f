"""What is said to join the groups of a chain joins them: the change is made and the channels are followed again."""

from __future__ import annotations

from itertools import product
from math import lcm

import pytest
from graph_support import Sketch, relation, told

from gconv_lint.channels.relation import counts
from gconv_lint.model.constructs import Construct


def _chain(s: Sketch) -> Construct:
    (found,) = told(s.graph(), "chain")
    return found


def test_fewer_groups_are_named_with_their_weights_where_a_shuffle_joins_too_few() -> None:
    s = Sketch()
    s.conv(s.op(s.conv(0, 16, 16, 8)), 16, 32, 4)
    found = _chain(s)
    assert found.values["remedy"] == (
        "a dense 1x1 convolution lets the groups see each other, and so does groups=2 in `conv3` behind a channel shuffle "
        "with 8 groups (2,304 weights in place of 1,152); a channel shuffle cannot join all 8 in so few layers"
    )


def test_a_shuffle_that_is_there_need_not_be_put_there() -> None:
    s = Sketch()
    s.conv(s.shuffle(s.conv(0, 16, 16, 8), 8), 16, 16, 4, kernel_size=1)
    remedy = str(_chain(s).values["remedy"])
    assert "and so does groups=2 in `conv3` (128 weights in place of 64);" in remedy


def test_one_group_needs_no_shuffle() -> None:
    s = Sketch(12)
    s.conv(s.conv(0, 12, 12, 6), 12, 15, 3, kernel_size=1)
    assert "and so does groups=1 in `conv2` (180 weights in place of 60);" in str(_chain(s).values["remedy"])


@pytest.mark.parametrize("between", ["another order", "a sum"])
def test_fewer_groups_are_not_named_where_something_else_stands_between(between: str) -> None:
    s = Sketch()
    first = s.conv(0, 16, 16, 8)
    if between == "another order":
        s.conv(s.shuffle(first, 4), 16, 16, 4)
    else:
        s.conv(s.plus(first, s.op(0)), 16, 16, 4)
    assert _chain(s).values["fewer"] == 0
    assert "groups=" not in str(_chain(s).values["remedy"])


@pytest.mark.parametrize("shuffled", [False, True])
def test_fewer_groups_behind_the_shuffle_join_all(shuffled: bool) -> None:
    numbers = [2, 3, 4, 6, 8, 12]
    named = 0
    for first, second, scale in product(numbers, numbers, (1, 2, 3)):
        width = scale * lcm(first, second)
        s = Sketch(width)
        inner = s.conv(0, width, width, first)
        s.conv(s.shuffle(inner, first) if shuffled else inner, width, width, second)
        for found in told(s.graph(), "chain"):
            fewer = int(str(found.values["fewer"]))
            named += bool(fewer)
            assert not fewer or _sees_all(width, first, fewer)
            more = (each for each in range(fewer + 1, second) if width % each == 0)
            assert not fewer or not any(_sees_all(width, first, each) for each in more)
    assert named > 5


def _sees_all(width: int, first: int, second: int) -> bool:
    """Whether each output of the second convolution behind a shuffle depends on all groups of the first."""
    s = Sketch(width)
    last = s.conv(s.shuffle(s.conv(0, width, width, first), first), width, width, second)
    return counts(relation(s.graph(), last, groups=first))[0] == first
