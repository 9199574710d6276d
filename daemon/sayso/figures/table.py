"""The figures in words: sections of rows for a person, plain values for programs. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from sayso.figures.calibration import BINS, Bin, Calibration
from sayso.figures.cusum import FIRST_DAYS, Drift
from sayso.figures.rates import Rate
from sayso.figures.report import Report

Value: TypeAlias = str | int | float | None

MOST_ROWS = 14  # of a section
UNNAMED = "(not known)"
NO_FIGURE = "–"
USUAL = ("words", "corrections", "per 100 words", "real-time factor")


@dataclass(frozen=True, slots=True)
class Section:
    """Rows below each other.

    Attributes:
        headings: of the columns.
        rows: their cells, as many in each as there are headings.
        more: so many rows were left out.

    """

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    more: int = 0


def sections(report: Report) -> Iterator[Section]:
    """What there is to show; of the days the last ones, of the others the largest."""
    yield _section(
        "day", report.days[-MOST_ROWS:], left_out=max(0, len(report.days) - MOST_ROWS), total=report.total
    )
    yield _section("application", report.applications)
    yield _section("model", report.models)
    if report.terms:
        shown = report.terms[:MOST_ROWS]
        rows = tuple((rate.name, str(rate.words), str(rate.corrections)) for rate in shown)
        yield Section(("term", "said", "misheard"), rows, len(report.terms) - len(shown))
    if report.calibration.words:
        bins = tuple(_of_a_bin(one) for one in report.calibration.bins if one.words)
        yield Section(("confidence", "words", "right"), bins)


def _section(
    kind: str, rates: Sequence[Rate], *, left_out: int | None = None, total: Rate | None = None
) -> Section:
    rows = [_cells(rate.name or UNNAMED, rate) for rate in rates[:MOST_ROWS]]
    if total is not None:
        rows.append(_cells("all", total))
    return Section((kind, *USUAL), tuple(rows), max(0, len(rates) - MOST_ROWS) if left_out is None else left_out)


def _cells(name: str, rate: Rate) -> tuple[str, ...]:
    figures = (_decimals(rate.per_100_words, 1), _decimals(rate.real_time_factor, 3))
    return (name, str(rate.words), str(rate.corrections), *figures)


def _of_a_bin(one: Bin) -> tuple[str, ...]:
    return f"{one.low:.1f} to {one.low + 1 / BINS:.1f}", str(one.words), f"{one.right:.0%}"


def _decimals(value: float | None, places: int) -> str:
    return NO_FIGURE if value is None else f"{value:.{places}f}"


def drift_in_words(report: Report) -> str:
    """Whether there are more or fewer corrections than there were."""
    drift = report.drift
    if drift is None:
        nothing = "corrections are neither more nor fewer than in the first days"
        return nothing if report.can_drift else f"a drift can be seen after {FIRST_DAYS} days with dictation"
    return (
        f"{'more' if drift.is_worse else 'fewer'} corrections since {drift.since.isoformat()}: {drift.after:.1f} "
        f"per 100 words instead of {drift.before:.1f} (certain since {drift.noticed.isoformat()})"
    )


def calibration_in_words(calibration: Calibration) -> str:
    """How far confidence can be believed."""
    if calibration.error is None:
        return "calibration: no words that were looked at yet"
    return f"calibration error {calibration.error:.3f} over {calibration.words} words that you have looked at"


def as_rows(report: Report) -> Iterator[dict[str, Value]]:
    """Plain values, one object for each figure; `figure` says which."""
    kinds = (
        ("total", (report.total,)),
        ("day", report.days),
        ("application", report.applications),
        ("model", report.models),
        ("term", report.terms),
    )
    for kind, rates in kinds:
        yield from (_of_a_rate(kind, rate) for rate in rates)
    for one in report.calibration.bins:
        yield {
            "figure": "confidence",
            "from": one.low,
            "to": round(one.low + 1 / BINS, 1),
            "words": one.words,
            "confidence": round(one.confidence, 4) if one.words else None,
            "right": round(one.right, 4) if one.words else None,
        }
    yield {"figure": "calibration", "words": report.calibration.words, "error": _rounded(report.calibration.error)}
    if report.drift is not None:
        yield _of_a_drift(report.drift)


def _of_a_rate(kind: str, rate: Rate) -> dict[str, Value]:
    named: dict[str, Value] = {} if kind == "total" else {kind: rate.name}
    counted: dict[str, Value] = {"words": rate.words, "corrections": rate.corrections}
    if kind == "term":
        counted = {"said": rate.words, "misheard": rate.corrections}
    told: dict[str, Value] = {"figure": kind, **named, **counted, "per_100_words": _rounded(rate.per_100_words)}
    return told if kind == "term" else {**told, "real_time_factor": _rounded(rate.real_time_factor)}


def _of_a_drift(drift: Drift) -> dict[str, Value]:
    return {
        "figure": "drift",
        "corrections": "more" if drift.is_worse else "fewer",
        "since": drift.since.isoformat(),
        "noticed": drift.noticed.isoformat(),
        "before_per_100_words": _rounded(drift.before),
        "after_per_100_words": _rounded(drift.after),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
