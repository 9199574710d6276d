"""A dictation that begins while the model is not in memory: the key press loads it, and nothing is lost."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from tests.daemon.engines.loads import Loads, Time
from tests.daemon.fakes import Diary, LoudnessDetector, ReadingEngine, of_type, phrase, recording, text_of
from tests.daemon.hearing import Desk

from sayso.audio import Pcm, samples
from sayso.clock import VirtualClock
from sayso.config import Settings
from sayso.engines import Engine
from sayso.engines.ctranslate2 import CTranslate2Engine
from sayso.engines.resident import Presence, ResidentEngine
from sayso.errors import ModelError
from sayso.events import (
    Event,
    ListeningChanged,
    Problem,
    ProblemCleared,
    ProblemName,
    UtteranceFailed,
)
from sayso.latency import plain_words
from sayso.loading import engine_from
from sayso.mailbox import DecodePartial, Mailbox
from sayso.recogniser import Recogniser
from sayso.recogniser_thread import RecogniserThread
from sayso.replay import Pace, replay
from sayso.replay.strokes import OPEN_THROUGHOUT
from sayso.replay.witness import Moment
from sayso.status import Facts, follow
from sayso.typist.recording import RecordingTypist
from sayso.vad import make_detector

OPENING_SECONDS = 4.0
OPENING = "hello you are watching dictation as it happens"
LEFT_MB = 5  # by each unload; with several arenas it is up to 30
GIVEN_BACK_MB = 50  # of the 80 that tiny.en's weights, beams and buffers take; without trimming it is 20


class Attendant(Diary):
    """What the service does for its engine: lets it follow what happens, and knows whether it is needed."""

    def __init__(self, engine: Engine, load: Callable[[], Engine]) -> None:
        super().__init__()
        self.facts, self.time = Facts(), Time()
        self.engine = ResidentEngine(
            engine, load, 1.0, is_needed=lambda: self.facts.needs_engine, later=self.time.later
        )
        self.engine.rest()
        self.presences: dict[Event, Presence] = {}

    def __call__(self, event: Event, moment: Moment) -> None:
        super().__call__(event, moment)
        self.facts = follow(self.facts, event)
        self.engine.watch(event)
        self.presences[event] = self.engine.presence

    def unload(self) -> None:
        self.time.let_pass(1)
        assert self.engine.presence is Presence.UNLOADED


@pytest.fixture
def wanted(default_settings: Settings, data_home: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("XDG_DATA_HOME", str(data_home))
    return replace(default_settings, engine=replace(default_settings.engine, device="cpu"))


def test_a_dictation_that_begins_right_after_an_unload_loses_no_word(
    engine: CTranslate2Engine, demo: Pcm, wanted: Settings
) -> None:
    attendant, typist = Attendant(engine, lambda: engine_from(wanted)), RecordingTypist()
    attendant.unload()
    opening = demo[: samples(OPENING_SECONDS)]
    replay(wanted, attendant.engine, make_detector(), typist, opening, OPEN_THROUGHOUT, Pace.REALTIME, attendant)
    attendant.engine.close()
    assert plain_words(typist.text) == OPENING.split()
    assert attendant.presences[ListeningChanged(True)] is Presence.LOADING


def test_what_was_said_is_all_there_also_when_the_load_takes_longer_than_the_speech(
    default_settings: Settings,
) -> None:
    loads = Loads()
    loads.may_end.clear()
    attendant, typist = Attendant(ReadingEngine(), loads), RecordingTypist()
    attendant.unload()

    def witness(event: Event, moment: Moment) -> None:
        attendant(event, moment)
        if event == ListeningChanged(False):
            assert attendant.engine.presence is Presence.LOADING
            loads.may_end.set()

    audio = recording([(3, 0.8), (2, 0.1)])
    detector = LoudnessDetector()
    replay(default_settings, attendant.engine, detector, typist, audio, OPEN_THROUGHOUT, Pace.REALTIME, witness)
    attendant.engine.close()
    assert typist.text == text_of(5)
    assert loads.tries == 1


def test_how_long_a_load_takes_says_nothing_of_how_fast_this_machine_decodes() -> None:
    clock, took = VirtualClock(), list[float]()

    def load() -> Engine:
        clock.advance_to(5.0)
        return ReadingEngine()

    attendant, mailbox = Attendant(ReadingEngine(), load), Mailbox()
    attendant.unload()
    recogniser = Recogniser(attendant.engine, "en", Desk().dictation, lambda _: None)
    thread = RecogniserThread(
        recogniser, mailbox, lambda _: None, clock, lambda _, took_seconds: took.append(took_seconds)
    )
    mailbox.order(DecodePartial(1, 0, phrase(0, 2)))
    thread.start()
    thread.stop()
    attendant.engine.close()
    assert attendant.engine.presence is Presence.LOADED
    assert took == [0.0]


def test_a_load_that_fails_is_a_problem_of_its_utterance_and_the_next_one_is_typed(
    default_settings: Settings,
) -> None:
    loads = Loads(error=ModelError("model.bin is missing"))
    attendant, typist = Attendant(ReadingEngine(), loads), RecordingTypist()
    attendant.unload()

    def witness(event: Event, moment: Moment) -> None:
        attendant(event, moment)
        if isinstance(event, UtteranceFailed):
            loads.error = None

    audio = recording([(4, 1.0), (3, 1.0)])
    detector = LoudnessDetector()
    replay(default_settings, attendant.engine, detector, typist, audio, OPEN_THROUGHOUT, Pace.FAST, witness)
    attendant.engine.close()
    assert of_type(attendant.events, UtteranceFailed) == [UtteranceFailed(1)]
    (problem,) = of_type(attendant.events, Problem)
    assert problem.name is ProblemName.ENGINE_FAILED
    assert problem.message == (
        "the model 'numbers' could not be loaded again: model.bin is missing. The next utterance tries again"
    )
    assert of_type(attendant.events, ProblemCleared) == [ProblemCleared(ProblemName.ENGINE_FAILED)]
    assert typist.text == text_of(3, first=4)


MEMORY = """
from pathlib import Path
from sayso import heap
from sayso.engines import Window
from sayso.engines.resident import ResidentEngine
from sayso.spoken_sample import audio as sample
from sayso.config import load_settings
from sayso.loading import engine_from


def resident_mb() -> float:
    status = Path("/proc/self/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024


class Timer:
    def cancel(self) -> None:
        pass


heap.use_one_arena()
settings = load_settings(None, {"engine.device": "cpu"})
fire = []
engine = ResidentEngine(
    engine_from(settings),
    lambda: engine_from(settings),
    1.0,
    is_needed=lambda: False,
    later=lambda _seconds, do: fire.append(do) or Timer(),
)
window = Window(sample()[:80_000], 0)
for _ in range(3):
    session = engine.session("en")
    session.partial(window), session.final(window)
    loaded = resident_mb()
    fire[-1]()
    print(loaded, resident_mb(), engine.presence.value)
"""


def test_the_memory_of_a_model_that_is_unloaded_goes_back_to_the_system_each_time(data_home: Path) -> None:
    env = {**os.environ, "XDG_DATA_HOME": str(data_home)}
    ran = subprocess.run([sys.executable, "-c", MEMORY], env=env, capture_output=True, text=True, check=True)
    rows = [line.split() for line in ran.stdout.splitlines()]
    assert len(rows) == 3
    for loaded, unloaded, presence in rows:
        assert presence == "unloaded"
        assert float(loaded) - float(unloaded) > GIVEN_BACK_MB, ran.stdout
    assert abs(float(rows[2][1]) - float(rows[0][1])) < LEFT_MB, ran.stdout
