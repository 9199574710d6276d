from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from sayso.figures.cusum import Day, can_drift, find_drift

FIRST = date(2026, 1, 1)
CHANGE = 40  # the first day on which it is otherwise
DAYS = 90
RUNS = 200


def life(seed: int, a_day: float, *, times: float = 1.0, dispersion: float = 1.0, days: int = DAYS) -> list[Day]:
    """Days of some 500 words, with so many corrections each, and `times` as many from CHANGE on."""
    dice = np.random.default_rng(seed)
    lived = []
    for number in range(days):
        words = int(dice.lognormal(np.log(500), 0.6))
        mean = a_day * words / 500 * (times if number >= CHANGE else 1.0)
        if dispersion > 1:
            mean = dice.gamma(mean / (dispersion - 1), dispersion - 1)
        lived.append(Day(FIRST + timedelta(number), words, int(dice.poisson(mean))))
    return lived


def alarms(a_day: float, dispersion: float) -> int:
    """In how many of the runs in which nothing changes there is one."""
    return sum(find_drift(life(seed, a_day, dispersion=dispersion)) is not None for seed in range(RUNS))


@pytest.mark.parametrize(("a_day", "dispersion", "most"), [(2, 1, 6), (5, 1, 5), (20, 1, 4), (5, 2, 16)])
def test_where_nothing_changes_there_is_hardly_ever_an_alarm(a_day: float, dispersion: float, most: int) -> None:
    assert alarms(a_day, dispersion) <= most


@pytest.mark.parametrize(("a_day", "within"), [(5, 18), (20, 5)])
def test_twice_as_many_corrections_are_noticed_within_days(a_day: float, within: int) -> None:
    in_time = 0
    for seed in range(RUNS):
        drift = find_drift(life(seed, a_day, times=2.0))
        if drift is not None and drift.is_worse and 0 <= (drift.noticed - FIRST).days - CHANGE < within:
            in_time += 1
    assert in_time >= 0.92 * RUNS


def test_half_as_many_are_noticed_as_fewer() -> None:
    found = [find_drift(life(seed, 20, times=0.5)) for seed in range(50)]
    assert sum(drift is not None and not drift.is_worse for drift in found) >= 48


def test_the_day_of_the_change_and_both_rates_are_told() -> None:
    drift = find_drift([Day(FIRST + timedelta(n), 1000, 20 if n < CHANGE else 50) for n in range(DAYS)])
    assert drift is not None
    assert drift.is_worse
    assert drift.since == FIRST + timedelta(CHANGE)
    assert drift.noticed - drift.since <= timedelta(1)
    assert (drift.before, drift.after) == (pytest.approx(2.0), pytest.approx(5.0))


def test_days_without_words_change_nothing() -> None:
    lived = life(1, 20, times=2.0)
    silent = [Day(day.day, 0, 0) for day in lived[50:60]]
    assert find_drift([*lived[:50], *silent, *lived[50:]]) == find_drift(lived)


def test_before_there_are_days_enough_nothing_is_said() -> None:
    wild = [Day(FIRST + timedelta(number), 100, 0 if number < 7 else 90) for number in range(14)]
    assert not can_drift(wild)
    assert find_drift(wild) is None
    assert find_drift([]) is None


def test_who_never_corrected_anything_before_is_noticed_too() -> None:
    assert find_drift([Day(FIRST + timedelta(n), 1000, 0 if n < CHANGE else 20) for n in range(DAYS)]) is not None


def test_who_never_corrects_anything_has_no_drift() -> None:
    assert find_drift([Day(FIRST + timedelta(number), 1000, 0) for number in range(DAYS)]) is None


def test_twice_as_many_words_with_twice_as_many_corrections_are_no_drift() -> None:
    lived = [Day(FIRST + timedelta(n), 500 * (1 + (n >= CHANGE)), 10 * (1 + (n >= CHANGE))) for n in range(DAYS)]
    assert find_drift(lived) is None
