"""The stages joined to each other: ring → segmenter → recogniser → stabiliser → formatter → the typist's door.

The threads that run them and the edges at both ends are not here: `flow` adds them for the service, and
`replay.virtual` drives the same stages by hand.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from sayso.audio import Pcm, samples, seconds
from sayso.clock import Clock
from sayso.commands import Grammars, obeyed
from sayso.config import Settings
from sayso.dictation import Dictation
from sayso.engines import Engine
from sayso.events import Decoded, Edit, Event
from sayso.formatter import Formatter
from sayso.journal import Begun
from sayso.ladder import Ladder
from sayso.language import speech_from
from sayso.loading import language_of
from sayso.mailbox import DecodeFinal, DecodePartial, Mailbox, Request
from sayso.pipeline import Pipeline
from sayso.recogniser import Recogniser
from sayso.ring import Ring
from sayso.segmenter import Endpointing
from sayso.vad import VoiceDetector
from sayso.vocabulary.live import LiveVocabulary
from sayso.windows import StreamingPlan


def plan_from(settings: Settings) -> StreamingPlan:
    """The settings of the live flow, in samples."""
    vad = settings.vad
    return StreamingPlan(
        endpointing=Endpointing.from_milliseconds(vad.threshold, vad.soft_endpoint_ms, vad.hard_endpoint_ms),
        pre_roll=samples(settings.audio.pre_roll_ms / 1000),
        min_speech=samples(vad.min_speech_ms / 1000),
        hop=samples(settings.streaming.hop_ms / 1000),
        window=samples(settings.streaming.max_window_seconds),
    )


class Stages:
    """One life of the stages.

    Args:
        settings: as loaded.
        engine: the loaded model.
        detector: probability of speech, frame by frame.
        clock: for deadlines.
        deliver: the typist's door: (utterance, edit, last).
        keep: the journal's ear: (utterance, audio).
        emit: told of everything that happens.
        place: a number for where an utterance's text goes.
        is_cancelled: whether nobody wants an utterance any more.
        deletes: whether what was typed can be taken back.
        undo: takes back an utterance.
        trim: takes back so many characters of the end of one.
        first_utterance: the number of the first one.
        vocabulary: the person's learnt terms and rules; None for none.

    """

    def __init__(
        self,
        settings: Settings,
        engine: Engine,
        detector: VoiceDetector,
        clock: Clock,
        *,
        deliver: Callable[[int, Edit, bool], None],
        keep: Callable[[int, Pcm], None],
        emit: Callable[[Event], None],
        place: Callable[[int], int] = lambda _: 0,
        is_cancelled: Callable[[int], bool] = lambda _: False,
        deletes: Callable[[], bool] = lambda: False,
        undo: Callable[[int], None] = lambda _: None,
        trim: Callable[[int, int], None] | None = None,
        first_utterance: int = 1,
        vocabulary: LiveVocabulary | None = None,
    ) -> None:
        self._emit = emit
        self.vocabulary = vocabulary if vocabulary is not None else LiveVocabulary()
        self.wake = threading.Event()
        self.ring = Ring(self.wake)
        self.mailbox = Mailbox()
        self.ladder = Ladder(emit)
        self.dictation = Dictation(Formatter(), deliver, emit, place, is_cancelled, deletes, undo, trim)
        commands = settings.commands
        self.grammars = Grammars(emit, commands.pause_ms / 1000, settings.vocabulary, learnt=self.vocabulary)
        self.dictation.commands = lambda _, language: obeyed(self.grammars(language), commands=commands.enabled)
        self.dictation.rewrite = settings.streaming.rewrite
        self.recogniser = Recogniser(engine, language_of(settings), self.dictation, emit)
        self.recogniser.asking_of = self.grammars.asking
        speech = speech_from(settings)
        self.recogniser.speech_of = lambda _: speech
        self.pipeline = Pipeline(
            self.ring,
            detector,
            self.mailbox,
            plan_from(settings),
            gaps=lambda: self.dictation.gaps,
            keep=keep,
            emit=emit,
            clock=clock,
            ladder=self.ladder,
            first_utterance=first_utterance,
        )
        self.dictation.begins_at = lambda utterance: seconds(self.pipeline.began_at(utterance))

    def done(self, request: Request, took_seconds: float) -> None:
        """The recogniser has done a request: how long it took decides how often it is asked."""
        self.ladder.done(request, took_seconds, self.pipeline.plan.hop)
        if isinstance(request, DecodePartial | DecodeFinal):
            self._emit(Decoded(request.utterance, isinstance(request, DecodeFinal), took_seconds))

    def begun(self, utterance: int, application: str = "", model: str | None = None, *, learns: bool) -> Begun:
        """What the journal is to know of an utterance that begins now.

        Args:
            utterance: its number.
            application: that it is for.
            model: that the application's profile asks for, if it does.
            learns: whether it is kept once it has arrived.

        """
        engine = self.recogniser.engine
        name = model or engine.model.name
        return Begun(utterance, time.time(), application, name, engine.name, engine.device, learns)
