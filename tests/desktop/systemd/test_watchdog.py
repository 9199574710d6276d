"""The watchdog is fed by the stages' own work: a timer beside them would keep a hung service alive."""

from __future__ import annotations

import signal
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.desktop.rig.phrases import WEATHER, Phrase, words
from tests.desktop.rig.pulse import PulseRig
from tests.desktop.rig.saying import say
from tests.desktop.rig.service import Service
from tests.desktop.rig.sound import MICROPHONE

WATCHDOG_SECONDS = 0.6
SILENCE_SECONDS = 1.6  # eight beats
PATIENCE_SECONDS = 10.0
LEAVES_WITHIN_SECONDS = 2.0

# `sayso` with one stage that hangs from SIGUSR1 on; the other arguments are a class and one of its methods.
HANGING = """
import signal, sys, threading
import sayso.pipeline, sayso.recogniser_thread
from sayso.cli import main

sayso.recogniser_thread.STUCK_SECONDS = 0.3
hang = threading.Event()
signal.signal(signal.SIGUSR1, lambda number, frame: hang.set())
module, stage, method, _, *arguments = sys.argv[1:]
kind = getattr(sys.modules[module], stage)
whole = getattr(kind, method)

def or_hang(*given):
    if hang.is_set():
        print(method, "hangs", file=sys.stderr, flush=True)
        threading.Event().wait()
    return whole(*given)

setattr(kind, method, or_hang)
sys.exit(main(arguments))
"""


class Systemd:
    """What hears the service on NOTIFY_SOCKET."""

    def __init__(self, ear: socket.socket) -> None:
        self._ear = ear

    def wait_for(self, word: str) -> None:
        """Wait until the service says this."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (said := self._hear(PATIENCE_SECONDS)) is not None and time.monotonic() < deadline:
            if word in said:
                return
        pytest.fail(f"the service never says {word}")

    def wait_for_silence(self) -> None:
        """Wait until the service says nothing any more."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (said := self._hear(SILENCE_SECONDS)) is not None:
            if time.monotonic() > deadline:
                pytest.fail(f"the service still says {said}")

    def _hear(self, seconds: float) -> list[str] | None:
        self._ear.settimeout(seconds)
        try:
            return self._ear.recv(4096).decode().split("\n")
        except TimeoutError:
            return None


@pytest.fixture
def address() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:  # short: the path of a socket must be below 108 bytes
        yield f"{folder}/notify"


@pytest.fixture
def systemd(address: str) -> Iterator[Systemd]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(address)
        yield Systemd(ear)


@pytest.mark.parametrize(
    "stage",
    [
        pytest.param("sayso.pipeline Pipeline step", id="pipeline"),
        pytest.param("sayso.recogniser Recogniser handle", id="recogniser"),
    ],
)
def test_a_stage_that_hangs_feeds_the_watchdog_no_more_though_the_main_thread_lives(
    pulse: PulseRig, store: Path, systemd: Systemd, address: str, stage: str, phrases: dict[str, Phrase]
) -> None:
    env = {"NOTIFY_SOCKET": address, "WATCHDOG_USEC": str(round(WATCHDOG_SECONDS * 1e6))}
    hanging = (sys.executable, "-c", HANGING, *stage.split())
    with Service(pulse, store, settings="mode: hands-free", env=env, before=hanging) as service:
        service.wait_for_line(f"microphone: {MICROPHONE}")
        for _ in range(3):
            systemd.wait_for("WATCHDOG=1")
        service.process.send_signal(signal.SIGUSR1)
        pulse.start_playing(phrases[WEATHER].wav)  # something to do for the recogniser
        service.wait_for_line("hangs")
        systemd.wait_for_silence()
        service.reload("mode: hands-free\nlog: {level: debug}\n")
        systemd.wait_for("READY=1")


@pytest.mark.alone
def test_an_engine_that_hangs_keeps_nobody_from_leaving_and_loses_no_audio(
    pulse: PulseRig, store: Path, phrases: dict[str, Phrase]
) -> None:
    hanging = (sys.executable, "-c", HANGING, "sayso.recogniser", "Recogniser", "handle")
    with Service(pulse, store, before=hanging) as service:
        service.wait_for_line(f"microphone: {MICROPHONE}")
        service.process.send_signal(signal.SIGUSR1)
        say(pulse, phrases[WEATHER])
        service.wait_for_line("hangs")
        told = time.monotonic()
        assert service.end(signal.SIGTERM) == 0
        assert time.monotonic() - told < LEAVES_WITHIN_SECONDS
        service.wait_for_line("the last words could not be recognised in time", "sayso history --recovered")
        assert len(service.spooled) == 1
    (told,) = service.history("--recovered")
    assert words(told["text"]) == words(WEATHER)
