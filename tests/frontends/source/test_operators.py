"""Operators over numbers, expressions, texts and containers."""

from __future__ import annotations

import operator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gconv_lint.frontends.source import comparisons, operators
from gconv_lint.frontends.source.heap import Heap
from gconv_lint.frontends.source.values import DictValue, External, Instance, ListValue, Raised
from gconv_lint.model.dims import FloorZero, Sym

HEAP = Heap(lambda _: None)
PLAIN = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "//": operator.floordiv,
    "%": operator.mod,
    "/": operator.truediv,
}
values = st.one_of(
    st.integers(-1000, 1000),
    st.floats(-100, 100),
    st.booleans(),
    st.text(max_size=3),
    st.none(),
    st.tuples(st.integers(0, 3)),
)


@given(st.sampled_from(sorted(PLAIN)), st.integers(-1000, 1000), st.integers(-1000, 1000))
def test_integers(symbol: str, a: int, b: int) -> None:
    try:
        expected = PLAIN[symbol](a, b)
    except ZeroDivisionError:
        with pytest.raises(Raised) as caught:
            operators.binary(HEAP, symbol, a, b)
        assert caught.value.kind == "ZeroDivisionError"
        return
    found = operators.binary(HEAP, symbol, a, b)
    assert found == expected
    assert type(found) in (type(expected), FloorZero)


@given(st.sampled_from(["==", "!=", "<", "<=", ">", ">=", "is", "in"]), values, values)
def test_comparisons_of_plain_values(symbol: str, a: Any, b: Any) -> None:
    found = comparisons.compare(HEAP, symbol, a, b)
    if isinstance(found, Sym):
        return
    python = {"in": lambda x, y: x in y, "is": lambda x, y: x is y or x == y}
    try:
        expected = python.get(symbol, operators.NATIVE.get(symbol))(a, b)  # type: ignore[misc]
    except TypeError:
        return
    if symbol != "is" or not found:
        assert found == expected or symbol == "is"


@given(values)
def test_truth(value: Any) -> None:
    assert comparisons.truth(value) is bool(value)
    assert comparisons.negation(HEAP, value) is (not value)


@pytest.mark.parametrize(
    ("symbol", "a", "b"),
    [
        ("**", 9, 10**6),
        ("**", 10**150, 9),
        ("<<", 1, 10**9),
        ("*", "a", 10**9),
        ("*", (1,), 10**9),
        ("%", "%999999d", 1),
        ("%", "%*d", (9999, 1)),
    ],
)
def test_what_would_cost_memory_is_unknown(symbol: str, a: Any, b: Any) -> None:
    assert isinstance(operators.binary(HEAP, symbol, a, b), Sym)


def test_expressions_that_are_equal() -> None:
    n = Sym.atom("n")
    double = operators.binary(HEAP, "*", n, 2)
    assert comparisons.equals(operators.binary(HEAP, "+", n, n), double) is True
    assert comparisons.equals(operators.binary(HEAP, "//", double, 2), n) is True
    assert comparisons.equals(operators.binary(HEAP, "%", double, 2), 0) is True
    assert comparisons.equals(n, double) is None
    assert comparisons.compare(HEAP, "<", n, operators.binary(HEAP, "+", n, 1)) is True
    assert comparisons.compare(HEAP, ">=", n, n) is True


def test_an_expression_may_be_anything() -> None:
    n = Sym.atom("n")
    for other in (None, "n", (1,), ListValue([]), DictValue({}), External("torch.nn.ReLU")):
        assert comparisons.equals(n, other) is None
        assert comparisons.identical(n, other) is None
    assert comparisons.truth(n) is None
    assert comparisons.contains((1, n), 2) is None
    assert comparisons.contains((1, n), 1) is True


def test_containers() -> None:
    known, other = ListValue([1, 2]), ListValue([], False)
    assert operators.binary(HEAP, "+", known, known).items == [1, 2, 1, 2]
    assert not operators.binary(HEAP, "+", known, other).exact
    assert comparisons.equals(known, ListValue([1, 2])) is True
    assert comparisons.equals(known, other) is None
    assert comparisons.truth(other) is None
    assert comparisons.contains(DictValue({"a": 1}), "a") is True
    assert comparisons.contains(DictValue({"a": 1}, False), "b") is None


def test_modules_are_true_and_themselves() -> None:
    relu = Instance(External("torch.nn.ReLU"))
    assert comparisons.truth(relu) is True
    assert comparisons.truth(Instance(External("torch.nn.Sequential"))) is None
    assert comparisons.equals(relu, relu) is True
    assert comparisons.equals(relu, Instance(External("torch.nn.ReLU"))) is None
    assert comparisons.identical(relu, None) is False


def test_operands_are_bracketed_in_texts() -> None:
    a, b = Sym.atom("a"), operators.binary(HEAP, "+", Sym.atom("b"), 1)
    assert str(operators.binary(HEAP, "//", b, a)) == "(1 + b) // a"
    condition = comparisons.compare(HEAP, "<", a, b)
    assert str(operators.binary(HEAP, "*", condition, 3)) == "3 * (a < (1 + b))"
