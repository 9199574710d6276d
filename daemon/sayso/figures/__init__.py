"""Daily figures: how often the person corrects, how fast the engine is, how far its confidence can be believed.

`facts` reads from the journal what they are made of; the rest are pure functions of that. `rates` counts
corrections by day, application, model and term, `cusum` says since when there are more or fewer of them,
`calibration` compares confidence with what was corrected; `report` has it all, `table` and `picture` show it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Spoken:
    """One utterance, as figures need it.

    Attributes:
        utterance: its number.
        day: on which it ended, by the clock on the wall.
        application: that it was for; empty where that is not known.
        model: that heard it.
        words: that were said.
        seconds: of audio.
        computing_seconds: that the engine took for it; 0 where that is not known.
        text: what its text has become.

    """

    utterance: int
    day: date
    application: str
    model: str
    words: int
    seconds: float
    computing_seconds: float
    text: str = ""


@dataclass(frozen=True, slots=True)
class Fixed:
    """One accepted correction.

    Attributes:
        utterance: that was corrected.
        changes: (heard, meant) of each stretch of words; none where the text was left as it is.

    """

    utterance: int
    changes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """A word of an utterance that the person has looked at.

    Attributes:
        confidence: that the recogniser had in it, 0 to 1.
        is_right: whether it was left as it is.

    """

    confidence: float
    is_right: bool
