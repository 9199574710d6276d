"""A microphone that nobody may listen to is not open, and is opened again when somebody may."""

from __future__ import annotations

from tests.daemon.capture.test_microphone import Listener, OneBlock
from tests.daemon.capture.world import HEADSET, MONITOR, MUSIC, OTHER_VOICE, USB, VOICE, World

from sayso.audio import FRAME_SAMPLES, samples
from sayso.capture import CaptureEvent
from sayso.capture.microphone import Microphone
from sayso.capture.signals import Rest
from sayso.events import CaptureInterrupted, CaptureOpened, Problem
from sayso.ring import Ring

OPENED, AWAY_AT, BACK_AT, END = "USB Microphone", 2.0, 40.0, 42.0


def resting(world: World) -> list[CaptureEvent]:
    """What is told where the person is away for a while, which is longer than any pause of the guard's own."""
    world.at(AWAY_AT, lambda: world.post(Rest(is_resting=True)))
    world.at(BACK_AT, lambda: world.post(Rest(is_resting=False)))
    return world.run(END)


def test_the_stream_is_closed_and_opened_again_and_nothing_is_heard_in_between() -> None:
    world = World(USB, MONITOR)
    open_then: list[bool] = []
    for seconds in (AWAY_AT - 0.1, AWAY_AT + 0.1, BACK_AT - 0.1, BACK_AT + 0.5):
        world.at(seconds, lambda: open_then.append(world.stream is not None))
    first, interrupted, again = resting(world)
    assert open_then == [True, False, False, True]
    assert first == again == CaptureOpened(OPENED, 16_000)
    assert isinstance(interrupted, CaptureInterrupted)
    assert abs(interrupted.at_sample - samples(AWAY_AT)) < 4 * FRAME_SAMPLES
    assert world.ring.written < samples(AWAY_AT + END - BACK_AT)


def test_nothing_is_warned_of_while_the_person_is_away() -> None:
    world = World(USB, MONITOR)
    world.at(AWAY_AT + 1, world.mute)
    world.at(AWAY_AT + 2, lambda: world.unplug(USB.name))
    world.at(BACK_AT - 2, lambda: world.plug(USB))
    world.at(BACK_AT - 1, lambda: world.mute(on=False))
    assert [type(event) for event in resting(world)] == [CaptureOpened, CaptureInterrupted, CaptureOpened]
    assert world.heard() == {VOICE}


def test_a_microphone_that_went_meanwhile_is_told_of_on_the_return_and_another_taken() -> None:
    world = World(USB, MONITOR)
    world.at(AWAY_AT + 1, lambda: world.unplug(USB.name))
    assert isinstance(resting(world)[-1], Problem)
    assert MUSIC not in world.heard()
    world = World(USB, MONITOR)
    world.at(AWAY_AT + 1, lambda: world.unplug(USB.name))
    world.at(AWAY_AT + 2, lambda: world.plug(HEADSET))
    assert resting(world)[-1] == CaptureOpened("Headset", 16_000)
    assert world.heard() == {VOICE, OTHER_VOICE}


def test_a_server_that_was_started_anew_meanwhile_is_found() -> None:
    world = World(USB)
    world.at(AWAY_AT + 1, world.crash)
    world.at(BACK_AT - 1, world.boot)
    assert resting(world)[-1] == CaptureOpened(OPENED, 16_000)


def test_a_guard_that_waits_for_a_microphone_looks_for_none_while_the_person_is_away() -> None:
    world = World(MONITOR)
    resting(world)
    assert [at for at in world.refreshes if AWAY_AT + 0.1 < at < BACK_AT] == []


def test_a_guard_ends_while_it_rests() -> None:
    world = World(USB)
    world.at(1, lambda: world.post(Rest(is_resting=True)))
    world.run(2)
    assert world.stream is None
    assert world.now < 3


def test_a_microphone_that_rests_from_the_start_is_opened_when_it_is_wanted() -> None:
    listener, world = Listener(), OneBlock(USB)
    microphone = Microphone("default", None, 0.0, world, None)
    microphone.rest(True)
    microphone.start(Ring(), listener)
    microphone.rest(False)
    assert listener.wait() == CaptureOpened("pulse", 16_000)
    assert len(world.openings) == 1
    microphone.stop()
