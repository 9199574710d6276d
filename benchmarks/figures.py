"""What one way of dictating gave with one model, and the table that sets them side by side."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from scoring import Errors

from sayso.latency import percentile


class Way(StrEnum):
    """The ways that are compared; the values stand in the table."""

    LIVE = "sayso, hands-free"
    HOLD = "sayso, key let go 300 ms after the last word"
    RELEASE = "sayso, key let go with the last word"
    OFFLINE = "recorded, then transcribed whole"
    SILENCE = "each clip transcribed after silence"
    RIVAL = "whisper_streaming, defaults"
    RIVAL_TUNED = "whisper_streaming, tuned (--vac)"


@dataclass(frozen=True, slots=True)
class Figures:
    """Raw figures; times in seconds. What a way does not have stays empty.

    Attributes:
        model: its name.
        way: how was dictated.
        errors: of the text that stood in the end, by folder of clips.
        commits: latency of every matched word.
        unmatched: spoken words without a match.
        finals: from the end of speech to the last text of it, per utterance (or clip).
        releases: from the key let go to the last text, per hold.
        wordless: holds after which no text came.
        committed: words that stood before their final did.
        contradicted: those of them that the final had otherwise.
        audio_seconds: that were heard.
        cpu_seconds: of all threads, loading left out.
        peak_rss_mb: of the process, loading included.

    """

    model: str
    way: Way
    errors: dict[str, Errors]
    commits: tuple[float, ...] = ()
    unmatched: int = 0
    finals: tuple[float, ...] = ()
    releases: tuple[float, ...] = ()
    wordless: int = 0
    committed: int = 0
    contradicted: int = 0
    audio_seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_rss_mb: float = field(default=math.nan)

    @property
    def wer_percent(self) -> float:
        """Over all folders."""
        return sum(self.errors.values(), Errors()).percent

    @property
    def contradicted_percent(self) -> float:
        """Of the committed words; not a number without any."""
        return 100 * self.contradicted / self.committed if self.committed else math.nan

    @property
    def cpu_per_second(self) -> float:
        """CPU-seconds per second of audio."""
        return self.cpu_seconds / self.audio_seconds if self.audio_seconds else math.nan


def cells(figures: Figures) -> dict[str, str]:
    """A row of the table: heading → cell."""
    spoken = len(figures.commits) + figures.unmatched
    folders = {
        f"WER {folder}": f"{errors.percent:.2f} %"
        for folder, errors in figures.errors.items()
        if len(figures.errors) > 1
    }
    return {
        "model": figures.model,
        "way": figures.way.value,
        "WER": f"{figures.wer_percent:.2f} %",
        **folders,
        "commit p50 / p95": _spread(figures.commits),
        "unmatched": f"{100 * figures.unmatched / spoken:.1f} %" if spoken else "",
        "speech end → final p50 / p95": _spread(figures.finals),
        "release → final p50 / p95": _spread(figures.releases),
        "holds without a word": f"{figures.wordless}" if figures.releases else "",
        "contradicted": _known(figures.contradicted_percent, ".2f", " %"),
        "CPU s / s": _known(figures.cpu_per_second, ".2f"),
        "peak RSS": _known(figures.peak_rss_mb, ".0f", " MB"),
    }


def table(rows: Iterable[dict[str, str]]) -> Iterator[str]:
    """Markdown lines of rows that have the same headings, each as soon as there is its row."""
    for number, row in enumerate(rows):
        if number == 0:
            yield "| " + " | ".join(row) + " |"
            yield "|" + "---|" * len(row)
        yield "| " + " | ".join(row.values()) + " |"


def _spread(values: Sequence[float]) -> str:
    return f"{percentile(values, 0.5):.2f} / {percentile(values, 0.95):.2f} s" if values else ""


def _known(value: float, form: str, unit: str = "") -> str:
    return "" if math.isnan(value) else f"{value:{form}}{unit}"
