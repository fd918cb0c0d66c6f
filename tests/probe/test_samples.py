"""What repeated measurements say, on samples whose truth is known."""

from __future__ import annotations

from random import Random

import pytest

from gconv_lint.probe.samples import LEAST, MOST, Order, Sample, compare, enough, interval, median
from gconv_lint.probe.sampling import sample


def noisy(time: float, noise: float, seed: int, number: int = 101, mhz: float = 1980.0) -> list[Sample]:
    random = Random(seed)
    return [Sample(time * (1 + noise * random.gauss(0, 1)), mhz) for _ in range(number)]


def verdicts(first: float, second: float, noise: float) -> list[Order]:
    """Of a hundred pairs of measurements."""
    return [compare(noisy(first, noise, seed), noisy(second, noise, seed + 1000)) for seed in range(100)]


@pytest.mark.parametrize(("first", "second"), [(100, 100), (100, 101), (101, 100)])
def test_what_differs_by_a_percent_is_the_same(first: float, second: float) -> None:
    assert set(verdicts(first, second, 0.005)) == {Order.SAME}


@pytest.mark.parametrize(("first", "second"), [(100, 110), (100, 200)])
def test_what_is_ten_percent_faster_is_faster(first: float, second: float) -> None:
    assert set(verdicts(first, second, 0.03)) == {Order.FAST}
    assert set(verdicts(second, first, 0.03)) == {Order.SLOW}


def test_ten_percent_in_much_noise_are_unclear() -> None:
    found = verdicts(100, 110, 0.15)
    assert found.count(Order.UNCLEAR) >= 95
    assert Order.SLOW not in found


def test_a_clock_that_changed_decides_nothing() -> None:
    """The same cycles at another clock take other times."""
    assert compare(noisy(100, 0.005, 1, mhz=1980), noisy(110, 0.005, 2, mhz=1800)) is Order.UNCLEAR


def test_without_a_clock_times_decide() -> None:
    assert compare(noisy(100, 0.005, 1, mhz=0), noisy(110, 0.005, 2, mhz=0)) is Order.FAST


def test_intervals_of_the_median_hold_it_in_95_of_100_measurements() -> None:
    times = ([s.us for s in noisy(100, 0.05, seed, 31)] for seed in range(400))
    held = sum(low <= 100 <= high for low, high in map(interval, times))
    assert held >= 0.95 * 400


def test_medians() -> None:
    assert median([3, 1, 2]) == 2
    assert median([4, 1, 2, 3]) == 2.5


def test_steady_times_need_few_samples_and_noisy_ones_more() -> None:
    assert not enough([100.0] * (LEAST - 1))
    assert enough([100.0] * LEAST)
    noise = [s.us for s in noisy(100, 0.2, 1, MOST)]
    assert not enough(noise[: MOST - 1])
    assert enough(noise)


def test_a_layer_is_not_measured_for_ever() -> None:
    """A minute passes with each look at the clock: the fewest samples are taken all the same."""
    clock, random = iter(range(0, 10**6, 60)), Random(0)
    found = sample({"noisy": lambda: Sample(100 * random.uniform(1, 2))}, now=lambda: next(clock))
    assert len(found["noisy"]) == LEAST


def test_all_contenders_get_equally_many_turns_in_changing_order() -> None:
    turns: list[str] = []
    random = Random(0)

    def contender(name: str, noise: float) -> Sample:
        turns.append(name)
        return Sample(100 * (1 + noise * random.gauss(0, 1)))

    found = sample({"steady": lambda: contender("steady", 0), "noisy": lambda: contender("noisy", 0.03)})
    assert LEAST < len(found["noisy"]) == len(found["steady"]) <= MOST
    rounds = {tuple(turns[i : i + 2]) for i in range(0, len(turns), 2)}
    assert {("steady", "noisy"), ("noisy", "steady")} <= rounds
