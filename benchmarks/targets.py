"""What dictation shall reach on two cores with int8 weights, and whether it does."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from figures import Figures, Way

from sayso.latency import percentile

Measured = Mapping[Way, Figures]
"""The figures of one model."""


@dataclass(frozen=True, slots=True)
class Target:
    """A figure and its limit for each model.

    Attributes:
        what: the figure, as people call it.
        unit: of figure and limits.
        limits: model → value.
        value: finds the figure; raises KeyError where the way was not measured.
        at_least: whether the limit is a lower one.

    """

    what: str
    unit: str
    limits: Mapping[str, float]
    value: Callable[[Measured], float]
    at_least: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """A target of one model, and what was measured, if it was."""

    model: str
    target: str
    asked: str
    measured: float | None
    met: bool


def _small(tiny_en: float, base: float) -> dict[str, float]:
    return {"tiny.en": tiny_en, "base": base}


def _commit(way: Way, share: float) -> Callable[[Measured], float]:
    return lambda measured: percentile(measured[way].commits, share)


def _final(share: float) -> Callable[[Measured], float]:
    return lambda measured: percentile(measured[Way.LIVE].finals, share)


def _release(way: Way, share: float) -> Callable[[Measured], float]:
    return lambda measured: percentile(measured[way].releases, share)


def _times_faster_than(rival: Way) -> Callable[[Measured], float]:
    return lambda measured: _commit(rival, 0.5)(measured) / _commit(Way.LIVE, 0.5)(measured)


def _share_of_cpu_of(rival: Way) -> Callable[[Measured], float]:
    return lambda measured: measured[Way.LIVE].cpu_per_second / measured[rival].cpu_per_second


TARGETS = (
    Target("word commit latency p50", "s", _small(0.6, 0.8), _commit(Way.LIVE, 0.5)),
    Target("word commit latency p95", "s", _small(1.2, 1.5), _commit(Way.LIVE, 0.95)),
    Target("speech end → final p50, hard endpoint 500 ms", "s", _small(0.55, 0.6), _final(0.5)),
    Target("speech end → final p95, hard endpoint 500 ms", "s", _small(0.75, 0.9), _final(0.95)),
    Target("release 300 ms after the last word → final p50", "s", _small(0.12, 0.15), _release(Way.HOLD, 0.5)),
    Target("release 300 ms after the last word → final p95", "s", _small(0.25, 0.4), _release(Way.HOLD, 0.95)),
    Target("release with the last word → final p50", "s", _small(0.3, 0.45), _release(Way.RELEASE, 0.5)),
    Target("release with the last word → final p95", "s", _small(0.5, 0.9), _release(Way.RELEASE, 0.95)),
    Target(
        "WER minus offline",
        "pp",
        _small(0.5, 0.3),
        lambda measured: measured[Way.LIVE].wer_percent - measured[Way.OFFLINE].wer_percent,
    ),
    Target(
        "committed words contradicted",
        "%",
        _small(1.5, 1.0),
        lambda measured: measured[Way.LIVE].contradicted_percent,
    ),
    Target("CPU-seconds per second", "", _small(0.45, 0.65), lambda measured: measured[Way.LIVE].cpu_per_second),
    Target(
        "CPU-seconds per second, the goal beyond",
        "",
        _small(0.3, 0.45),
        lambda measured: measured[Way.LIVE].cpu_per_second,
    ),
    *(
        target
        for rival in (Way.RIVAL, Way.RIVAL_TUNED)
        for target in (
            Target(
                f"p50 commit latency, {rival} ÷ ours",
                "times",
                _small(5, 5),
                _times_faster_than(rival),
                at_least=True,
            ),
            Target(f"CPU, ours ÷ {rival}", "", _small(0.5, 0.5), _share_of_cpu_of(rival)),
        )
    ),
)


def verdicts(model: str, measured: Measured) -> list[Verdict]:
    """Every target of a model; none for a model that has none."""
    return [_verdict(model, target, measured) for target in TARGETS if model in target.limits]


def _verdict(model: str, target: Target, measured: Measured) -> Verdict:
    limit = target.limits[model]
    try:
        value = target.value(measured)
    except KeyError:
        value = math.nan
    known = not math.isnan(value)
    met = known and (value >= limit if target.at_least else value <= limit)
    asked = f"{'≥' if target.at_least else '≤'} {limit:g} {target.unit}".strip()
    return Verdict(model, target.what, asked, value if known else None, met)


def cells(verdict: Verdict) -> dict[str, str]:
    """A row of the table of targets: heading → cell."""
    known = verdict.measured is not None
    return {
        "model": verdict.model,
        "target": verdict.target,
        "asked": verdict.asked,
        "measured": f"{verdict.measured:.2f}" if known else "",
        "": ("met" if verdict.met else "**missed**") if known else "not measured",
    }
