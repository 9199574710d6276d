"""A picture of the figures: day by day, by application and by term, speed, and confidence.

Names of applications and of the person's own terms are in it, and no other text of theirs.
"""

from __future__ import annotations

import logging
import tempfile
import unicodedata
import warnings
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sayso.errors import EngineError, StorageError
from sayso.figures.calibration import BINS, Calibration
from sayso.figures.rates import Rate
from sayso.figures.report import Report
from sayso.figures.table import UNNAMED, drift_in_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_BARS: Final = 10
LEAST_BARS: Final = 4  # there is room for as many, so that two are not as thick as walls
MOST_DATES: Final = 10
NAME_CHARACTERS: Final = 28
BLUE, ORANGE, GREY = "C0", "C1", "0.85"


def draw(report: Report, path: Path) -> None:
    """Draw the figures into a PNG file.

    Raises:
        EngineError: matplotlib is missing; names the extra.
        StorageError: the file cannot be written.

    """
    try:
        from matplotlib import rc_context  # noqa: PLC0415  # an extra
        from matplotlib.figure import Figure  # noqa: PLC0415
    except ImportError as error:
        raise EngineError(f"the picture needs matplotlib ({error}); run: pip install 'sayso[picture]'") from error
    logging.getLogger("matplotlib").setLevel(logging.WARNING)  # it tells of its fonts and units
    # A name may have dollar signs, which begin a formula, and characters that no font here has.
    with rc_context({"text.parse_math": False, "text.usetex": False}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"(?s).*Glyph.*missing")
        figure = Figure(figsize=(14, 11), layout="constrained")
        panels = figure.subplots(3, 2)
        _days(panels[0][0], report)
        _calibration(panels[0][1], report.calibration)
        _speed(panels[1][0], report.days)
        _bars(panels[1][1], report.applications, "corrections per 100 words, by application", _by_words)
        _bars(panels[2][0], report.terms, "how often your terms were misheard", _by_times)
        _bars(panels[2][1], report.models, "corrections per 100 words, by model", _by_words)
        figure.suptitle(_title(report), fontsize=12)
        try:
            with tempfile.TemporaryDirectory(prefix=f".{path.name}-", dir=path.parent) as scratch:
                drawn = Path(scratch) / path.name
                figure.savefig(drawn, dpi=110, format="png")
                drawn.chmod(0o600)
                drawn.replace(path)
        except OSError as error:
            raise StorageError(
                f"{path} cannot be written: {error.strerror or error}; choose another --png"
            ) from error


def _title(report: Report) -> str:
    rate = report.total.per_100_words
    figure = "no words" if rate is None else f"{rate:.1f} corrections per 100 words, {report.total.words} words"
    return f"{figure}; {drift_in_words(report)}"


def _per_100(rate: Rate) -> float:
    return rate.per_100_words or 0.0


def _days(panel: Axes, report: Report) -> None:
    spoken = [rate for rate in report.days if rate.words]
    days = [_number(rate) for rate in spoken]
    _frame(panel, "corrections per 100 words, by day (grey: words said)")
    if not days:
        _empty(panel)
        return
    _dated(panel, days)
    beside = panel.twinx()
    beside.bar(days, [rate.words for rate in spoken], color=GREY, width=0.9)
    beside.spines[["top", "left", "right"]].set_visible(False)
    beside.tick_params(axis="y", colors="0.6", labelsize=8)
    panel.set_zorder(beside.get_zorder() + 1)
    panel.patch.set_visible(False)
    panel.plot(days, [_per_100(rate) for rate in spoken], ".-", color=BLUE, markersize=5, linewidth=1)
    panel.set_ylim(bottom=0)
    if report.drift is not None:
        since = report.drift.since.toordinal()
        panel.axvline(since, color=ORANGE, linestyle="--", linewidth=1)
        panel.annotate(
            "more" if report.drift.is_worse else "fewer",
            (since, 1),
            xycoords=("data", "axes fraction"),
            xytext=(4, -12),
            textcoords="offset points",
            color=ORANGE,
            fontsize=9,
        )


def _speed(panel: Axes, rates: Sequence[Rate]) -> None:
    timed = [(_number(rate), rate.real_time_factor) for rate in rates if rate.real_time_factor]
    _frame(panel, "seconds of computing for a second of speech")
    if not timed:
        _empty(panel)
        return
    _dated(panel, [day for day, _ in timed])
    panel.plot([day for day, _ in timed], [factor for _, factor in timed], ".-", color=BLUE, linewidth=1)
    panel.set_ylim(bottom=0)


def _calibration(panel: Axes, found: Calibration) -> None:
    error = "no words yet" if found.error is None else f"error {found.error:.3f}, {found.words} words"
    _frame(panel, f"share of words that were right, by confidence ({error})")
    panel.plot([0, 1], [0, 1], color="0.6", linestyle="--", linewidth=1)
    filled = [one for one in found.bins if one.words]
    bars = panel.bar(
        [one.low + 0.5 / BINS for one in filled], [one.right for one in filled], width=0.09, color=BLUE
    )
    panel.bar_label(bars, [str(one.words) for one in filled], fontsize=8, padding=2)
    panel.set_xlim(0, 1)
    panel.set_ylim(0, 1.08)


def _by_words(rate: Rate) -> tuple[float, str]:
    return _per_100(rate), f"{_per_100(rate):.1f} ({rate.words} words)"


def _by_times(rate: Rate) -> tuple[float, str]:
    return rate.corrections, f"{rate.corrections} of {rate.words} times"


def _bars(panel: Axes, rates: Sequence[Rate], title: str, bar_of: Callable[[Rate], tuple[float, str]]) -> None:
    _frame(panel, title)
    if not rates:
        _empty(panel)
        return
    drawn = list(reversed(rates[:MOST_BARS]))
    bars = panel.barh(range(len(drawn)), [bar_of(rate)[0] for rate in drawn], color=BLUE)
    panel.bar_label(bars, [bar_of(rate)[1] for rate in drawn], padding=3, fontsize=8)
    panel.set_yticks(range(len(drawn)), [_name(rate.name) for rate in drawn], fontsize=9)
    panel.margins(x=0.25)
    panel.set_ylim(len(drawn) - max(len(drawn), LEAST_BARS) - 0.5, len(drawn) - 0.5)


def _empty(panel: Axes) -> None:
    panel.set_xticks([])
    panel.set_yticks([])
    panel.text(0.5, 0.5, "nothing yet", transform=panel.transAxes, ha="center", color="0.5")


def _frame(panel: Axes, title: str) -> None:
    panel.set_title(title, fontsize=10)
    panel.spines[["top", "right"]].set_visible(False)
    panel.tick_params(labelsize=8)


def _number(rate: Rate) -> int:
    """The day of a rate by day, on the axis."""
    return date.fromisoformat(rate.name).toordinal()


def _dated(panel: Axes, days: Sequence[int]) -> None:
    """At least one date below it, and so few that they do not run into each other."""
    step = max(1, -(-(days[-1] - days[0] + 1) // MOST_DATES))
    ticks = range(days[0], days[-1] + 1, step)
    panel.set_xticks(ticks, [date.fromordinal(tick).isoformat()[5:] for tick in ticks])


def _name(text: str) -> str:
    """A name as it can be drawn: short, without control characters, from right to left where it is written so."""
    clean = "".join(c for c in text if unicodedata.category(c)[0] != "C")
    cut = clean if len(clean) <= NAME_CHARACTERS else f"{clean[: NAME_CHARACTERS - 1]}…"
    directions = {unicodedata.bidirectional(c) for c in cut}
    is_from_right = bool(directions & {"R", "AL"}) and "L" not in directions
    return (cut[::-1] if is_from_right else cut) or UNNAMED  # matplotlib draws every script from left to right
