"""The evaluator against CPython: on a program whose values are all known both see the same convolutions."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evaluator_support import evaluated, executed, is_known
from evaluator_programs import programs

_SETTINGS = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


@_SETTINGS
@given(programs())
def test_known_values_are_those_of_cpython(text: str) -> None:
    text += "\n\nmain()\n"
    real, _ = executed(text)
    ours = evaluated(text)
    for line, values in ours.items():
        known = {v for v in values if is_known(v)}
        assert known <= real.get(line, set()), f"line {line}: {known} where CPython has {real.get(line)}"
    for line, expected in real.items():
        assert line in ours, f"line {line} is reached by CPython"
        assert ours[line] == expected or not all(map(is_known, ours[line])), f"line {line}"
