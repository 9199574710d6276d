"""Replay: the live flow fed from a recording, through the same seam as the microphone."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from sayso.audio import Pcm
from sayso.config import Settings
from sayso.engines import Engine
from sayso.journal.thread import JournalThread
from sayso.replay.realtime import replay_in_real_time
from sayso.replay.strokes import KeyStroke
from sayso.replay.virtual import VirtualReplay
from sayso.replay.witness import ReplayResult, Witness
from sayso.typist import Typist
from sayso.vad import VoiceDetector
from sayso.vocabulary.live import LiveVocabulary


class Pace(StrEnum):
    """How time passes in a replay."""

    REALTIME = "realtime"  # it is waited for
    CLOCK = "clock"  # a virtual clock follows the audio or the computing, whichever is later
    FAST = "fast"  # a virtual clock follows the audio; computing counts as nothing


def replay(
    settings: Settings,
    engine: Engine,
    detector: VoiceDetector,
    typist: Typist,
    audio: Pcm,
    strokes: Sequence[KeyStroke],
    pace: Pace,
    witness: Witness,
    journal: JournalThread | None = None,
    vocabulary: LiveVocabulary | None = None,
) -> ReplayResult:
    """Send a recording, shape (n,), through the live flow; returns when all its text is delivered.

    With a journal, which this starts and stops, it is kept as if it had been dictated.
    """
    if pace is Pace.REALTIME:
        return replay_in_real_time(
            settings, engine, detector, typist, audio, strokes, witness, journal, vocabulary
        )
    virtual = VirtualReplay(
        settings,
        engine,
        detector,
        typist,
        witness,
        count_computing=pace is Pace.CLOCK,
        journal=journal,
        vocabulary=vocabulary,
    )
    return virtual.run(audio, strokes)
