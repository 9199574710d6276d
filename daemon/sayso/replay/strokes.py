"""What the person in a replay does with the key, and the silence after a recording."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from sayso.audio import FRAME_SAMPLES, Pcm, samples
from sayso.config import Settings
from sayso.segmenter import Boundary, Segmenter
from sayso.stages import plan_from
from sayso.vad import VoiceDetector

KEY_LEAD_SECONDS = 0.2  # a person presses the key about so long before the first sound


class Key(StrEnum):
    """What the person does with the key."""

    PRESS = "press"
    RELEASE = "release"


@dataclass(frozen=True, slots=True)
class KeyStroke:
    """A key event at a sample of the recording."""

    at_sample: int
    key: Key


OPEN_THROUGHOUT = (KeyStroke(0, Key.PRESS),)
"""The microphone is open from beginning to end."""


def hold_around_speech(
    audio: Pcm, detector: VoiceDetector, settings: Settings, release_after: int
) -> list[KeyStroke]:
    """Hold-to-talk: the key goes down before each utterance and up some samples after its last voiced frame."""
    segmenter = Segmenter(plan_from(settings).endpointing)
    strokes: list[KeyStroke] = []
    padded = with_silence(audio, settings)

    def hold(onset: int, voiced_end: int) -> None:
        press = max(onset - samples(KEY_LEAD_SECONDS), 0)
        if strokes and press <= strokes[-1].at_sample:
            strokes.pop()  # it is still down: one hold over both
        else:
            strokes.append(KeyStroke(press, Key.PRESS))
        strokes.append(KeyStroke(voiced_end + release_after, Key.RELEASE))

    for start in range(0, len(padded) - FRAME_SAMPLES + 1, FRAME_SAMPLES):
        frame = padded[start : start + FRAME_SAMPLES]
        if segmenter.step(start + FRAME_SAMPLES, detector.probability(frame)) is Boundary.HARD_END:
            hold(segmenter.onset, segmenter.voiced_end)
    detector.reset()
    return strokes


def with_silence(audio: Pcm, settings: Settings) -> Pcm:
    """The recording followed by as much silence as ends an utterance: a microphone would not stop either."""
    tail = samples(settings.vad.hard_endpoint_ms / 1000) + 4 * FRAME_SAMPLES
    tail += -(len(audio) + tail) % FRAME_SAMPLES
    return np.concatenate((audio, np.zeros(tail, dtype=np.int16)))
