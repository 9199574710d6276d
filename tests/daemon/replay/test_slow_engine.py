"""A real model on a machine ten times as slow: everything is typed, later and in larger pieces."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from difflib import SequenceMatcher

from tests.daemon.fakes import Diary, of_type

from sayso.audio import Pcm
from sayso.config import Settings
from sayso.engines import Decoding, Engine, SelfCheck, Session, Transcription, Window
from sayso.events import PaceChanged, Problem, Rung, UtteranceFailed, UtteranceFinished, UtteranceStarted
from sayso.latency import plain_words
from sayso.replay import Pace, replay
from sayso.replay.strokes import OPEN_THROUGHOUT
from sayso.typist.recording import RecordingTypist
from sayso.vad import make_detector

TIMES = 10
HOP_MS = 100  # so that ten decodes take longer than a hop on any machine
SAID = plain_words(
    "Hello, you are watching dictation as it happens. The words appear while I am still speaking, what may still "
    "change is grey. When I stop, the sentence is finished at once. Nothing ever leaves this machine."
)


class Slowed:
    """An engine that does everything ten times over."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.name, self.model, self.device = engine.name, engine.model, engine.device

    def session(self, language: str | None) -> Session:
        return SlowedSession(self._engine.session(language))

    def transcribe(self, audio: Pcm, language: str | None) -> Transcription:
        return self._engine.transcribe(audio, language)

    def self_check(self) -> SelfCheck:
        return self._engine.self_check()


class SlowedSession:
    """One utterance on it."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def partial(self, window: Window) -> Decoding:
        return slowly(self._session.partial, window)

    def final(self, window: Window) -> Decoding:
        return slowly(self._session.final, window)


def slowly(decode: Callable[[Window], Decoding], window: Window) -> Decoding:
    return [decode(window) for _ in range(TIMES)][-1]


def test_ten_times_slower_than_here_no_word_is_lost_and_the_ladder_shows_it(
    default_settings: Settings, engine: Engine, demo: Pcm
) -> None:
    diary, typist = Diary(), RecordingTypist()
    streaming = replace(default_settings.streaming, hop_ms=HOP_MS)
    settings, slowed = replace(default_settings, streaming=streaming), Slowed(engine)
    replay(settings, slowed, make_detector(), typist, demo, OPEN_THROUGHOUT, Pace.CLOCK, diary)
    assert words_wrong(plain_words(typist.text)) <= 2, typist.text
    assert of_type(diary.events, Problem) == of_type(diary.events, UtteranceFailed) == []
    assert len(of_type(diary.events, UtteranceFinished)) == len(of_type(diary.events, UtteranceStarted)) > 0
    assert of_type(diary.events, PaceChanged)[0].rung in (Rung.SLOWER, Rung.SEGMENTS)


def words_wrong(words: list[str]) -> int:
    """How many words of the sample are missing or otherwise, and how many there are besides."""
    same = sum(block.size for block in SequenceMatcher(None, words, SAID, autojunk=False).get_matching_blocks())
    return max(len(words), len(SAID)) - same
