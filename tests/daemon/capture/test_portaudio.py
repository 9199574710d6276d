"""The edge to PortAudio, on a sounddevice that works without sound."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace
from typing import Any, ClassVar

import numpy as np
import pytest

from sayso.audio import Pcm
from sayso.capture.facts import InputDevice
from sayso.capture.portaudio import HANGING_OPENS, WAKE_BLOCKS, PortAudio, load_portaudio
from sayso.errors import CaptureError, FormatRefused

AT_ONCE = 0.01
PATIENCE_SECONDS = 5.0
MICROPHONE = InputDevice(0, "pulse", 44_100, 32, is_default=True)


class PortAudioError(Exception):
    """As sounddevice raises it: a text and PortAudio's number."""


class SilentSoundDevice(ModuleType):
    """sounddevice with one input and one output; opening delivers two blocks of interleaved ramps."""

    PortAudioError = PortAudioError
    default = SimpleNamespace(device=(0, 1))
    refuses: ClassVar[int | None] = None

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.open_streams = 0
        self.lists_read = 0
        self.breaks = False  # a stream that was opened cannot be started
        self._initialized = 1
        self._may = {"OPEN": threading.Event(), "CLOSE": threading.Event(), "REFRESH": threading.Event()}
        self._patience = pytest.MonkeyPatch()
        self.let_go()

    def hang(self, call: str) -> None:
        """From now on, until `let_go`, such calls do not return, and are not waited for long."""
        self._may[call].clear()
        self._patience.setattr(f"sayso.capture.portaudio.{call}_SECONDS", AT_ONCE)

    def let_go(self) -> None:
        """Let what hangs return."""
        self._patience.undo()
        for may in self._may.values():
            may.set()

    def _exit_handler(self) -> None:
        """Terminate at exit."""

    def _terminate(self) -> None:
        assert self.open_streams == 0, "terminating waits for every stream that is open"
        if not self._initialized:
            raise PortAudioError("PortAudio not initialized", -10_000)
        self._initialized -= 1

    def _initialize(self) -> None:
        assert self._may["REFRESH"].wait(PATIENCE_SECONDS)
        if self.refuses is not None:
            raise PortAudioError("Error initializing PortAudio", self.refuses)
        self._initialized += 1
        self.lists_read += 1

    def query_devices(self) -> list[dict[str, Any]]:
        """List both."""
        common = {"default_samplerate": 44_100.0}
        return [
            {"index": 0, "name": "pulse", "max_input_channels": 32, **common},
            {"index": 1, "name": "speakers", "max_input_channels": 0, **common},
        ]

    def RawInputStream(self, **options: Any) -> SimpleNamespace:  # noqa: N802  # sounddevice's name
        """Open, or refuse."""
        if self.refuses is not None:
            raise PortAudioError("Error opening RawInputStream: Invalid something", self.refuses)
        self.seen_source = os.environ.get("PULSE_SOURCE")
        self.seen_properties = os.environ.get("PULSE_PROP_OVERRIDE")

        def start() -> None:
            assert self._may["OPEN"].wait(PATIENCE_SECONDS)
            self.open_streams += 1
            if self.breaks:
                raise PortAudioError("Error starting stream: Unanticipated host error", -9999)
            samples = options["blocksize"] * options["channels"]
            for overflow in (False, True):
                data = np.arange(samples, dtype=np.int16).tobytes()
                status = SimpleNamespace(input_overflow=True) if overflow else None
                options["callback"](data, options["blocksize"], None, status)

        def abort(*, ignore_errors: bool) -> None:
            assert ignore_errors
            assert self._may["CLOSE"].wait(PATIENCE_SECONDS)

        def close(*, ignore_errors: bool) -> None:
            assert ignore_errors
            self.open_streams -= 1

        return SimpleNamespace(start=start, latency=0.064, abort=abort, close=close)


@pytest.fixture
def sounddevice(monkeypatch: pytest.MonkeyPatch) -> SilentSoundDevice:
    """Put the fake where the edge imports it from."""
    module = SilentSoundDevice("sounddevice")
    monkeypatch.setitem(sys.modules, "sounddevice", module)
    return module


@pytest.fixture
def stuck(sounddevice: SilentSoundDevice) -> Iterator[SilentSoundDevice]:
    """A sounddevice that may hang."""
    yield sounddevice
    sounddevice.let_go()
    join()


def join() -> None:
    """Wait for every call that was left behind to return."""
    for thread in threading.enumerate():
        if thread.name == "sayso-errand":
            thread.join(PATIENCE_SECONDS)


def open_stream(portaudio: PortAudio, *, channels: int = 1, source: str | None = None) -> list[tuple[Pcm, bool]]:
    """Open a stream of 4-sample frames; returns the blocks that it delivered."""
    blocks: list[tuple[Pcm, bool]] = []
    portaudio.open(
        MICROPHONE,
        rate_hz=16_000,
        channels=channels,
        block_samples=4,
        source=source,
        on_block=lambda block, lost: blocks.append((block.copy(), lost)),
        on_finished=lambda: None,
    ).close()
    return blocks


@pytest.mark.usefixtures("sounddevice")
def test_only_inputs_are_listed() -> None:
    assert load_portaudio().inputs() == (MICROPHONE,)


@pytest.mark.usefixtures("sounddevice")
def test_of_several_channels_the_first_is_taken() -> None:
    block, _ = open_stream(load_portaudio(), channels=2)[0]
    assert block.tolist() == list(range(0, 4 * 2 * WAKE_BLOCKS, 2))


@pytest.mark.usefixtures("sounddevice")
def test_lost_input_is_passed_on_with_the_block_after_it() -> None:
    assert [lost for _, lost in open_stream(load_portaudio())] == [False, True]


def test_the_source_is_named_to_libpulse_only_while_opening(sounddevice: SilentSoundDevice) -> None:
    open_stream(load_portaudio(), source="usb")
    assert sounddevice.seen_source == "usb"
    assert "application.name=sayso" in (sounddevice.seen_properties or "")
    assert "PULSE_SOURCE" not in os.environ
    assert "PULSE_PROP_OVERRIDE" not in os.environ


def test_a_source_in_our_own_environment_does_not_decide(
    sounddevice: SilentSoundDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULSE_SOURCE", "speakers.monitor")
    open_stream(load_portaudio())
    assert sounddevice.seen_source is None
    assert os.environ["PULSE_SOURCE"] == "speakers.monitor"


@pytest.mark.parametrize("number", [-9997, -9998], ids=["rate", "channels"])
def test_a_refused_format_is_told_from_a_broken_device(sounddevice: SilentSoundDevice, number: int) -> None:
    sounddevice.refuses = number  # type: ignore[misc]
    with pytest.raises(FormatRefused):
        open_stream(load_portaudio())


def test_a_device_that_cannot_be_opened_says_which_and_what_to_do(sounddevice: SilentSoundDevice) -> None:
    sounddevice.refuses = -9999  # type: ignore[misc]
    with pytest.raises(CaptureError, match=r"'pulse' cannot be opened .* start the sound server"):
        open_stream(load_portaudio())


def test_a_stream_that_does_not_close_is_left_behind_and_another_can_be_opened(stuck: SilentSoundDevice) -> None:
    portaudio = load_portaudio()
    stuck.hang("CLOSE")
    open_stream(portaudio)
    assert len(open_stream(portaudio)) == 2
    assert stuck.open_streams == 2


def test_the_list_is_not_read_while_a_stream_hangs_and_is_when_it_has_ended(stuck: SilentSoundDevice) -> None:
    portaudio = load_portaudio()
    stuck.hang("CLOSE")
    open_stream(portaudio)
    portaudio.refresh()
    assert stuck.lists_read == 0
    assert portaudio.inputs() == (MICROPHONE,)
    stuck.let_go()
    join()
    portaudio.refresh()
    assert stuck.lists_read == 1


def test_openings_that_hang_are_told_and_are_not_many(stuck: SilentSoundDevice) -> None:
    portaudio = load_portaudio()
    stuck.hang("OPEN")
    for _ in range(HANGING_OPENS + 2):
        with pytest.raises(CaptureError, match=r"does not answer; .* restart it"):
            open_stream(portaudio)
    assert len([each for each in threading.enumerate() if each.name == "sayso-errand"]) == HANGING_OPENS
    portaudio.refresh()
    assert stuck.lists_read == 0
    stuck.let_go()
    join()
    assert stuck.open_streams == 0, "what opened after it was given up is closed"
    assert len(open_stream(portaudio)) == 2


def test_a_list_that_is_never_read_to_its_end_is_told(stuck: SilentSoundDevice) -> None:
    portaudio = load_portaudio()
    stuck.hang("REFRESH")
    for attempt in (portaudio.refresh, portaudio.inputs, lambda: open_stream(portaudio)):
        with pytest.raises(CaptureError, match="does not answer"):
            attempt()
    stuck.let_go()
    join()
    assert portaudio.inputs() == (MICROPHONE,)


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (None, "does not answer"),
        (PortAudioError("Error initializing PortAudio", -9999), "cannot begin .* start the sound server"),
        (OSError("PortAudio library not found"), "library is missing"),
    ],
)
def test_a_library_that_cannot_be_loaded_is_told_and_one_that_hangs_is_not_waited_for(
    failure: Exception | None, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_go = threading.Event()

    def load() -> ModuleType:
        if failure is not None:
            raise failure
        assert let_go.wait(PATIENCE_SECONDS)
        return ModuleType("sounddevice")

    monkeypatch.setattr("sayso.capture.portaudio._import", load)
    monkeypatch.setattr(
        "sayso.capture.portaudio.REFRESH_SECONDS", AT_ONCE if failure is None else PATIENCE_SECONDS
    )
    with pytest.raises(CaptureError, match=told):
        load_portaudio()
    let_go.set()
    join()


def test_a_list_that_cannot_be_read_is_read_another_time(sounddevice: SilentSoundDevice) -> None:
    portaudio = load_portaudio()
    sounddevice.refuses = -9999  # type: ignore[misc]
    with pytest.raises(CaptureError, match=r"cannot list the sound devices .* start the sound server"):
        portaudio.refresh()
    sounddevice.refuses = None  # type: ignore[misc]
    portaudio.refresh()
    assert sounddevice.lists_read == 1


def test_a_stream_that_does_not_start_is_closed(sounddevice: SilentSoundDevice) -> None:
    sounddevice.breaks = True
    with pytest.raises(CaptureError, match="cannot be opened"):
        open_stream(load_portaudio())
    assert sounddevice.open_streams == 0
