"""All figures of some days together. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sayso.figures.calibration import Calibration, calibrate
from sayso.figures.cusum import Day, Drift, can_drift, find_drift
from sayso.figures.facts import Facts
from sayso.figures.rates import Rate, by_day, by_term, rates_by, total


@dataclass(frozen=True, slots=True)
class Report:
    """The figures.

    Attributes:
        total: over all days.
        days: day by day.
        applications: those with the most words first.
        models: the same.
        terms: of the person's own that were misheard, the one that was most often first.
        calibration: confidence against what was corrected.
        drift: since when there are more or fewer corrections; None where nothing has changed.
        can_drift: whether there are days enough to say that.

    """

    total: Rate
    days: tuple[Rate, ...]
    applications: tuple[Rate, ...]
    models: tuple[Rate, ...]
    terms: tuple[Rate, ...]
    calibration: Calibration
    drift: Drift | None
    can_drift: bool


def report(facts: Facts, terms: Collection[str]) -> Report:
    """Make the figures; `terms` is the person's vocabulary, of which alone words are named."""
    days = by_day(facts.spoken, facts.fixed)
    counted = [Day(date.fromisoformat(day.name), day.words, day.corrections) for day in days]
    return Report(
        total=total(facts.spoken, facts.fixed),
        days=tuple(days),
        applications=tuple(rates_by(lambda one: one.application, facts.spoken, facts.fixed)),
        models=tuple(rates_by(lambda one: one.model, facts.spoken, facts.fixed)),
        terms=tuple(by_term(terms, facts.spoken, facts.fixed)),
        calibration=calibrate(facts.judged),
        drift=find_drift(counted),
        can_drift=can_drift(counted),
    )
