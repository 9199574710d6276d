"""The microphone as a source: threads that start at once and end when told."""

from __future__ import annotations

import threading
from collections.abc import Callable

from tests.daemon.capture.world import USB, World

from sayso.capture import CaptureEvent
from sayso.capture.facts import ServerState
from sayso.capture.microphone import Microphone
from sayso.capture.sound_server import OnEvent, OnState
from sayso.events import CaptureOpened, Problem, ProblemName
from sayso.ring import Ring


class StillServer:
    """A sound server in which nothing happens."""

    def __init__(self, state: ServerState | None) -> None:
        self._state = state
        self.is_watched = False

    def watch(self, on_event: OnEvent, on_state: OnState) -> None:
        """Tell the state once."""
        self.is_watched = True
        on_state(self._state)

    def stop(self) -> None:
        """End telling."""
        self.is_watched = False


class Listener:
    """Takes events, and lets a test wait for the first."""

    def __init__(self) -> None:
        self.events: list[CaptureEvent] = []
        self._first = threading.Event()

    def __call__(self, event: CaptureEvent) -> None:
        self.events.append(event)
        self._first.set()

    def wait(self) -> CaptureEvent:
        """Return the first event."""
        assert self._first.wait(5)
        return self.events[0]


class OneBlock(World):
    """A machine whose stream calls back once, from a thread of its own, as soon as it is open."""

    _has_called_back = False

    def at(self, seconds: float, happening: Callable[[], None]) -> None:
        """Let the first thing that is due happen at once, in a thread, and nothing after it."""
        if not self._has_called_back:
            self._has_called_back = True
            threading.Thread(target=happening).start()


def test_a_microphone_is_heard_from_threads_of_its_own() -> None:
    listener, ring = Listener(), Ring()
    microphone = Microphone("default", None, 0.0, OneBlock(USB), None)
    microphone.start(ring, listener)
    assert listener.wait() == CaptureOpened("pulse", 16_000)
    assert microphone.latency_samples == 1_024  # 64 ms
    microphone.stop()
    assert ring.written == 512
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("sayso-")]


def test_without_a_microphone_it_starts_at_once_and_says_so() -> None:
    listener, server = Listener(), StillServer(None)
    microphone = Microphone("default", None, 0.0, World(inputs=()), server)
    microphone.start(Ring(), listener)
    problem = listener.wait()
    assert isinstance(problem, Problem)
    assert problem.name is ProblemName.MICROPHONE_ABSENT
    assert microphone.latency_samples == 0
    microphone.stop()
    assert not server.is_watched


def test_stopping_what_was_never_started_does_nothing() -> None:
    Microphone("default", None, 0.0, World(), None).stop()
