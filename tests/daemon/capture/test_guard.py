"""A guard in a world: each row of what can happen to a microphone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.daemon.capture.world import (
    HEADSET,
    MONITOR,
    MUSIC,
    OTHER_VOICE,
    PULSE,
    USB,
    VOICE,
    World,
)

from sayso.audio import FRAME_SAMPLES, samples
from sayso.capture import CaptureEvent
from sayso.capture.signals import ServerChanged
from sayso.events import CaptureInterrupted, CaptureOpened, Problem, ProblemCleared, ProblemName


def names(events: list[CaptureEvent]) -> list[str]:
    """Shorten events to what matters in most tests."""
    short = []
    for event in events:
        match event:
            case CaptureOpened(device=device):
                short.append(f"opened {device}")
            case CaptureInterrupted():
                short.append("interrupted")
            case Problem(name=name):
                short.append(f"problem {name}")
            case ProblemCleared(name=name):
                short.append(f"cleared {name}")
    return short


def test_the_default_microphone_is_opened_and_heard() -> None:
    world = World(USB, MONITOR)
    assert names(world.run(5)) == ["opened USB Microphone"]
    assert world.heard() == {VOICE}
    assert world.ring.written == pytest.approx(samples(5), abs=2 * FRAME_SAMPLES)


def test_nothing_is_heard_of_the_speakers_when_the_microphone_is_pulled_out() -> None:
    world = World(USB, MONITOR)
    world.read_delay_seconds = 0.200  # a busy machine: six blocks come before the route is understood
    world.at(2.005, lambda: world.unplug(USB.name))
    events = world.run(6)
    assert names(events) == ["opened USB Microphone", "interrupted", "problem microphone-moved"]
    assert MUSIC not in world.heard()


@pytest.mark.parametrize("offset_ms", range(0, 32, 2))
def test_what_may_have_slipped_through_before_the_event_is_declared_doubtful(offset_ms: int) -> None:
    world = World(USB, MONITOR)
    world.event_delay_seconds = 0.020
    world.at(2 + offset_ms / 1000, lambda: world.unplug(USB.name))
    interrupted = next(event for event in world.run(4) if isinstance(event, CaptureInterrupted))
    assert MUSIC not in set(world.ring.read(0, interrupted.at_sample).tolist())


def test_the_microphone_is_heard_again_after_it_is_plugged_in_again() -> None:
    world = World(USB, MONITOR)
    world.at(2, lambda: world.unplug(USB.name))
    world.at(4, lambda: world.plug(USB))
    assert names(world.run(6))[2:] == [
        "problem microphone-moved",
        "opened USB Microphone",
        "cleared microphone-moved",
    ]
    assert world.heard() == {VOICE}
    assert world.stream is None, "the guard closes the stream when it stops"


def test_another_microphone_is_followed_without_a_break_where_none_was_named() -> None:
    world = World(USB, HEADSET, MONITOR)
    world.at(2, lambda: world.unplug(USB.name))
    assert names(world.run(5)) == ["opened USB Microphone", "opened Headset"]
    assert len(world.openings) == 1
    assert world.heard() == {VOICE, OTHER_VOICE}


def test_a_named_microphone_is_waited_for_although_there_is_another() -> None:
    world = World(USB, HEADSET, MONITOR, default=HEADSET.name)
    world.at(2, lambda: world.unplug(USB.name))
    world.at(4, lambda: world.plug(USB, default=False))
    assert names(world.run(6, device="USB")) == [
        "opened USB Microphone",
        "interrupted",
        "problem microphone-moved",
        "opened USB Microphone",
        "cleared microphone-moved",
    ]
    assert world.heard() == {VOICE}


def test_a_named_monitor_is_recorded() -> None:
    world = World(USB, MONITOR)
    assert names(world.run(3, device=MONITOR.name)) == ["opened Monitor of Speakers"]
    assert world.heard() == {MUSIC}


def test_a_monitor_that_is_the_default_is_passed_over_for_a_microphone() -> None:
    world = World(MONITOR, USB, default=MONITOR.name)
    assert names(world.run(3)) == ["opened USB Microphone"]
    assert world.heard() == {VOICE}


def test_a_monitor_that_is_all_there_is_counts_as_no_microphone() -> None:
    world = World(MONITOR)
    events = world.run(3)
    assert names(events) == ["problem microphone-absent"]
    assert world.ring.written == 0


def test_a_stream_that_the_server_attaches_to_a_monitor_is_opened_again_by_name() -> None:
    world = World(USB, MONITOR)
    world.sounds[MONITOR.name] = MUSIC

    def remember_badly() -> None:
        # the server remembers that this program recorded the monitor once
        if world.stream is not None and world.openings[-1].source is None:
            world.stream.source = MONITOR.name

    world.at(0.0035, remember_badly)
    world.run(4)
    assert world.openings[-1].source == USB.name
    assert world.heard() <= {VOICE}


def test_a_monitor_made_the_default_is_told_of_as_such_and_not_as_a_microphone_that_is_gone() -> None:
    world = World(USB, MONITOR)
    world.at(1, world.listen)
    world.at(4, lambda: world.choose(MONITOR.name))
    assert names(world.run(8)) == [
        "opened USB Microphone",
        "interrupted",
        "opened USB Microphone",
        "problem microphone-wrong",
    ]
    assert MUSIC not in world.heard()
    assert world.openings[-1].source == USB.name


def test_late_news_of_the_stream_before_ends_no_stream() -> None:
    world = World(USB, MONITOR)

    def tell_again() -> None:
        assert len(world.openings) == 2, "the second stream is open, and nothing was told of it"
        state = world.state()
        assert state is not None
        world.post(ServerChanged(replace(state, recorded=MONITOR.name)))

    world.at(4, lambda: world.choose(MONITOR.name))
    world.at(4.0045, tell_again)
    assert names(world.run(8)) == ["opened USB Microphone", "interrupted", "opened USB Microphone"]
    assert len(world.openings) == 2


def test_a_server_that_never_gives_the_stream_what_was_asked_for_is_told_of() -> None:
    world = World(USB, MONITOR)

    def disobey() -> None:
        if world.stream is not None:
            world.stream.source = MONITOR.name
        world.at(0.001, disobey)

    world.at(0, disobey)
    events = world.run(6)
    assert set(names(events)) == {"problem microphone-moved"}
    assert all("gives it 'Monitor of Speakers'" in event.message for event in events if isinstance(event, Problem))
    assert world.heard() == set()


def test_a_server_that_moves_a_stream_away_again_and_again_is_told_of() -> None:
    world = World(USB, MONITOR)

    def meddle() -> None:
        if world.stream is not None and world.stream.source == USB.name:
            world.stream.source = MONITOR.name
            world.change()
        world.at(0.5, meddle)

    world.at(4, meddle)
    events = world.run(8)
    told = next(event for event in events if isinstance(event, Problem))
    assert told.name is ProblemName.MICROPHONE_MOVED
    assert "gone" not in told.message
    assert "choose USB Microphone for sayso" in told.message
    assert MUSIC not in world.heard()


def test_a_default_chosen_later_is_followed() -> None:
    world = World(USB, HEADSET)
    world.at(2, lambda: world.choose(HEADSET.name))
    assert names(world.run(5)) == ["opened USB Microphone", "opened Headset"]


def test_a_default_to_which_the_server_does_not_move_us_is_opened_by_name() -> None:
    world = World(USB, HEADSET)
    world.server_moves_streams = False
    world.at(2, lambda: world.choose(HEADSET.name))
    assert names(world.run(8)) == ["opened USB Microphone", "interrupted", "opened Headset"]
    assert world.openings[-1].source == HEADSET.name


def test_a_suspended_microphone_is_reported_once_and_goes_on_when_it_wakes() -> None:
    world = World(USB, MONITOR)
    world.at(2, lambda: setattr(world, "is_suspended", True))
    world.at(12, lambda: setattr(world, "is_suspended", False))
    assert names(world.run(20)) == [
        "opened USB Microphone",
        "interrupted",
        "problem microphone-stalled",
        "opened USB Microphone",
        "cleared microphone-stalled",
    ]


def test_the_events_of_our_own_attempts_do_not_hurry_the_next_one() -> None:
    world = World(USB)
    world.is_suspended = True
    world.run(60)
    assert len(world.openings) <= 17  # 2 s of waiting for a block and 2 s of pause each, less at first


def test_a_stall_is_noticed_within_two_seconds() -> None:
    world = World(USB)
    noticed: list[float] = []
    world.at(2.5, lambda: setattr(world, "is_suspended", True))
    world.events = Noting(world, noticed)
    world.run(8)
    assert noticed[1] - 2.5 <= 2.0  # the second event is the interruption


def test_a_stream_that_hangs_when_it_is_closed_is_told_of_first() -> None:
    world = World(USB)
    noticed: list[float] = []
    world.closing_seconds = 20.0
    world.at(2.5, lambda: setattr(world, "is_suspended", True))
    world.events = Noting(world, noticed)
    assert names(world.run(8))[1:] == ["interrupted", "problem microphone-stalled"]
    assert noticed[2] - 2.5 <= 2.0


def test_nothing_is_heard_of_a_stream_between_its_interruption_and_its_end() -> None:
    world = World(USB, HEADSET)
    world.server_moves_streams = False
    events = CallingBack(world)
    world.events = events
    world.at(2, lambda: world.choose(HEADSET.name))
    world.run(8)
    assert events.written_too_late == [0]


class CallingBack(list[CaptureEvent]):
    """Events, at each of which the open stream brings one more block."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world
        self.written_too_late: list[int] = []

    def append(self, event: CaptureEvent) -> None:
        """Note what that block adds to the ring."""
        super().append(event)
        if self._world.stream is not None:
            self._world.stream.call_back()
        if isinstance(event, CaptureInterrupted):
            self.written_too_late.append(self._world.ring.written - event.at_sample)


def test_a_stream_that_opens_after_it_was_given_up_is_not_heard() -> None:
    world = World(USB, inputs=(replace(PULSE, name="hw:0"),))
    world.is_up = False
    world.opens_late = True
    assert names(world.run(5)) == ["problem microphone-absent"]
    assert world.ring.written == 0


def test_a_stream_that_hangs_with_its_server_gone_is_lost_and_not_suspended() -> None:
    world = World(USB, MONITOR)
    world.at(2, lambda: setattr(world, "is_suspended", True))
    world.at(2, lambda: setattr(world, "is_up", False))
    world.at(2, world.change)
    assert names(world.run(5)) == ["opened USB Microphone", "interrupted", "problem microphone-lost"]


class Noting(list[CaptureEvent]):
    """Events with the time of each."""

    def __init__(self, world: World, times: list[float]) -> None:
        super().__init__()
        self._world, self._times = world, times

    def append(self, event: CaptureEvent) -> None:
        """Note the time."""
        self._times.append(self._world.now)
        super().append(event)


def test_a_server_that_crashes_is_waited_for_with_growing_pauses() -> None:
    world = World(USB, MONITOR)
    world.at(2, world.crash)
    world.at(30, world.boot)
    assert names(world.run(40)) == [
        "opened USB Microphone",
        "interrupted",
        "problem microphone-lost",
        "opened USB Microphone",
        "cleared microphone-lost",
    ]


def test_a_server_that_starts_later_is_found_although_the_device_list_is_old() -> None:
    world = World(USB, inputs=())
    world.is_up = False
    world.at(10, world.boot)
    events = world.run(20)
    assert names(events) == [
        "problem microphone-absent",
        "opened USB Microphone",
        "cleared microphone-absent",
    ]


def test_nothing_is_heard_of_a_server_before_it_has_told_what_it_records() -> None:
    world = World(USB, MONITOR)
    world.at(2, world.crash)
    world.at(3, lambda: world.unplug(USB.name))
    world.at(10, lambda: setattr(world, "read_delay_seconds", 1.0))
    world.at(11, world.boot)
    world.run(20)
    assert len(world.openings) == 2, "PortAudio opens before the server's state is known"
    assert world.heard() == {VOICE}


def test_the_last_source_may_go_and_come_back() -> None:
    world = World(USB)
    world.at(2, lambda: world.unplug(USB.name))
    world.at(5, lambda: world.plug(USB))
    assert names(world.run(8)) == [
        "opened USB Microphone",
        "interrupted",
        "problem microphone-lost",
        "opened USB Microphone",
        "cleared microphone-lost",
    ]


def test_digital_silence_is_reported_with_its_reason_and_cleared_by_sound() -> None:
    world = World(USB, MONITOR)
    world.listen()
    world.at(2, lambda: world.sounds.update({USB.name: 0}))
    world.at(10, lambda: world.sounds.update({USB.name: VOICE}))
    events = world.run(14, silence_warning_seconds=3)
    assert names(events) == [
        "opened USB Microphone",
        "problem microphone-silent",
        "cleared microphone-silent",
    ]
    message = next(event.message for event in events if isinstance(event, Problem))
    assert message.endswith("look for a mute switch on it, or choose another microphone in the sound settings")


def test_a_microphone_that_is_too_loud_is_reported_until_it_is_turned_down() -> None:
    world = World(USB)
    world.listen()
    world.at(2, lambda: world.sounds.update({USB.name: 32_767}))
    world.at(6, lambda: world.sounds.update({USB.name: VOICE}))
    assert names(world.run(15)) == [
        "opened USB Microphone",
        "problem microphone-clipping",
        "cleared microphone-clipping",
    ]


def test_lost_input_is_counted_in_the_ring() -> None:
    world = World(USB)
    world.at(1, lambda: setattr(world, "loses_input", True))
    world.run(2)
    assert world.ring.overflows > 0


def test_a_device_that_refuses_16_khz_is_recorded_at_its_own_rate() -> None:
    world = World(USB)
    world.accepted_rates_hz = {44_100}
    events = world.run(4)
    assert events == [CaptureOpened("USB Microphone", 44_100)]
    assert world.ring.written == pytest.approx(samples(4), abs=3 * FRAME_SAMPLES)
    middle = world.ring.read(samples(1), samples(2))
    assert abs(middle.astype(int) - VOICE).max() <= 2


def test_a_device_that_refuses_mono_gives_its_first_channel() -> None:
    world = World(USB)
    world.accepted_channels = {2}
    world.run(3)
    assert world.openings[0].channels == 2
    assert world.heard() == {VOICE}


def test_a_device_that_takes_no_format_is_absent_with_what_to_set() -> None:
    world = World(USB)
    world.accepted_rates_hz = {96_000}
    events = world.run(2)
    assert names(events) == ["problem microphone-absent"]
    assert "audio.sample_rate_hz" in next(event.message for event in events if isinstance(event, Problem))


def test_a_server_that_does_not_list_our_stream_is_believed_after_a_while() -> None:
    world = World(USB)
    world.server_names_streams = False
    assert names(world.run(6)) == ["opened USB Microphone"]
    assert world.ring.written > samples(5), "what came before is held, not lost"


def test_frequent_harmless_changes_lose_no_audio() -> None:
    world = World(USB, MONITOR)
    for hundredths in range(100, 300):
        world.at(hundredths / 100, world.change)
    world.run(4)
    assert world.ring.written == pytest.approx(samples(4), abs=2 * FRAME_SAMPLES)


def test_an_unknown_name_is_one_problem_until_the_device_comes() -> None:
    world = World(HEADSET)
    world.at(5, lambda: world.plug(USB, default=False))
    events = world.run(8, device="usb")
    assert [event.name for event in events if isinstance(event, Problem)] == [ProblemName.MICROPHONE_ABSENT]
    assert names(events)[-2:] == ["opened USB Microphone", "cleared microphone-absent"]


def test_waiting_for_a_server_reads_the_device_list_at_most_every_two_seconds_in_the_end() -> None:
    world = World(inputs=())
    world.is_up = False
    world.run(60)
    assert world.refreshes[-1] - world.refreshes[-2] == pytest.approx(2.0, abs=0.1)


def test_a_device_without_a_server_is_heard_at_once() -> None:
    hardware = replace(PULSE, name="hw:0")
    world = World(USB, inputs=(hardware,))
    world.is_up = False
    assert names(world.run(3)) == ["opened hw:0"]
