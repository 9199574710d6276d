"""Sentences with commands in them, spoken by Piper's voice, through the live flow into a window.

By hand: `python -m tests.daemon.commands.spoken MODEL…` says how many come out exactly as they were meant, spoken
in one go and with pauses between the phrases.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
from tests.daemon.commands.window import Window
from tests.desktop.rig.speech import Speaker

from sayso import stages
from sayso.audio import Pcm
from sayso.commands.sources import load_grammar
from sayso.config import Settings, load_settings
from sayso.engines import Engine
from sayso.loading import engine_from
from sayso.recording import read_recording
from sayso.replay import Pace, replay
from sayso.replay.strokes import OPEN_THROUGHOUT
from sayso.typist.recording import RecordingTypist
from sayso.vad import make_detector

SENTENCES = {
    "Hello, comma, world, full stop.": "Hello, world.",
    "Dear Anna, comma, new line. Thank you for your letter, full stop. New paragraph. See you soon.": (
        "Dear Anna,\nThank you for your letter.\n\nSee you soon."
    ),
    "Is this the right place, question mark.": "Is this the right place?",
    "He said, colon, open quote, good morning, close quote, full stop.": 'He said: "good morning".',
    "The result, open bracket, see below, close bracket, is fine, full stop.": "The result (see below) is fine.",
    "We use, all caps, nasa for this.": "We use NASA for this.",
    "The number is, numeral, twenty three.": "The number is 23.",
    "This is wrong. Scratch that. This is right.": "This is right.",
    "Milk, new line. Bread, new line. Butter.": "Milk\nBread\nButter.",
    "I like apples, comma, pears, and plums, full stop.": "I like apples, pears and plums.",
}


def dictated(settings: Settings, engine: Engine, audio: Pcm) -> str:
    """What stands in a window when a recording, shape (n,), has been dictated."""
    window = Window(load_grammar("en"))

    def dictation(_formatter: Any, _deliver: Any, emit: Any, *_edges: Any, **_more: Any) -> Any:
        window.dictation._emit = emit
        return window.dictation

    with mock.patch.object(stages, "Dictation", dictation):
        replay(
            settings,
            engine,
            make_detector(),
            RecordingTypist(),
            audio,
            OPEN_THROUGHOUT,
            Pace.FAST,
            lambda _event, _moment: None,
        )
    return window.text


def in_one_go(speak: Speaker, sentence: str) -> Pcm:
    """The sentence as the voice reads it."""
    return read_recording(speak(sentence))


def with_pauses(pause_seconds: float, speak: Speaker, sentence: str) -> Pcm:
    """The phrases of the sentence by themselves, with so much silence between them."""
    silence = np.zeros(round(16_000 * pause_seconds), dtype=np.int16)
    pieces = [np.zeros(8_000, dtype=np.int16)]
    for phrase in sentence.rstrip(".").replace(". ", ", ").split(", "):
        audio = read_recording(speak(phrase))
        voiced = np.flatnonzero(np.abs(audio.astype(np.int32)) > 300)
        pieces += [audio[voiced[0] : voiced[-1]], silence]
    return np.concatenate(pieces)


def main(models: Sequence[str]) -> None:
    """Say all sentences to each model, in three ways."""
    ways = {"in one go": in_one_go, "0.3 s": partial(with_pauses, 0.3), "0.8 s": partial(with_pauses, 0.8)}
    with tempfile.TemporaryDirectory() as folder:
        speak = Speaker(Path(folder))
        for model in models:
            settings = load_settings(None, {"engine.model": model, "language": "en"})
            engine = engine_from(settings)
            for way, say in ways.items():
                exact = 0
                for sentence, meant in SENTENCES.items():
                    stands = dictated(settings, engine, say(speak, sentence))
                    exact += stands == meant
                    if stands != meant:
                        print(f"   {meant!r} came out as {stands!r}")  # noqa: T201  # run by hand
                print(f"{model}, {way}: {exact} of {len(SENTENCES)} exact")  # noqa: T201  # run by hand


if __name__ == "__main__":
    main(sys.argv[1:])
