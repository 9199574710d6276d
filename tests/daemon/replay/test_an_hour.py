"""An hour of speech with a real model: no word lost or doubled, no drift, no growing memory."""

from __future__ import annotations

import itertools
import resource
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path

import numpy as np
import pytest
from tests.desktop.rig.speech import Speaker

from sayso.audio import Pcm, samples, seconds
from sayso.config import Settings
from sayso.engines.ctranslate2 import CTranslate2Engine
from sayso.events import Event, Problem, UtteranceFailed, UtteranceFinished
from sayso.latency import plain_words
from sayso.recording import read_recording
from sayso.replay import Pace, replay
from sayso.replay.strokes import OPEN_THROUGHOUT
from sayso.replay.witness import Moment
from sayso.typist.recording import RecordingTypist
from sayso.vad import make_detector

SENTENCES = (
    "The train to the city leaves in the morning.",
    "She wrote a long letter to her brother in the north.",
    "Nobody had seen the blue boat since the storm.",
    "Please move our meeting from Tuesday to Thursday afternoon.",
    "The children played in the garden until the sun went down.",
    "He put the old coat back into the wardrobe and closed the door.",
    "Most of the water in the lake comes from the mountains.",
    "I will send you the report before the end of the week.",
    "The bridge was closed for repairs during the summer.",
    "They sat in the kitchen and talked about the weather.",
    "A small dog ran across the road and into the park.",
    "The teacher asked the class to open their books.",
    "We need more chairs for the people in the back.",
    "Her grandmother used to bake bread every Saturday.",
    "The doctor told him to rest for a few days.",
    "It was too dark to read the name on the door.",
    "The museum opens at nine and closes at six.",
    "My neighbor has painted his fence green again.",
    "There were twelve eggs in the basket this morning.",
    "The captain looked at the map and changed the course.",
    "After the concert we walked home along the river.",
    "The shop on the corner sells fruit and flowers.",
    "Snow had covered the roofs of the village.",
    "He answered the phone and wrote down the number.",
)
PAUSES_SECONDS = (0.0, 0.05, 0.15, 0.3, 0.8, 1.5)  # within an utterance, at its endpoint's edge, and after it
WRONG_SHARE = 0.04  # of the words, heard otherwise: it is a tiny model
LOST_SHARE = 0.01  # one more, or one less
SENTENCE_WORDS = 4  # so many in a row are no mishearing: they are lost, or said twice
GROWTH_MB = 20
EDGE_SECONDS = 0.5  # the detector's idea of a sentence's end


class Witness:
    """Notes where utterances ended, and how much memory there was after the first part."""

    def __init__(self, settled_seconds: float) -> None:
        self.ends: list[float] = []
        self.failures: list[Event] = []
        self.settled_mb = 0.0
        self._settled_seconds = settled_seconds

    def __call__(self, event: Event, moment: Moment) -> None:
        if isinstance(event, UtteranceFinished):
            self.ends.append(event.speech_end_seconds)
        if isinstance(event, Problem | UtteranceFailed):
            self.failures.append(event)
        if not self.settled_mb and moment.audio_seconds > self._settled_seconds:
            self.settled_mb = resident_mb()


def resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def spoken(speak: Speaker, for_seconds: float) -> tuple[Pcm, list[str], list[float]]:
    """Sentences in a jumbled order for so long: the audio, what is said, and where each sentence ends."""
    said = [(plain_words(sentence), read_recording(speak(sentence))) for sentence in SENTENCES]
    pieces: list[Pcm] = [np.zeros(samples(0.5), dtype=np.int16)]
    words: list[str] = []
    ends: list[float] = []
    length = len(pieces[0])
    for sentence, pause_seconds in itertools.islice(jumbled(len(said)), 10_000):
        if seconds(length) > for_seconds:
            break
        text, audio = said[sentence]
        words += text
        ends.append(seconds(length + len(audio)))
        pieces += [audio, np.zeros(samples(pause_seconds), dtype=np.int16)]
        length += len(audio) + len(pieces[-1])
    return np.concatenate(pieces), words, ends


def jumbled(count: int) -> Iterator[tuple[int, float]]:
    """Sentences by number, all of them before any comes again, each with the pause after it."""
    rng = np.random.default_rng(6)
    while True:
        for sentence in rng.permutation(count):
            yield int(sentence), float(rng.choice(PAUSES_SECONDS))


@pytest.mark.parametrize("minutes", [1, pytest.param(60, marks=pytest.mark.soak)])
def test_every_word_stands_once_at_its_time_and_memory_stays(
    minutes: int,
    tmp_path_factory: pytest.TempPathFactory,
    default_settings: Settings,
    engine: CTranslate2Engine,
) -> None:
    audio, said, ends = spoken(Speaker(tmp_path_factory.mktemp("said")), minutes * 60)
    typist, witness = RecordingTypist(), Witness(max(30.0, minutes * 10.0))
    replay(default_settings, engine, make_detector(), typist, audio, OPEN_THROUGHOUT, Pace.FAST, witness)
    growth_mb = resident_mb() - witness.settled_mb
    typed = plain_words(typist.text)
    found = SequenceMatcher(None, said, typed, autojunk=False).get_opcodes()
    wrong = [(said[a:b], typed[c:d]) for what, a, b, c, d in found if what != "equal"]
    assert witness.failures == []
    assert sum(abs(len(pair[0]) - len(pair[1])) for pair in wrong) <= LOST_SHARE * len(said), wrong
    assert [pair for pair in wrong if abs(len(pair[0]) - len(pair[1])) >= SENTENCE_WORDS] == []
    assert sum(max(map(len, pair)) for pair in wrong) <= WRONG_SHARE * len(said), wrong
    assert all(min(abs(end - heard) for end in ends) < EDGE_SECONDS for heard in witness.ends)
    assert len(witness.ends) > minutes
    assert growth_mb < GROWTH_MB
