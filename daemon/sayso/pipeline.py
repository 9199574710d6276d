"""The pipeline: frames from the ring through detector and segmenter into windows, and commands in between.

`Pipeline.step` does everything there is to do and returns; it knows no threads. `PipelineThread` calls it
whenever the ring or a command wakes it; a replay on a virtual clock calls it after every frame.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from sayso.audio import FRAME_SAMPLES, SAMPLE_RATE_HZ, Pcm
from sayso.clock import Clock
from sayso.cuts import Gap
from sayso.errors import RingOverrun
from sayso.events import (
    CaptureInterrupted,
    Event,
    ListeningChanged,
    Problem,
    ProblemCleared,
    ProblemName,
    UtteranceFailed,
    UtteranceStarted,
)
from sayso.ladder import Ladder
from sayso.mailbox import Mailbox
from sayso.ring import NEVER, Ring
from sayso.segmenter import Boundary, Phase, Segmenter
from sayso.vad import VoiceDetector
from sayso.windows import StreamingPlan, Windows

log = logging.getLogger(__name__)

QUIET_FRAMES = 4  # while nobody speaks, look every 128 ms: the ring and the pre-roll lose nothing by it
CALM_SAMPLES = 10 * SAMPLE_RATE_HZ  # so long without another overflow, and it is over
STALL_SECONDS = 0.3  # a stop waits so long for audio that was already spoken, should capture have stalled


class Control(Enum):
    """What the outside can ask of the pipeline."""

    LISTEN = auto()
    STOP = auto()  # finish the utterance, then listen no more
    CANCEL = auto()  # forget the utterance, whatever was asked before and all audio until now; listen no more
    BREAK = auto()  # the stream broke off here: finish the utterance, listen on to what follows


@dataclass(frozen=True, slots=True)
class Command:
    """A control that takes effect at an absolute sample."""

    control: Control
    at_sample: int
    deadline_seconds: float


class Pipeline:
    """Follows the ring while it listens.

    Args:
        ring: where the audio is.
        detector: probability of speech, frame by frame.
        mailbox: where orders to the recogniser go.
        plan: may be replaced; the next utterance follows the new one.
        gaps: the committed words' gaps of the utterance in flight.
        keep: the journal's ear: given (utterance, audio) as it is spoken.
        emit: told of everything that happened.
        clock: for the deadline of a stop.
        ladder: how often partials are asked for.
        first_utterance: the number of the first one.

    """

    def __init__(
        self,
        ring: Ring,
        detector: VoiceDetector,
        mailbox: Mailbox,
        plan: StreamingPlan,
        *,
        gaps: Callable[[], tuple[Gap, ...]],
        keep: Callable[[int, Pcm], None],
        emit: Callable[[Event], None],
        clock: Clock,
        ladder: Ladder,
        first_utterance: int = 1,
    ) -> None:
        self.plan = plan
        self._ring = ring
        self._detector = detector
        self._segmenter = Segmenter(plan.endpointing)
        self._windows = Windows(
            ring,
            self._segmenter,
            mailbox,
            plan,
            gaps=gaps,
            keep=keep,
            ladder=ladder,
            first_utterance=first_utterance,
        )
        self._emit = emit
        self._clock = clock
        self._commands: deque[Command] = deque()
        self._listening = False
        self._position = 0  # absolute index of the next frame to look at
        self._free_from = 0  # audio before it belongs to an earlier utterance, or to another stream
        self._overflows = 0  # of the device, as far as they were told
        self._overflowed_at: int | None = None  # absolute index at the last of them, while it is a problem

    # ── commands, from any thread ─────────────────────────────────────────────────────────────────

    def listen(self) -> None:
        """Begin to listen now; what was said up to the pre-roll before counts."""
        self._post(Control.LISTEN, self._ring.written)

    def stop_listening(self, latency_samples: int = 0) -> None:
        """Finish: audio spoken until now counts, also what the device has not yet handed over."""
        self._post(Control.STOP, self._ring.written + latency_samples)

    def cancel(self, latency_samples: int = 0) -> None:
        """Forget what was said until now, also what the device has not yet handed over, and stop listening."""
        self._post(Control.CANCEL, self._ring.written + latency_samples)

    def interrupted(self, event: CaptureInterrupted) -> None:
        """Capture broke off: what was said until there is finished as it stands."""
        self._post(Control.BREAK, event.at_sample)

    def _post(self, control: Control, at_sample: int) -> None:
        self._commands.append(Command(control, at_sample, self._clock.now() + STALL_SECONDS))
        self._ring.wake.set()

    def began_at(self, utterance: int) -> int:
        """Absolute index of the first kept sample of one of the last utterances; 0 of one that is long over."""
        return self._windows.began.get(utterance, 0)

    # ── one pass ──────────────────────────────────────────────────────────────────────────────────

    @property
    def waits_for_deadline(self) -> bool:
        """Whether a command waits for audio that may never come."""
        return bool(self._commands)

    def step(self) -> None:
        """Look at every frame that is there, and obey every command that is due."""
        self._report_overflows()
        while True:
            while (command := self._next()) is not None:
                self._obey(command)
            end = self._position + FRAME_SAMPLES
            limit = min(self._ring.written, self._commands[0].at_sample if self._commands else NEVER)
            if not self._listening or end > limit:
                break
            try:
                self._look(end)
            except RingOverrun as error:
                self._overrun(error)
        self._ring.wake_at = self._wanted()

    def _wanted(self) -> int:
        """The sample at which there is something to look at again."""
        if not self._listening:
            return NEVER
        quiet = self._segmenter.phase is Phase.QUIET
        return self._position + (QUIET_FRAMES if quiet else 1) * FRAME_SAMPLES

    def finish(self) -> None:
        """The end: look at what is there, and finish what was being said."""
        self.step()
        self._close(self._ring.written)
        self._listening = False

    def _next(self) -> Command | None:
        """The command to obey now, if any. Before a cancel nothing is finished: not even waited for."""
        while self._commands:
            finishes = self._commands[0].control in (Control.STOP, Control.BREAK)
            if finishes and any(waiting.control is Control.CANCEL for waiting in tuple(self._commands)):
                self._commands.popleft()
                continue
            return self._commands.popleft() if self._due(self._commands[0]) else None
        return None

    def _due(self, command: Command) -> bool:
        if command.control in (Control.LISTEN, Control.CANCEL) or not self._listening:
            return True
        if self._position + FRAME_SAMPLES <= min(self._ring.written, command.at_sample):
            return False  # audio that was spoken before it is there to be looked at
        return self._ring.written >= command.at_sample or self._clock.now() >= command.deadline_seconds

    def _obey(self, command: Command) -> None:
        match command.control:
            case Control.LISTEN if not self._listening:
                self._detector.reset()
                self._segmenter.reset()
                self._free_from = max(self._free_from, command.at_sample - self.plan.pre_roll, self._oldest)
                self._position = self._free_from
                self._set_listening(True)
            case Control.STOP if self._listening:
                self._close(min(command.at_sample, self._ring.written))
                self._set_listening(False)
            case Control.CANCEL:
                if self._windows.utterance:
                    self._drop()
                self._free_from = max(self._free_from, command.at_sample)
                if self._listening:
                    self._set_listening(False)
            case Control.BREAK:
                if self._listening:
                    self._close(min(command.at_sample, self._ring.written))
                    self._detector.reset()
                    self._position = max(self._position, command.at_sample)
                self._free_from = max(self._free_from, command.at_sample)
            case _:
                pass  # already so

    def _set_listening(self, listening: bool) -> None:
        self._listening = listening
        self._emit(ListeningChanged(listening))

    def _look(self, end: int) -> None:
        frame = self._ring.read(self._position, end)
        self._position = end
        if not self._windows.utterance:
            self._segmenter.endpointing = self.plan.endpointing
        probability = self._detector.probability(frame)
        boundary = self._segmenter.step(end, probability)
        if boundary is Boundary.STARTED:
            self._open()
        if self._windows.utterance:
            self._windows.hear(end, probability, boundary)
        if boundary is Boundary.HARD_END:
            self._close(end)

    def _report_overflows(self) -> None:
        """Tell when the device lost input before it reached the ring, and when that is over."""
        if self._ring.overflows > self._overflows:
            self._overflows = self._ring.overflows
            self._overflowed_at = self._ring.written
            message = "the sound system lost some audio, because this machine was too busy to take it in time"
            self._emit(Problem(ProblemName.AUDIO_OVERRUN, message))
        elif self._overflowed_at is not None and self._ring.written - self._overflowed_at > CALM_SAMPLES:
            self._overflowed_at = None
            self._emit(ProblemCleared(ProblemName.AUDIO_OVERRUN))

    def _overrun(self, error: RingOverrun) -> None:
        """What was being said is no longer in the ring; the journal has most of it."""
        self._emit(Problem(ProblemName.AUDIO_OVERRUN, str(error)))
        self._overflowed_at = self._ring.written
        if self._windows.utterance:
            self._emit(UtteranceFailed(self._windows.utterance))
            self._drop()
        self._detector.reset()
        self._position = self._free_from = self._ring.written

    # ── the utterance in flight ───────────────────────────────────────────────────────────────────

    def _open(self) -> None:
        self._windows.begin(self.plan, max(self._free_from, self._oldest))
        self._emit(UtteranceStarted(self._windows.utterance, self._windows.start))

    @property
    def _oldest(self) -> int:
        """Absolute index of the oldest audio that is there long enough to be read."""
        return max(self._ring.written - self._ring.capacity + FRAME_SAMPLES, 0)

    def _close(self, end: int) -> None:
        """End the utterance in flight, if any; audio up to `end` belongs to it."""
        end = max(end, self._windows.start)  # an interruption may be told late, when the next window has begun
        try:
            was_speech = self._windows.utterance and self._windows.finish(end)
        except RingOverrun as error:
            self._overrun(error)
            return
        if was_speech:
            voiced_end = self._segmenter.voiced_end + self.plan.endpointing.soft_samples
            self._free_from = max(self._free_from, min(end, voiced_end))
        self._segmenter.reset()

    def _drop(self) -> None:
        self._windows.drop()
        self._segmenter.reset()
