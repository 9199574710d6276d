"""The recording that is measured on: clips with transcripts, joined with pauses."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sayso.audio import SAMPLE_RATE_HZ, Pcm, samples, seconds
from sayso.recording import read_recording

PAUSE_SECONDS = 1.5  # longer than any endpoint: each clip begins an utterance of its own
TONE_DBFS = -60.0
"""Root mean square of the pauses. A microphone never gives digital zero: its own noise and the room's are in every
frame. Zero would make the pauses easier than they are (WebRTC's detector is certain of it) and the edges of clips
steps that no room has. The quietest tenth of the frames of the clips themselves lies at -58 dBFS in the middle."""

_SEED = 4  # any: the same recording every time


@dataclass(frozen=True, slots=True)
class Clip:
    """A file and what is said in it."""

    path: Path
    reference: str


@dataclass(frozen=True, slots=True)
class Part:
    """Where a clip lies in a recording, [start, end) in samples, and what is said in it."""

    folder: str
    start: int
    end: int
    reference: str


@dataclass(frozen=True, slots=True)
class Recording:
    """Audio, shape (n,), and the parts of it that are speech, in order."""

    audio: Pcm
    parts: tuple[Part, ...]

    @property
    def reference(self) -> str:
        """All that is said in it."""
        return " ".join(part.reference for part in self.parts)

    @property
    def seconds(self) -> float:
        """Its length, pauses included."""
        return seconds(len(self.audio))

    def audio_of(self, part: Part) -> Pcm:
        """The samples of one clip, as they are in its file."""
        return self.audio[part.start : part.end]


def clips_in(folder: Path, limit: int | None = None) -> Iterator[Clip]:
    """The first clips of a folder with a `transcripts.jsonl` of {"file", "text"} a line."""
    lines = (folder / "transcripts.jsonl").read_text(encoding="utf-8").splitlines()
    for line in lines[:limit]:
        row = json.loads(line)
        yield Clip(folder / row["file"], row["text"])


def joined(clips: Sequence[Clip], pause_seconds: float = PAUSE_SECONDS, tone_dbfs: float = TONE_DBFS) -> Recording:
    """The clips one after the other, with a pause before, between and after them; -inf dBFS is digital zero."""
    pause = samples(pause_seconds)
    tone = room_tone(pause * (len(clips) + 1), tone_dbfs)
    pieces, parts, at = [tone[:pause]], [], pause
    for number, clip in enumerate(clips, start=1):
        audio = read_recording(clip.path)
        parts.append(Part(clip.path.parent.name, at, at + len(audio), clip.reference))
        pieces += [audio, tone[number * pause : (number + 1) * pause]]
        at += len(audio) + pause
    return Recording(np.concatenate(pieces), tuple(parts))


def room_tone(count: int, dbfs: float) -> Pcm:
    """Pink noise, as rooms and preamplifiers have it (power falls with frequency), shape (count,), int16."""
    if count == 0:
        return np.zeros(0, dtype=np.int16)
    spectrum = np.fft.rfft(np.random.default_rng(_SEED).standard_normal(count))
    hertz = np.fft.rfftfreq(count, 1 / SAMPLE_RATE_HZ)
    noise = np.fft.irfft(
        spectrum / np.sqrt(np.maximum(hertz, 50.0)), count
    )  # level below 50 Hz, as a microphone's is
    noise *= 32768 * 10 ** (dbfs / 20) / np.sqrt(np.mean(noise**2))
    return np.round(noise).astype(np.int16)
