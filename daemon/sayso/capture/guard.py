"""The loop that opens the microphone, has it watched and opens it again, for ever."""

from __future__ import annotations

from collections.abc import Callable

from sayso.capture import Report
from sayso.capture.facts import InputDevice, ServerState
from sayso.capture.gate import Gate
from sayso.capture.guardian import Guardian
from sayso.capture.portaudio import PortAudio
from sayso.capture.problems import PendingProblems
from sayso.capture.remedy import Remedy
from sayso.capture.selection import Absence, Selection, select
from sayso.capture.signals import FirstBlock, Mailbox, Rest, ServerChanged, Signal, Stop, StreamFinished, Wanted
from sayso.capture.stream import MicrophoneStream
from sayso.capture.verdict import BACKOFF_LAST_SECONDS, next_backoff
from sayso.capture.voice import FindVoice
from sayso.capture.watch import Ending, Watch
from sayso.errors import CaptureError
from sayso.events import CaptureInterrupted, ProblemName
from sayso.ring import Ring

SERVER_SECONDS = 1.0  # for the sound server's first answer; it takes some milliseconds
REST_SECONDS = 3600.0  # a rest lasts until a signal ends it; this is only how long one wait for that may be
SETTLE_SECONDS = 0.1  # a plugged-in device becomes source and then default: two events


class Guard:
    """Opens, watches and reopens one microphone.

    Args:
        device: "default", or the name of a source or device, or a unique part of it.
        sample_rate_hz: the rate to record at; None for 16 kHz, else the device's own.
        silence_warning_seconds: how long nothing but zeros is no problem while somebody listens; 0 for ever.
        portaudio: the edge to the devices.
        has_sound_server: whether ServerChanged will come.
        ring: where the audio goes.
        report: gets the events, in the thread that calls `run`.
        mailbox: where signals arrive.
        clock: seconds, monotonic.
        find_voice: says how much voice there is in what is hardly heard.
        is_resting: no stream is opened until `Rest` says so.

    """

    def __init__(
        self,
        *,
        device: str,
        sample_rate_hz: int | None,
        silence_warning_seconds: float,
        portaudio: PortAudio,
        has_sound_server: bool,
        ring: Ring,
        report: Report,
        mailbox: Mailbox,
        clock: Callable[[], float],
        find_voice: FindVoice,
        is_resting: bool = False,
    ) -> None:
        self._device = device
        self._sample_rate_hz = sample_rate_hz
        self._portaudio = portaudio
        self._has_sound_server = has_sound_server
        self._ring = ring
        self._report = report
        self._mailbox = mailbox
        self._clock = clock
        self._problems = PendingProblems(report)
        self._guardian = Guardian(self._problems, silence_warning_seconds, find_voice)
        self._server: ServerState | None = None
        self._gate: Gate | None = None
        self._latency_samples = 0
        self._streams = 0
        self._pin = False
        self._list_is_stale = False
        self._is_stopping = False
        self._is_resting = is_resting

    @property
    def latency_samples(self) -> int:
        """Of the stream that is open, or was last; 0 before the first."""
        return self._latency_samples

    def remedy_of(self, name: ProblemName) -> Remedy | None:
        """What to do about a problem that was told; None where sayso knows nothing. Any thread."""
        return self._guardian.remedy_of(name)

    def doubt(self, serial: int) -> None:
        """Hold audio back until the routing event of that number is understood. Any thread; never blocks."""
        gate = self._gate
        if gate is not None:
            gate.doubt(serial)

    def run(self) -> None:
        """Thread `sayso-microphone`: may block, on its mailbox and in PortAudio."""
        if self._has_sound_server:
            self._pause(SERVER_SECONDS, until_server=True)
        backoff = 0.0
        while not self._is_stopping:
            if self._is_resting:
                self._rest()
                backoff = 0.0
                continue
            began = self._clock()
            watch = self._open()
            if watch is not None:
                self._close(watch, self._attend(watch))
            if self._clock() - began >= BACKOFF_LAST_SECONDS and watch is not None and watch.is_opened:
                backoff = 0.0  # it worked for a while: reopen at once
            elif not self._is_stopping and not self._is_resting:
                backoff = next_backoff(backoff)
                self._pause(backoff)

    def _open(self) -> Watch | None:
        self._streams += 1
        number, mailbox = self._streams, self._mailbox
        try:
            choice = self._select()
            if isinstance(choice, Absence):
                self._problems.tell_unheard(ProblemName.MICROPHONE_ABSENT, choice.message)
                return None
            stream = MicrophoneStream(
                portaudio=self._portaudio,
                selection=choice,
                ring=self._ring,
                rate_hz=self._sample_rate_hz,
                can_verify=self._has_sound_server,
                on_first=lambda: mailbox.post(FirstBlock(number)),
                on_finished=lambda: mailbox.post(StreamFinished(number)),
                on_wanted=lambda is_wanted: mailbox.post(Wanted(number, is_wanted)),
            )
        except CaptureError as error:
            self._list_is_stale = True  # the server may have been started after the list was read
            self._problems.tell_unheard(ProblemName.MICROPHONE_ABSENT, str(error))
            return None
        self._gate = stream.gate
        self._latency_samples = stream.latency_samples
        return Watch(
            stream=stream,
            number=number,
            ring=self._ring,
            report=self._report,
            problems=self._problems,
            guardian=self._guardian,
            now=self._clock(),
        )

    def _select(self) -> Selection | Absence:
        choice = select(self._device, self._server, self._inputs(), pin=self._pin)
        if isinstance(choice, Absence) and choice.may_be_stale:
            self._list_is_stale = True
            choice = select(self._device, self._server, self._inputs(), pin=self._pin)
        return choice

    def _inputs(self) -> tuple[InputDevice, ...]:
        if self._list_is_stale:
            self._portaudio.refresh()
            self._list_is_stale = False
        return self._portaudio.inputs()

    def _rest(self) -> None:
        """Wait, without a stream, until one is wanted again."""
        while self._is_resting and not self._is_stopping:
            self._take(REST_SECONDS)
        self._list_is_stale = True  # devices may have come and gone

    def _attend(self, watch: Watch) -> Ending:
        while True:
            signal = self._take(watch.tick_at - self._clock())
            if self._is_resting:
                return Ending()
            if signal is not None:
                ending = watch.on_signal(signal, self._clock())
            else:
                ending = watch.on_tick(self._clock())
            if ending is not None:
                return ending

    def _close(self, watch: Watch, ending: Ending) -> None:
        watch.stream.silence()
        self._gate = None
        self._pin = ending.pin
        if not self._is_stopping:  # told before closing, which takes seconds where the stream hangs
            if watch.is_opened:
                self._report(CaptureInterrupted(max(0, self._ring.written - ending.doubtful_samples)))
            if ending.problem is not None:
                self._problems.tell_unheard(ending.problem, ending.message)
            self._guardian.end()
        watch.stream.close()

    def _pause(self, seconds: float, *, until_server: bool = False) -> None:
        """Wait that long, less when the server's sources change or we are to stop or to rest."""
        until = self._clock() + seconds
        while not self._is_stopping and not self._is_resting:
            before = self._server
            signal = self._take(until - self._clock())
            if signal is None or (until_server and isinstance(signal, ServerChanged)):
                return
            if _sources_differ(before, self._server):
                until = min(until, self._clock() + SETTLE_SECONDS)

    def _take(self, timeout_seconds: float) -> Signal | None:
        """Wait for the next signal and keep what it says about us and the server; None when time is up."""
        signal = self._mailbox.take(timeout_seconds) if timeout_seconds > 0 else None
        if isinstance(signal, Stop):
            self._is_stopping = True
        elif isinstance(signal, Rest):
            self._is_resting = signal.is_resting
        elif isinstance(signal, ServerChanged):
            self._server = signal.state
        return signal


def _sources_differ(before: ServerState | None, after: ServerState | None) -> bool:
    """Whether opening may go better now; where our own stream is does not count: we would wake ourselves."""
    if before is None or after is None:
        return before is not after
    return (before.default_source, before.sources) != (after.default_source, after.sources)
