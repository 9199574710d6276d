"""Replay in real time: the service's own threads, with a recording in the microphone's place."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

from sayso.audio import FRAME_SAMPLES, SAMPLE_RATE_HZ, Pcm, seconds
from sayso.capture import Report
from sayso.clock import WallClock
from sayso.config import Settings
from sayso.engines import Engine
from sayso.events import CaptureOpened, Event
from sayso.flow import Flow
from sayso.journal.opening import no_journal
from sayso.journal.thread import JournalThread
from sayso.replay.strokes import Key, KeyStroke, with_silence
from sayso.replay.witness import Moment, ReplayResult, Witness
from sayso.ring import Ring
from sayso.typist import Typist
from sayso.vad import VoiceDetector
from sayso.vocabulary.live import LiveVocabulary

PATIENCE_SECONDS = 120.0  # how long the end of a replay waits for a machine slower than speech


class Playback:
    """A recording that plays like a microphone: a frame every 32 ms of real time.

    Args:
        audio: shape (n,), a whole number of frames.
        strokes: what the person does with the key, and when.
        press: called at each stroke.
        clock: restarted when the first frame begins.

    Attributes:
        ended: set when the last frame has been written.
        heard_samples: how many have been.

    """

    def __init__(
        self,
        audio: Pcm,
        strokes: Sequence[KeyStroke],
        press: Callable[[Key], None],
        clock: WallClock,
    ) -> None:
        self.ended = threading.Event()
        self.heard_samples = 0
        self._audio = audio
        self._strokes = sorted(strokes, key=lambda stroke: stroke.at_sample)
        self._press = press
        self._clock = clock
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def latency_samples(self) -> int:
        """None: the frames are there when they have been spoken."""
        return 0

    def start(self, ring: Ring, report: Report) -> None:
        """Begin to play."""
        report(CaptureOpened("recording", SAMPLE_RATE_HZ))
        self._thread = threading.Thread(target=self._run, args=(ring,), name="sayso-playback", daemon=True)
        self._clock.restart()
        self._thread.start()

    def stop(self) -> None:
        """Stop playing."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self, ring: Ring) -> None:
        """Thread `sayso-playback`: waits until each frame would have been spoken to its end."""
        waiting = list(self._strokes)
        for start in range(0, len(self._audio), FRAME_SAMPLES):
            while waiting and waiting[0].at_sample <= start:
                self._press(waiting.pop(0).key)
            end = start + FRAME_SAMPLES
            if self._stop.wait(max(0.0, seconds(end) - self._clock.now())):
                break
            ring.write(self._audio[start:end])
            self.heard_samples = end
        self.ended.set()


def replay_in_real_time(
    settings: Settings,
    engine: Engine,
    detector: VoiceDetector,
    typist: Typist,
    audio: Pcm,
    strokes: Sequence[KeyStroke],
    witness: Witness,
    journal: JournalThread | None = None,
    vocabulary: LiveVocabulary | None = None,
) -> ReplayResult:
    """Play a recording, shape (n,), through the threads of the service, and wait until its text is delivered."""
    clock = WallClock()

    def press(key: Key) -> None:
        if key is Key.PRESS:
            flow.listen()
        else:
            flow.stop_listening()

    def observe(event: Event) -> None:
        witness(event, Moment(clock.now(), seconds(playback.heard_samples)))

    playback = Playback(with_silence(audio, settings), strokes, press, clock)
    flow = Flow(
        settings,
        playback,
        engine,
        detector,
        typist,
        journal or no_journal(),
        clock,
        (observe,),
        vocabulary=vocabulary,
    )
    cpu_before = time.process_time()
    flow.start()
    try:
        playback.ended.wait()
        flow.stop_listening()
        flow.status.wait_until_finished(PATIENCE_SECONDS)
    finally:
        flow.stop()
    return ReplayResult(
        audio_seconds=seconds(len(audio)),
        cpu_seconds=time.process_time() - cpu_before,
        decodes=flow.stages.recogniser.decodes,
        contradicted=flow.stages.dictation.contradicted,
    )
