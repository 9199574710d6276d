"""The microphone, tried: two seconds of it, recorded as dictation does, measured and forgotten."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from sayso.audio import FRAME_SAMPLES, Pcm, samples
from sayso.capture import CaptureEvent
from sayso.capture.microphone import STOP_SECONDS, Microphone, open_microphone
from sayso.capture.portaudio import NO_ANSWER
from sayso.capture.selection import DEFAULT
from sayso.config import AudioSettings, Settings
from sayso.doctor import Finding, Light
from sayso.doctor.hearing import Fault, faults, in_words, measure
from sayso.doctor.mixer import Mixer, anonymous, deaf_headset, look, server_faults
from sayso.errand import Errand, Overdue
from sayso.errors import CaptureError
from sayso.events import CaptureInterrupted, CaptureOpened, Problem, ProblemCleared, ProblemName
from sayso.ring import Ring

PART = "microphone"
SECONDS = 2.0
SETTLE_SECONDS = 0.2  # the click of being switched on, and until the offset of an amplifier has settled
READY_SECONDS = 4.0  # loading takes 0.3 s, opening 0.1, on a machine that swaps more; then 2.2 s of audio
LOOK_SECONDS = 0.4  # the sound server answers within milliseconds
CLOSE_SECONDS = 0.3  # milliseconds, or seconds where the server hangs: then the findings go first
_OF_THE_SERVICE = re.compile("sayso keeps trying; |, and sayso goes on by itself")  # what a doctor does not do
CAPTURE_STATES = Path("/proc/asound")  # card*/pcm*c/sub*/status: "closed", or who has it open


@dataclass(frozen=True, slots=True)
class Attempt:
    """How it went.

    Attributes:
        audio: what was heard, shape (n,); may be empty.
        device: the microphone's name for people; empty where none was opened.
        rate_hz: that was recorded at.
        overflows: how often the device lost something.
        breaks: how often the stream broke off.
        problem: why nothing was heard; None where something was.
        mixer: the sound server; None where there is none.
        is_hanging: the sound server takes connections and does not answer.
        is_taken: a sound card's input is open in some program.
        is_named: `audio.device` names a microphone.

    """

    audio: Pcm
    device: str = ""
    rate_hz: int = 0
    overflows: int = 0
    breaks: int = 0
    problem: Problem | None = None
    mixer: Mixer | None = None
    is_hanging: bool = False
    is_taken: bool = False
    is_named: bool = False


def check_microphone(settings: Settings) -> Iterator[Finding]:
    """Record from the device that the settings name, and judge it. The findings come within 5 s."""
    until = time.monotonic() + READY_SECONDS
    try:
        microphone = Errand(lambda: _microphone(settings.audio)).wait(READY_SECONDS)
    except Overdue:
        yield from judge(Attempt(_nothing(), is_hanging=True))
        return
    except CaptureError as error:  # PortAudio is not installed: the message names the package
        yield Finding(PART, Light.RED, str(error))
        return
    attempt, stopping = _try(microphone, until)
    stopping.join(CLOSE_SECONDS)
    try:
        yield from judge(replace(attempt, is_named=settings.audio.device != DEFAULT))
    finally:  # PortAudio must not be left to the interpreter's end: it would wait without end
        stopping.join(STOP_SECONDS)


def _microphone(audio: AudioSettings) -> Microphone:
    return open_microphone(audio.device, audio.sample_rate_hz, silence_warning_seconds=0)


class _Events:
    """What the microphone reports, and the audio that it brings."""

    def __init__(self) -> None:
        self.wake = threading.Event()
        self.opened: CaptureOpened | None = None
        self.problem: Problem | None = None
        self.breaks = 0

    def take(self, event: CaptureEvent) -> None:
        """Take an event. Thread `sayso-microphone`."""
        match event:
            case CaptureOpened():
                self.opened = event
            case CaptureInterrupted():
                self.breaks += 1
            case Problem():
                self.problem = event
            case ProblemCleared():
                self.problem = None
        self.wake.set()

    def wait(self, is_enough: Callable[[], bool], until: float) -> None:
        """Until there is enough audio, or no microphone to wait for, or no time left."""
        while not is_enough() and not self._is_absent() and (left := until - time.monotonic()) > 0:
            self.wake.wait(left)
            self.wake.clear()

    def _is_absent(self) -> bool:
        # The others, such as having been put on the wrong source, are over when the stream is opened anew
        return self.problem is not None and self.problem.name is ProblemName.MICROPHONE_ABSENT


def _try(microphone: Microphone, until: float) -> tuple[Attempt, threading.Thread]:
    """Record; the thread is closing the microphone."""
    events = _Events()
    settled, enough = samples(SETTLE_SECONDS), samples(SETTLE_SECONDS + SECONDS)
    ring = Ring(events.wake, capacity_seconds=8)  # more than `until` is away
    ring.wake_at = enough
    microphone.start(ring, events.take)
    events.wait(lambda: ring.written >= enough, until)
    mixer, is_hanging = _look()
    audio = ring.read(min(settled, ring.written), ring.written)
    stopping = threading.Thread(target=microphone.stop, name="sayso-doctor-close", daemon=True)
    stopping.start()
    opened = events.opened
    attempt = Attempt(
        audio=audio,
        device=opened.device if opened is not None else "",
        rate_hz=opened.rate_hz if opened is not None else 0,
        overflows=ring.overflows,
        breaks=events.breaks,
        problem=events.problem,
        mixer=mixer,
        is_hanging=is_hanging,
        is_taken=is_taken(),
    )
    return attempt, stopping


def _look() -> tuple[Mixer | None, bool]:
    try:
        return Errand(look).wait(LOOK_SECONDS), False
    except Overdue:
        return None, True


def _nothing() -> Pcm:
    return np.zeros(0, dtype=np.int16)


def is_taken(states: Path = CAPTURE_STATES) -> bool:
    """Whether some program has an input of a sound card open; PortAudio then does not list it (its issue 1150)."""
    for state in states.glob("card*/pcm*c/sub*/status"):
        try:
            if state.read_text().strip() != "closed":
                return True
        except OSError:  # it has just been unplugged
            continue
    return False


def judge(attempt: Attempt) -> Iterator[Finding]:
    """What is to be said about it, the worst first."""
    if len(attempt.audio) < FRAME_SAMPLES:
        yield _unheard(attempt)
        return
    signal, mixer = measure(attempt.audio), attempt.mixer
    source = mixer.source if mixer is not None else None
    radio = source.bluetooth if source is not None else None
    label = source.description if source is not None and radio is not None else attempt.device or "the microphone"
    name = anonymous(label, mixer)
    found = list(server_faults(mixer, is_named=attempt.is_named)) if mixer is not None else []
    if all(fault.light is not Light.RED for fault in found):  # else nothing can be heard, and it is said why
        found += faults(name, signal, mixer.state if mixer is not None else None)
    found += _of_the_stream(name, attempt)
    found.sort(key=lambda fault: -fault.light)
    facts: dict[str, float | int | str | bool | None] = {
        "source": anonymous(source.name, mixer) if source is not None else None,
        "rate_hz": attempt.rate_hz,
        "device_rate_hz": mixer.rate_hz if mixer is not None else None,
        "volume_percent": source.volume_percent if source is not None else None,
        "bluetooth_profile": radio.profile if radio is not None else None,
        "bluetooth_codec": radio.codec if radio is not None else None,
        "seconds": round(signal.seconds, 3),
        "peak_dbfs": signal.peak_dbfs,
        "level_dbfs": signal.level_dbfs,
        "loud_dbfs": signal.loud_dbfs,
        "noise_floor_dbfs": signal.floor_dbfs,
        "clipped_share": round(signal.clipped_share, 5),
        "offset_share": round(signal.offset_share, 5),
        "spoken": signal.is_spoken,
        "overflows": attempt.overflows,
        "breaks": attempt.breaks,
    }
    if not found:
        message = f"{name} at {attempt.rate_hz} Hz: {in_words(signal)}"
        yield Finding(PART, Light.GREEN, message, deaf_headset(mixer), facts)
    for fault in found:
        yield Finding(PART, fault.light, fault.message, _capital(fault.remedy), facts)
        facts = {}


def _of_the_stream(name: str, attempt: Attempt) -> Iterator[Fault]:
    """What was lost on the way."""
    if attempt.breaks:
        yield Fault(
            Light.AMBER,
            f"{name}: the stream broke off {attempt.breaks} times in 2 s",
            "Look for a loose plug, a power saver of USB, or a sound server that restarts "
            "(systemctl --user status pipewire-pulse pulseaudio)",
        )
    elif attempt.overflows:
        yield Fault(
            Light.AMBER,
            f"{name}: audio was lost {attempt.overflows} times in 2 s",
            "See what else keeps the processor busy; plug a USB microphone in without a hub",
        )


def _unheard(attempt: Attempt) -> Finding:
    why = attempt.problem.message if attempt.problem is not None else ""
    if attempt.is_hanging or why == NO_ANSWER:
        return Finding(
            PART,
            Light.RED,
            "the sound server takes connections but does not answer",
            "Restart it: systemctl --user restart pipewire-pulse (or: pulseaudio --kill)",
        )
    if attempt.mixer is None and attempt.is_taken:
        return Finding(
            PART,
            Light.AMBER,
            "not tried: busy, as another program has the sound card, and without a sound server only one can; "
            "that may be the sayso that runs as a service",
            "End that program (the service: systemctl --user stop sayso) and try again, or start a sound server: "
            "systemctl --user start pipewire-pulse",
        )
    why = why or f"{attempt.device or 'the microphone'} is open but delivers nothing; wake it, or choose another"
    why = _OF_THE_SERVICE.sub("", anonymous(why, attempt.mixer))
    message, _, remedy = why.partition("; ")  # as capture words them
    remedies = (_capital(remedy), deaf_headset(attempt.mixer))
    return Finding(PART, Light.RED, message, ". ".join(filter(None, remedies)))


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
