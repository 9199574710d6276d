"""One open stream under watch: what each signal and each second means for it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sayso.audio import FRAME_SAMPLES, SAMPLE_RATE_HZ
from sayso.capture import Report
from sayso.capture.facts import ServerState
from sayso.capture.guardian import Guardian
from sayso.capture.problems import UNHEARD, PendingProblems
from sayso.capture.signals import FirstBlock, ServerChanged, Signal, Stop, StreamFinished, Wanted
from sayso.capture.stream import MicrophoneStream
from sayso.capture.verdict import FIRST_BLOCK_SECONDS, STALL_SECONDS, Verdict, judge
from sayso.events import CaptureInterrupted, CaptureOpened, ProblemName
from sayso.ring import Ring

WAKING_SECONDS = (
    0.5  # from the server's word that a source is awake to its first block: 20 to 80 ms, Bluetooth more
)
OBEYED_SECONDS = 2.0  # a server that moves a stream away sooner does so by itself
# A block that ended just before the event reached us may hold some milliseconds of another source
DOUBTFUL_SAMPLES = FRAME_SAMPLES
LAGGING_LOOKS = 2  # the server moves us some milliseconds after the default changed: give it a whole second


@dataclass(frozen=True, slots=True)
class Ending:
    """Why a stream must be closed.

    Attributes:
        problem: what to report; None where nothing is wrong.
        message: for that problem.
        pin: open the next one on its source by name.
        doubtful_samples: how many of the newest samples may not be the person's.

    """

    problem: ProblemName | None = None
    message: str = ""
    pin: bool = False
    doubtful_samples: int = 0


class Watch:
    """Watches one stream; everything happens in the guard's thread.

    Args:
        stream: open; its first block may still be on its way.
        number: the stream's number in its signals.
        ring: where it writes.
        report: gets CaptureOpened, and CaptureInterrupted where the source is suspended for a while.
        problems: gets what is wrong with the stream.
        guardian: judges what it brings, and how the server has set it.
        now: the clock, in seconds.

    """

    def __init__(
        self,
        *,
        stream: MicrophoneStream,
        number: int,
        ring: Ring,
        report: Report,
        problems: PendingProblems,
        guardian: Guardian,
        now: float,
    ) -> None:
        self.stream = stream
        self.is_opened = False
        self._opened_at = now
        self.tick_at = now + FIRST_BLOCK_SECONDS
        self._number = number
        self._ring = ring
        self._report = report
        self._problems = problems
        self._guardian = guardian
        self._selection = stream.selection
        self._verdict = Verdict.UNKNOWN
        self._server: ServerState | None = None
        self._is_server_gone = False
        self._blocks_looked_at = 0
        self._written_looked_at = ring.written
        self._lagging_looks = 0
        self._is_asleep = False  # the server has suspended the source; the stream goes on when it wakes

    def on_signal(self, signal: Signal, now: float) -> Ending | None:
        """Take a signal; says whether and why the stream must be closed."""
        match signal:
            case Stop():
                return Ending()
            case StreamFinished(stream=number) if number == self._number:
                return self._lost()
            case FirstBlock(stream=number) if number == self._number:
                self._open_when_ready(now)
            case Wanted(stream=number, is_wanted=is_wanted) if number == self._number:
                self._look_at_signal(now)
                self._guardian.listen(is_wanted, now)
            case ServerChanged(state=state):
                return self._on_server(state, now)
            case _:  # a late word from a stream that is closed
                pass
        return None

    def on_tick(self, now: float) -> Ending | None:
        """Look at what no event tells: a callback that has gone quiet, and the signal itself."""
        self.tick_at = now + STALL_SECONDS
        blocks = self.stream.gate.blocks
        if blocks == self._blocks_looked_at:
            return self._on_quiet()
        self._blocks_looked_at, self._is_asleep = blocks, False
        if not self.is_opened and self._verdict is Verdict.STRAYED:
            return self._strayed(now)
        if not self.is_opened:
            self.stream.gate.trust_blindly()  # blocks come, and the server does not know our stream
            self._open_when_ready(now)
            return None
        if self._verdict is Verdict.UNKNOWN:
            self.stream.gate.trust_blindly()
        self._lagging_looks = self._lagging_looks + 1 if self._verdict is Verdict.LAGGING else 0
        if self._lagging_looks >= LAGGING_LOOKS:
            return Ending(pin=True)
        self._look_at_signal(now)
        return None

    def _on_quiet(self) -> Ending | None:
        """No block has come for a while."""
        if self._is_server_gone:
            return self._lost()
        if not self._is_suspended():
            return self._stalled()
        # The server wakes it with the machine, or when the person does, and our stream goes on at once. One that
        # is opened anew has missed the first words by then.
        if not self._is_asleep:
            self._is_asleep = True
            stalled = self._stalled()
            if self.is_opened:
                self.is_opened = False
                self._report(CaptureInterrupted(self._ring.written))
            if stalled.problem is not None:
                self._problems.tell_unheard(stalled.problem, stalled.message)
        return None

    def _is_suspended(self) -> bool:
        source = self._server.source(self._server.recorded) if self._server is not None else None
        return source is not None and source.is_suspended

    def _open_when_ready(self, now: float) -> None:
        gate = self.stream.gate
        if self.is_opened or self._is_asleep or not gate.blocks or not gate.is_open:
            return
        self.is_opened, self._opened_at = True, now
        self.tick_at = now + STALL_SECONDS
        self._report(CaptureOpened(self._selection.label, self.stream.rate_hz))
        self._problems.clear(*UNHEARD)

    def _on_server(self, state: ServerState | None, now: float) -> Ending | None:
        self._is_server_gone = state is None and (self._is_server_gone or self._server is not None)
        self._server = state
        self._verdict = judge(self._selection, state)
        if self._verdict is Verdict.STRAYED:
            # Before the first block this may be news of the stream before, which is on its way to its end
            is_news = self.is_opened or not self._selection.is_pinned
            return self._strayed(now) if is_news else None
        if self._verdict is Verdict.REPLACED:
            return self._replaced()
        if state is None or (self._verdict is Verdict.UNKNOWN and not self.is_opened):
            return None  # our stream is not listed yet; the tick opens the gate if it never is
        if self._verdict is Verdict.FOLLOWED:
            self._follow(state)
        self._guardian.attend(self._selection, state)
        if self._is_asleep and not self._is_suspended():
            self.tick_at = now + WAKING_SECONDS
        self.stream.gate.trust(state.serial)
        self._open_when_ready(now)
        return None

    def _follow(self, state: ServerState) -> None:
        source = state.source(state.recorded)
        if source is None:
            return
        self._selection = replace(
            self._selection,
            label=source.description,
            source=source.name,
            default_source=state.default_source,
        )
        if self.is_opened:
            self._report(CaptureOpened(source.description, self.stream.rate_hz))

    def _look_at_signal(self, now: float) -> None:
        written = self._ring.written
        start = max(self._written_looked_at, written - SAMPLE_RATE_HZ)
        self._written_looked_at = written
        self._guardian.hear(self._ring.read(start, written), now)

    def _lost(self) -> Ending:
        return Ending(
            ProblemName.MICROPHONE_LOST,
            f"{self._selection.label} is gone: unplugged, or the sound server ended; plug it in or start the "
            "server, and sayso goes on by itself",
        )

    def _stalled(self) -> Ending:
        return Ending(
            ProblemName.MICROPHONE_STALLED,
            f"{self._selection.label} is open but delivers nothing, as a suspended device does; sayso keeps "
            "trying; wake the device, or choose another microphone in the sound settings",
        )

    def _strayed(self, now: float) -> Ending:
        """Moved away from a microphone that is there, as when a monitor is made the default: it is opened by name.

        That is told only where it has been done already and the server does not obey.
        """
        if not self._selection.is_pinned or (self.is_opened and now - self._opened_at >= OBEYED_SECONDS):
            return Ending(pin=True, doubtful_samples=DOUBTFUL_SAMPLES)
        return Ending(
            ProblemName.MICROPHONE_MOVED,
            f"sayso asked for {self._selection.label} and the sound server gives it {self._recorded()!r}, which "
            f"sayso does not listen to; choose {self._selection.label} for sayso in the sound settings, among "
            "what is recording",
            pin=True,
            doubtful_samples=DOUBTFUL_SAMPLES,
        )

    def _replaced(self) -> Ending:
        return Ending(
            ProblemName.MICROPHONE_MOVED,
            f"{self._selection.label} is gone and the sound server put {self._recorded()!r} in its place, which "
            "sayso does not listen to; plug the microphone in again, or choose another in the sound settings",
            pin=True,
            doubtful_samples=DOUBTFUL_SAMPLES,
        )

    def _recorded(self) -> str:
        source = self._server.source(self._server.recorded) if self._server is not None else None
        return source.description if source is not None else "another source"
