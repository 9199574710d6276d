"""What is said in the tests of the service, and what of it must have been typed when it was cut off."""

from __future__ import annotations

import functools
import json
import subprocess
import sys
import wave
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.desktop.rig.speech import Speaker, read_wav

SAYSO = Path(sys.executable).parent / "sayso"
COMMAND_SECONDS = 120.0
AUDIBLE = 300  # of 32,768: Piper's pauses stay below it

# Plain English that stock tiny.en hears right in this voice; `speak` holds it to that.
TRAIN = "The train to the city leaves in the morning."
WEATHER = "The weather is lovely today."
LETTER = "Please send the letter to my brother."
COAT = "He bought a new coat for the winter."
CHILDREN = (
    "The children played in the garden until the sun went down behind the hills, "
    "and then they walked home along the river."
)
CUT_SECONDS = 2.6  # into CHILDREN, where it is cut off in mid-sentence: after "until the sun"
PHRASES = (TRAIN, WEATHER, LETTER, COAT, CHILDREN)


@functools.cache
def _normaliser() -> Any:
    from whisper_normalizer.english import EnglishTextNormalizer  # noqa: PLC0415  # reads tables: once is enough

    return EnglishTextNormalizer()


def words(text: str) -> list[str]:
    """The words of a text under Whisper's English normaliser."""
    normal: str = _normaliser()(text)
    return normal.split()


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a phrase, normalised, with its place in the file in seconds."""

    text: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase in a wav file.

    Attributes:
        wav: the file.
        text: what is said.
        words: with times, from an offline pass.
        onset: where its sound begins, in seconds.
        hush: where its sound ends.
        seconds: how long the file is.

    """

    wav: Path
    text: str
    words: tuple[Word, ...]
    onset: float
    hush: float
    seconds: float


def run_sayso(env: Mapping[str, str], *arguments: str | Path, status: int = 0) -> subprocess.CompletedProcess[str]:
    """Run a sayso command to its end, and hold it to an exit status."""
    done = subprocess.run(
        [SAYSO, *arguments], env=env, capture_output=True, text=True, timeout=COMMAND_SECONDS, check=False
    )
    assert done.returncode == status, done.stderr
    assert "Traceback" not in done.stderr
    return done


def speak(speaker: Speaker, env: Mapping[str, str], texts: Sequence[str] = PHRASES) -> dict[str, Phrase]:
    """Make the phrases; the model must hear each of them right when it decodes the file itself."""
    wavs = [speaker(text) for text in texts]
    told = run_sayso(env, "transcribe", "--format", "json", *wavs).stdout.splitlines()
    phrases = {}
    for text, wav, line in zip(texts, wavs, told, strict=True):
        heard = json.loads(line)
        assert words(heard["text"]) == words(text), "the model does not hear this phrase right: take another"
        phrases[text] = _phrase(wav, text, heard)
    return phrases


def _phrase(wav: Path, text: str, heard: dict[str, Any]) -> Phrase:
    audio, rate = read_wav(wav)
    loud = np.flatnonzero(np.abs(audio.astype(np.int32)) > AUDIBLE) / rate
    timed = tuple(
        Word(normal, word["start"], word["end"])
        for segment in heard["segments"]
        for word in segment["words"]
        for normal in words(word["word"])
    )
    assert [word.text for word in timed] == words(text)
    return Phrase(wav, text, timed, float(loud[0]), float(loud[-1]), len(audio) / rate)


def join(path: Path, phrases: Sequence[Phrase], pause_seconds: float) -> Phrase:
    """Say phrases one after another, with a pause between them."""
    parts: list[Any] = []
    timed: list[Word] = []
    rate, at, hush = 0, 0.0, 0.0
    for phrase in phrases:
        audio, rate = read_wav(phrase.wav)
        timed += [Word(word.text, at + word.start, at + word.end) for word in phrase.words]
        hush = at + phrase.hush
        parts += [audio, np.zeros(round(pause_seconds * rate), dtype=np.int16)]
        at += phrase.seconds + pause_seconds
    joined = np.concatenate(parts[:-1])
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(joined.astype("<i2").tobytes())
    text = " ".join(phrase.text for phrase in phrases)
    return Phrase(path, text, tuple(timed), phrases[0].onset, hush, len(joined) / rate)


LATE_SECONDS = 0.5  # capture is up to 0.1 s behind the speaker, and Whisper's word times are right to 0.2 s
AHEAD_SECONDS = 0.4
TORN_WORDS = 2  # the word that was cut in two may have become another, or two


def assert_said_up_to(typed: Sequence[str], phrase: Phrase, cut: float, cut_at_most: float) -> None:
    """What was typed of a phrase that was cut off is what had been said by then, and nothing after it.

    Args:
        typed: the words that stand.
        phrase: what was being said.
        cut: where in the file, in seconds, it was cut off at the earliest.
        cut_at_most: and at the latest.

    """
    due = [word.text for word in phrase.words if word.end <= cut - LATE_SECONDS]
    begun = [word.text for word in phrase.words if word.start <= cut_at_most + AHEAD_SECONDS]
    what = f"cut between {cut:.2f} and {cut_at_most:.2f} s: typed {typed}, due {due}, begun {begun}"
    if list(typed[: len(due)]) != due:
        pytest.fail(f"words are lost; {what}")
    certain = max(len(due), len(typed) - TORN_WORDS)
    if len(typed) > len(begun) + 1 or list(typed[:certain]) != begun[:certain]:
        pytest.fail(f"words appeared that had not been said; {what}")
