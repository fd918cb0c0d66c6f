"""Conditions of rules: three-valued evaluation, the whitelist of syntax, and that unknowns never change an answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gconv_lint.facts import UNKNOWN
from gconv_lint.model.dims import Sym, add, multiply
from gconv_lint.rulebook.predicate import MAX_LENGTH, PredicateError, compile_predicate, names_in

DIM = Sym.atom("dim")
WIDTH = Sym.atom("width")


def judge(text: str, facts: Mapping[str, Any]) -> Any:
    return compile_predicate(text)(facts)


@pytest.mark.parametrize(
    ("text", "facts", "answer"),
    [
        ("in_channels % groups != 0", {"in_channels": 30, "groups": 4}, True),
        ("in_channels % groups != 0", {"in_channels": 32, "groups": 4}, False),
        ("in_channels % groups != 0", {"in_channels": 32, "groups": 0}, UNKNOWN),
        ("in_channels % groups != 0", {"in_channels": DIM, "groups": DIM}, False),
        ("in_channels % groups != 0", {"in_channels": multiply(DIM, 6), "groups": 3}, False),
        ("in_channels % groups != 0", {"in_channels": add(multiply(DIM, 4), 6), "groups": 4}, True),
        ("in_channels % groups != 0", {"in_channels": DIM, "groups": 4}, UNKNOWN),
        ("groups == in_channels", {"in_channels": DIM, "groups": DIM}, True),
        ("groups == in_channels", {"in_channels": DIM, "groups": WIDTH}, UNKNOWN),
        ("groups == in_channels", {"in_channels": DIM, "groups": add(DIM, 1)}, False),
        ("groups < in_channels", {"in_channels": add(DIM, 2), "groups": DIM}, True),
        ("groups <= in_channels", {"in_channels": 4, "groups": 4}, True),
        ("1 < groups < 8", {"groups": 4}, True),
        ("1 < groups < 8", {"groups": 8}, False),
        ("1 < groups < limit", {"groups": 1, "limit": UNKNOWN}, False),
        ("a and b", {"a": UNKNOWN, "b": False}, False),
        ("a and b", {"a": UNKNOWN, "b": True}, UNKNOWN),
        ("a or b", {"a": UNKNOWN, "b": True}, True),
        ("a or b", {"a": UNKNOWN, "b": False}, UNKNOWN),
        ("not a", {"a": UNKNOWN}, UNKNOWN),
        ("not a", {"a": DIM}, UNKNOWN),
        ("a", {"a": 3}, True),
        ("a in ('conv', 'linear')", {"a": "conv"}, True),
        ("a not in ('conv', 'linear')", {"a": "conv"}, False),
        ("a in ('conv', 'linear')", {"a": UNKNOWN}, UNKNOWN),
        ("a == 'same'", {"a": DIM}, UNKNOWN),
        ("a == 'same'", {"a": 1}, False),
        ("a < 3", {"a": "text"}, UNKNOWN),
        ("a == (1, 1)", {"a": 1}, PredicateError),
        ("min(a, b) < 4", {"a": 3, "b": 8}, True),
        ("max(a, b) == a", {"a": add(DIM, 1), "b": DIM}, True),
        ("min(a, b) < 4", {"a": 3, "b": DIM}, UNKNOWN),
        ("gcd(a, b) == 6", {"a": 12, "b": 18}, True),
        ("abs(a) == 2", {"a": -2}, True),
        ("-a == 2", {"a": -2}, True),
        ("a // b == 2", {"a": multiply(DIM, 2), "b": DIM}, True),
        ("a / b == 1.5", {"a": 3, "b": 2}, True),
        ("1 if a else 0", {"a": True}, True),
        ("1 if a else 0", {"a": UNKNOWN}, UNKNOWN),
        ("a * b > 0", {"a": 10**400, "b": 10**400}, UNKNOWN),
    ],
)
def test_answers(text: str, facts: Mapping[str, Any], answer: Any) -> None:
    if answer is PredicateError:
        with pytest.raises(PredicateError):
            judge(text, facts)
    else:
        assert judge(text, facts) is answer


@pytest.mark.parametrize(
    "text",
    [
        "groups.real > 1",
        "__import__('os')",
        "open('x')",
        "[x for x in groups]",
        "lambda: 1",
        "groups[0]",
        "groups is None",
        "2 ** groups",
        "~groups",
        "min(groups)",
        "abs(groups, 1)",
        "max(groups, key=1)",
        "f'{groups}'",
        "b'bytes'",
        "...",
        "(groups := 1)",
        "groups = 1",
        "groups in other",
        "",
        "1 +" + " 1 +" * MAX_LENGTH + " 1",
        "(" * 500 + "1" + ")" * 500,
    ],
)
def test_what_is_no_condition_is_refused(text: str) -> None:
    with pytest.raises(PredicateError):
        compile_predicate(text)


def test_refusal_says_what_is_allowed() -> None:
    with pytest.raises(PredicateError, match=r"`groups\.real` is not allowed; allowed are facts"):
        compile_predicate("groups.real > 1")


def test_names_are_words_not_functions() -> None:
    assert names_in("min(a, b) < c and not d") == {"a", "b", "c", "d"}


def test_constants_stand_for_options() -> None:
    assert compile_predicate("width < least", {"least": 4})({"width": 3}) is True


NAMES = ("a", "b", "c")
values = st.integers(-6, 12)
known = st.fixed_dictionaries(dict.fromkeys(NAMES, values))


def _number(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    operators = st.sampled_from(["+", "-", "*", "//", "%"])
    pairs = st.tuples(inner, operators, inner).map(lambda part: f"({part[0]} {part[1]} {part[2]})")
    calls = st.tuples(st.sampled_from(["min", "max", "gcd"]), inner, inner).map(lambda p: f"{p[0]}({p[1]}, {p[2]})")
    return pairs | calls


numbers = st.recursive(st.sampled_from(NAMES) | st.integers(-3, 8).map(lambda n: f"({n})"), _number, max_leaves=5)
comparisons = st.tuples(numbers, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), numbers).map(" ".join)


def _condition(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pairs = st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda p: f"({p[0]} {p[1]} {p[2]})")
    return pairs | inner.map(lambda text: f"(not {text})")


conditions = st.recursive(comparisons.map(lambda text: f"({text})"), _condition, max_leaves=4)


def hidden(facts: dict[str, int], names: set[str]) -> dict[str, Any]:
    return {name: UNKNOWN if name in names else value for name, value in facts.items()}


@given(conditions, known, st.sets(st.sampled_from(NAMES)))
def test_learning_an_unknown_never_turns_an_answer_around(text: str, facts: dict[str, int], names: set[str]) -> None:
    before, after = judge(text, hidden(facts, names)), judge(text, facts)
    assert before is UNKNOWN or after is UNKNOWN or before is after


@given(conditions, known, st.tuples(st.integers(-3, 3), st.integers(-3, 3)), st.sets(st.sampled_from(NAMES)))
def test_expressions_answer_as_their_values_do(
    text: str, facts: dict[str, int], line: tuple[int, int], names: set[str]
) -> None:
    """Each fact in ``names`` becomes slope * dim + offset, then dim becomes a number."""
    slope, offset = line
    dim = 5
    symbolic = {n: add(multiply(DIM, slope), offset + v) if n in names else v for n, v in facts.items()}
    settled = {n: slope * dim + offset + v if n in names else v for n, v in facts.items()}
    before, after = judge(text, symbolic), judge(text, settled)
    assert before is UNKNOWN or after is UNKNOWN or before is after


@given(conditions, known)
def test_without_unknowns_the_answer_is_pythons(text: str, facts: dict[str, int]) -> None:
    import math

    try:
        expected = eval(text, {"gcd": math.gcd}, dict(facts))
    except ZeroDivisionError:
        return
    assert judge(text, facts) is bool(expected)
