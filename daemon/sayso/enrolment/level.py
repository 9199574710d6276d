"""Is a recording of a sentence fit to learn from? Pure functions of its samples and of where its voice is.

Levels, clipping and noise are judged as `sayso doctor` judges a microphone (`doctor.hearing`); how long a sentence
takes follows from its letters.

Measured, letters (`effort`) a second of voiced frames: 26 sentences of 8 readers have 13 to 22, one 27, those of
the same reader 0.8 to 1.2 times his median; 42 sentences of `languages/en.yaml` by a synthetic voice, those with
numbers and spelt terms too, 0.76 to 1.35 times its median. So a long sentence of which more than a third is
missing is noticed, a short one of which more than half is, and one that was said twice; a missing word is not.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from sayso.audio import FRAME_SAMPLES, Pcm, samples, seconds
from sayso.capture.voice_level import QUIET_DBFS
from sayso.doctor.hearing import CLIPPED_SHARE, WANTED_DB, measure

MARGIN_SAMPLES = samples(0.3)  # kept before and after the voice
NOISE_SAMPLES = samples(1.0)  # before the voice: what is heard there is noise
EDGE_SAMPLES = 2 * FRAME_SAMPLES  # voice so near to an end of the recording goes on beyond it
DIGIT_LETTERS = 5  # "349" is "three hundred and forty-nine", 1998 "nineteen ninety-eight"
CAPITAL_LETTERS = 3  # where several stand together they are spelt: "AWS" is "ay double-u ess"
FASTEST, SLOWEST = 40.0, 5.0  # letters a second of voice; nobody reads faster, and nobody who reads is slower
FASTER, SLOWER = 1.6, 1.8  # than the person read the others: words are missing, or were said twice
GRACE_SECONDS = 0.2  # of voice: a short sentence is not as even as a long one
USUAL_OF = 20  # the last so many sentences are what is usual


@dataclass(frozen=True, slots=True)
class Take:
    """What was heard while a sentence stood there.

    Attributes:
        audio: all of it, shape (n,).
        voice_start: sample in `audio` at which the voice begins; `voice_end` where there is none.
        voice_end: sample one past its end.
        voiced_samples: how much of it was voiced.
        is_broken: audio was lost in it.

    """

    audio: Pcm
    voice_start: int
    voice_end: int
    voiced_samples: int
    is_broken: bool = False

    @property
    def spoken(self) -> Pcm:
        """The voice with a margin around it, shape (n,)."""
        return self.audio[max(0, self.voice_start - MARGIN_SAMPLES) : self.voice_end + MARGIN_SAMPLES]


class Flaw(Enum):
    """Why a recording is not fit, and what to do, for a person."""

    NOTHING = "nothing was heard; read the sentence aloud"
    BROKEN = "the sound broke off in between; read it again"
    EARLY = "it began before the sentence stood there; wait until you see it"
    CUT = "its end was cut off; wait a moment before you press a key"
    CLIPPED = "it was too loud, so that it is distorted; move away a little, or lower the input volume"
    QUIET = "it was too quiet; come closer, or raise the input volume"
    NOISY = "there is too much noise beside your voice; come closer, or find a quieter place"
    SHORT = "it was shorter than this sentence takes; read all of it, without a long pause"
    LONG = "it was longer than this sentence takes; read just what stands there"


def effort(text: str) -> int:
    """How many letters' worth of speech a text is: digits are words, and capitals together are spelt."""
    spelt = sum(len(found) for found in re.findall(r"[A-Z]{2,}", text))
    digits = sum(character.isdigit() for character in text)
    return len(text) + digits * (DIGIT_LETTERS - 1) + spelt * (CAPITAL_LETTERS - 1)


def rate(take: Take, text: str) -> float:
    """Letters a second of voice; 0 without voice."""
    return effort(text) / seconds(take.voiced_samples) if take.voiced_samples else 0.0


def usual_rate(rates: Sequence[float]) -> float | None:
    """How fast the person reads, in letters a second of voice; None before anything was read."""
    return statistics.median(rates[-USUAL_OF:]) if rates else None


def flaw_of(take: Take, text: str, usual: float | None = None) -> Flaw | None:
    """What is wrong with a recording, the cause before what follows from it; None where nothing is.

    Args:
        take: the recording.
        text: what was to be read.
        usual: how fast the person reads (`usual_rate`); None where that is not known.

    """
    if take.is_broken:
        return Flaw.BROKEN
    if not take.voiced_samples or len(take.spoken) < FRAME_SAMPLES:
        return Flaw.NOTHING
    if take.voice_start < EDGE_SAMPLES:
        return Flaw.EARLY
    if len(take.audio) - take.voice_end < EDGE_SAMPLES:
        return Flaw.CUT
    return _of_the_sound(take) or _of_the_length(take, text, usual)


def _of_the_sound(take: Take) -> Flaw | None:
    signal = measure(take.spoken)
    if signal.clipped_share > CLIPPED_SHARE:
        return Flaw.CLIPPED
    if signal.loud_dbfs < QUIET_DBFS:
        return Flaw.QUIET
    around = measure(take.audio[max(0, take.voice_start - NOISE_SAMPLES) :])
    return Flaw.NOISY if signal.loud_dbfs - around.floor_dbfs < WANTED_DB else None


def _of_the_length(take: Take, text: str, usual: float | None) -> Flaw | None:
    fastest = FASTEST if usual is None else min(FASTEST, usual * FASTER)
    slowest = SLOWEST if usual is None else max(SLOWEST, usual / SLOWER)
    voiced, letters = seconds(take.voiced_samples), effort(text)
    if voiced < letters / fastest - GRACE_SECONDS:
        return Flaw.SHORT
    return Flaw.LONG if voiced > letters / slowest + GRACE_SECONDS else None


def longest_seconds(text: str) -> float:
    """After how long of speech it is certain that it is not just this sentence."""
    return effort(text) / SLOWEST + GRACE_SECONDS + 2.0
