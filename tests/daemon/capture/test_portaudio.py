"""The edge to PortAudio, on a sounddevice that works without sound."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any, ClassVar

import numpy as np
import pytest

from sayso.audio import Pcm
from sayso.capture.facts import InputDevice
from sayso.capture.portaudio import WAKE_BLOCKS, PortAudio, load_portaudio
from sayso.errors import CaptureError, FormatRefused

MICROPHONE = InputDevice(0, "pulse", 44_100, 32, is_default=True)


class PortAudioError(Exception):
    """As sounddevice raises it: a text and PortAudio's number."""


class SilentSoundDevice(ModuleType):
    """sounddevice with one input and one output; opening delivers two blocks of interleaved ramps."""

    PortAudioError = PortAudioError
    default = SimpleNamespace(device=(0, 1))
    refuses: ClassVar[int | None] = None

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
            samples = options["blocksize"] * options["channels"]
            for overflow in (False, True):
                data = np.arange(samples, dtype=np.int16).tobytes()
                status = SimpleNamespace(input_overflow=True) if overflow else None
                options["callback"](data, options["blocksize"], None, status)

        quiet: Callable[..., None] = lambda ignore_errors: None  # noqa: E731
        return SimpleNamespace(start=start, latency=0.064, abort=quiet, close=quiet)


@pytest.fixture
def sounddevice(monkeypatch: pytest.MonkeyPatch) -> SilentSoundDevice:
    """Put the fake where the edge imports it from."""
    module = SilentSoundDevice("sounddevice")
    monkeypatch.setitem(sys.modules, "sounddevice", module)
    return module


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
