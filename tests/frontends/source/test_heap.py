"""Undecided branches: what both sides write is joined, what one side wrote is undone on the other."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gconv_lint.frontends.source.heap import Heap
from gconv_lint.frontends.source.values import DictValue, ListValue, OutOfFuel, Raised
from gconv_lint.model.dims import Sym


def heap() -> Heap:
    return Heap(lambda _: None)


def test_branches_start_from_the_same_state_and_join() -> None:
    h, table = heap(), {"a": 1, "b": 2, "d": 4}
    seen: list[Any] = []

    def left() -> None:
        seen.append(dict(table))
        h.put(table, "a", 5)
        h.put(table, "c", 3)
        h.drop(table, "d")

    def right() -> None:
        seen.append(dict(table))
        h.put(table, "a", 5)
        h.put(table, "b", 7)

    h.fork([left, right])
    assert seen == [{"a": 1, "b": 2, "d": 4}] * 2
    assert table["a"] == 5
    assert all(isinstance(table[key], Sym) for key in "bcd")


def test_a_branch_that_raises_leaves_the_other() -> None:
    h, table = heap(), {"a": 1}

    def fails() -> None:
        h.put(table, "a", 2)
        raise Raised("ValueError")

    assert h.fork([fails, lambda: h.put(table, "a", 3)]) == [None]
    assert table == {"a": 3}
    with pytest.raises(Raised):
        h.fork([fails, fails])
    assert table == {"a": 3}


def test_running_out_of_fuel_undoes_the_branch() -> None:
    h, table = heap(), {"a": 1}

    def tires() -> None:
        h.put(table, "a", 2)
        raise OutOfFuel

    with pytest.raises(OutOfFuel):
        h.fork([tires, lambda: None])
    assert (table, h.journal, h.forks) == ({"a": 1}, None, 0)


def test_containers_are_joined_by_item() -> None:
    h, items, table = heap(), ListValue([1, 2]), DictValue({"a": 1, "b": 2})

    def left() -> None:
        h.touch(items)
        items.items[0] = 9
        h.touch(table)
        table.items["c"] = 3

    h.fork([left, lambda: None])
    assert isinstance(items.items[0], Sym)
    assert items.items[1] == 2
    assert items.exact
    assert table.items == {"a": 1, "b": 2}
    assert not table.exact


def test_lists_of_different_length_are_unknown() -> None:
    h, items = heap(), ListValue([1])

    def grow() -> None:
        h.touch(items)
        items.items.append(2)

    h.fork([grow, lambda: None])
    assert (items.items, items.exact) == ([], False)


def test_a_trial_leaves_no_trace() -> None:
    h, table, items = heap(), {"a": 1}, ListValue([1])

    def run() -> int:
        h.put(table, "a", 2)
        h.blur(items)
        return 7

    assert h.trial(run) == 7
    assert (table, items.items, items.exact) == ({"a": 1}, [1], True)


def test_unknowns_of_different_scopes_differ() -> None:
    h = heap()
    first = h.fresh("x")
    before = h.enter_scope()
    second = h.fresh("x")
    h.scope, h.counter = before
    third = h.fresh("x")
    assert len({first, second, third}) == 3


operations = st.recursive(
    st.tuples(st.just("put"), st.sampled_from("abc"), st.integers(0, 2))
    | st.tuples(st.just("drop"), st.sampled_from("abc")),
    lambda inner: st.tuples(st.just("fork"), st.lists(inner, max_size=3), st.lists(inner, max_size=3)),
    max_leaves=12,
)


@given(st.lists(operations, max_size=6), st.lists(st.booleans(), min_size=40, max_size=40))
def test_every_way_through_the_branches_is_covered(program: list[Any], choices: list[bool]) -> None:
    h, joined, real, chosen = heap(), {"a": 0}, {"a": 0}, iter(choices)

    def evaluate(steps: list[Any]) -> None:
        for step in steps:
            if step[0] == "put":
                h.put(joined, step[1], step[2])
            elif step[0] == "drop":
                h.drop(joined, step[1])
            else:
                h.fork([lambda s=step: evaluate(s[1]), lambda s=step: evaluate(s[2])])

    def execute(steps: list[Any]) -> None:
        for step in steps:
            if step[0] == "put":
                real[step[1]] = step[2]
            elif step[0] == "drop":
                real.pop(step[1], None)
            else:
                execute(step[1] if next(chosen) else step[2])

    evaluate(program)
    execute(program)
    for key in "abc":
        value = joined.get(key, "nothing")
        assert isinstance(value, Sym) or value == real.get(key, "nothing")
