"""Replay on a virtual clock: the stages driven by hand, frame by frame, in one thread.

A decode that was measured to take 0.3 s delivers its result 0.3 s later on the clock, while frames go on
arriving, just as it would in the service. Nothing waits, so an hour of audio takes as long as its computing.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from sayso.audio import FRAME_SAMPLES, Pcm, seconds
from sayso.clock import VirtualClock
from sayso.config import Settings
from sayso.engines import Engine
from sayso.events import Event, UtteranceCutShort, UtteranceStarted
from sayso.journal.opening import no_journal
from sayso.journal.thread import JournalThread
from sayso.mailbox import Request
from sayso.recogniser import Result
from sayso.replay.strokes import Key, KeyStroke, with_silence
from sayso.replay.witness import Moment, ReplayResult, Witness
from sayso.stages import Stages
from sayso.status import Status
from sayso.typist import Typist
from sayso.typist.delivery import Delivery
from sayso.vad import VoiceDetector
from sayso.vocabulary.live import LiveVocabulary


@dataclass(frozen=True, slots=True)
class _Work:
    """A request that is being done: what it will have given, how long it takes, and when it is over."""

    request: Request
    result: Result | None
    took_seconds: float
    until: float


class VirtualReplay:
    """Drives the stages by hand on a virtual clock.

    Args:
        settings: as loaded.
        engine: the loaded model.
        detector: probability of speech, frame by frame.
        typist: where the text goes.
        witness: told of everything, and when.
        count_computing: whether measured computing moves the clock.
        journal: keeps it as if it had been dictated; started and stopped by `run`.
        vocabulary: the person's learnt terms and rules.

    """

    def __init__(
        self,
        settings: Settings,
        engine: Engine,
        detector: VoiceDetector,
        typist: Typist,
        witness: Witness,
        *,
        count_computing: bool,
        journal: JournalThread | None = None,
        vocabulary: LiveVocabulary | None = None,
    ) -> None:
        self._clock = VirtualClock()
        self._heard_samples = 0
        self._witness = witness
        self._status = Status(self._tell)
        self._settings = settings
        self._count_computing = count_computing
        self._journal = no_journal() if journal is None else journal
        delivery = Delivery(typist, self._emit)
        self._stages = Stages(
            settings,
            engine,
            detector,
            self._clock,
            deliver=delivery,
            keep=self._journal.hear,
            emit=self._emit,
            deletes=delivery.deletes,
            undo=delivery.undo,
            trim=delivery.trim,
            first_utterance=self._journal.first_utterance,
            vocabulary=vocabulary,
        )
        self._work: _Work | None = None  # under way on the clock

    def run(self, audio: Pcm, strokes: Sequence[KeyStroke]) -> ReplayResult:
        """Feed the whole recording and the silence after it, then let everything finish."""
        self._journal.start()
        try:
            return self._run(audio, strokes)
        finally:
            self._journal.stop()

    def _run(self, audio: Pcm, strokes: Sequence[KeyStroke]) -> ReplayResult:
        stages = self._stages
        cpu_before = time.process_time()
        waiting = deque(sorted(strokes, key=lambda stroke: stroke.at_sample))
        padded = with_silence(audio, self._settings)
        for start in range(0, len(padded), FRAME_SAMPLES):
            while waiting and waiting[0].at_sample <= start:
                self._press(waiting.popleft().key)
            end = start + FRAME_SAMPLES
            self._recognise(until=seconds(end))
            self._clock.advance_to(seconds(end))
            stages.ring.write(padded[start:end])
            self._heard_samples = end
            self._step()
        self._press(Key.RELEASE)
        self._recognise(until=math.inf)
        return ReplayResult(
            audio_seconds=seconds(len(audio)),
            cpu_seconds=time.process_time() - cpu_before,
            decodes=stages.recogniser.decodes,
            contradicted=stages.dictation.contradicted,
        )

    def _press(self, key: Key) -> None:
        if key is Key.PRESS:
            self._stages.pipeline.listen()
        else:
            self._stages.pipeline.stop_listening()
        self._step()

    def _step(self) -> None:
        began = time.perf_counter()
        self._stages.pipeline.step()
        if self._count_computing:
            self._clock.advance_to(self._clock.now() + time.perf_counter() - began)
        self._recognise(until=self._clock.now())

    def _recognise(self, until: float) -> None:
        """Let the recogniser work until then: each result is delivered when its computing is over, and the next
        request is begun at that moment."""
        while True:
            if self._work is not None:
                if self._work.until > until:
                    return
                self._clock.advance_to(self._work.until)
                work, self._work = self._work, None
                self._stages.done(work.request, work.took_seconds)
                if work.result is not None:
                    self._stages.dictation.take(work.result)
            request = self._stages.mailbox.take()
            if request is None:
                return
            began = time.perf_counter()
            result = self._stages.recogniser.handle(request)
            computing = time.perf_counter() - began if self._count_computing else 0.0
            self._work = _Work(request, result, computing, self._clock.now() + computing)

    def _emit(self, event: Event) -> None:
        if isinstance(event, UtteranceCutShort):
            self._stages.dictation.correct(event)
        elif isinstance(event, UtteranceStarted):
            self._journal.begin(self._stages.begun(event.utterance, learns=self._journal.learns()))
        self._journal.watch(event)
        self._status.watch(event)

    def _tell(self, event: Event) -> None:
        self._witness(event, Moment(self._clock.now(), seconds(self._heard_samples)))
