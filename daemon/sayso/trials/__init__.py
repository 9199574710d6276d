"""Engines tried for real on this machine: a spoken sample decoded, timed, and compared with what is said in it.

`apart` runs a trial in a process of its own, `kept` remembers what came out, `choice` is `engine.name: auto`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class Trial:
    """What is to be tried.

    Attributes:
        model: name in the store, or a folder.
        engine: name of an entry point.
        device: `auto`, or a device by name.
        compute_type: `auto`, or one by name.
        threads: CPU threads at most; None lets the engine pick.

    """

    model: str
    engine: str
    device: str = "auto"
    compute_type: str = "auto"
    threads: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came out; where `problem` says why nothing did, the figures are zero.

    Attributes:
        problem: why it could not be tried, or failed; empty where it worked.
        device: where it really ran.
        compute_type: of the weights there; empty where the engine does not say.
        real_time_factor: seconds of computing for a second of speech, by the clock: a final of the whole sample.
        partial_seconds: a partial decode of five seconds takes, by the clock: what one waits for while speaking.
        load_seconds: the engine took to load, with its first decode.
        cpu_cores: kept busy while decoding, on average.
        peak_rss_mb: most memory that the process held, in MB of 2^20 bytes.
        card_mb: of the card's memory that went to it, in MB of 2^20 bytes; None without a card or a way to tell.
        card_percent: of the card's time it was at work, at most, while decoding; None as above.
        words: in the sample.
        errors: words of it that were wrong, missing or too many.
        throttled: times that the processor slowed down for heat meanwhile.

    """

    problem: str = ""
    device: str = ""
    compute_type: str = ""
    real_time_factor: float = 0.0
    partial_seconds: float = 0.0
    load_seconds: float = 0.0
    cpu_cores: float = 0.0
    peak_rss_mb: float = 0.0
    card_mb: float | None = None
    card_percent: float | None = None
    words: int = 0
    errors: int = 0
    throttled: int = 0

    @property
    def wer_percent(self) -> float:
        """Word error rate on the sample, which is short: one word is almost 3 percent."""
        return 100 * self.errors / max(1, self.words)


def outcome_of(row: Any) -> Outcome:
    """An outcome that has been on disk or in another process.

    Raises:
        TypeError: it is none.

    """
    outcome = Outcome(**row)
    for field in fields(Outcome):
        value, usual = getattr(outcome, field.name), field.default
        kinds = (str,) if isinstance(usual, str) else (int, float)
        if not isinstance(value, kinds) and not (value is None and usual is None):
            raise TypeError(f"{field.name} is {value!r}")
        if isinstance(value, float) and not math.isfinite(value):
            raise TypeError(f"{field.name} is {value!r}")
    return outcome
