"""Warned while somebody wants to be heard, and never of a room in which nobody speaks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.daemon.capture.world import HEADSET, MONITOR, PULSE, USB, VOICE, World
from tests.daemon.gates.sounds import SOUNDS, recorded

from sayso.audio import SAMPLE_RATE_HZ, Pcm, samples
from sayso.capture import CaptureEvent
from sayso.capture.facts import ServerState, SoundSource
from sayso.capture.guardian import NOTHING_TIMES, NOTHING_TIMES_AFTER_VOICE, Guardian
from sayso.capture.problems import PendingProblems
from sayso.capture.remedy import SetVolume
from sayso.capture.selection import Selection
from sayso.capture.voice import VoiceFinder
from sayso.capture.voice_level import levels_of, loud_level
from sayso.errors import EngineError
from sayso.events import CaptureInterrupted, CaptureOpened, Problem, ProblemCleared, ProblemName
from sayso.vad import VoiceDetector

MUTED, QUIET = ProblemName.MICROPHONE_MUTED, ProblemName.MICROPHONE_QUIET
SELECTION = Selection(PULSE, "USB Microphone", "usb", default_source="usb")
ROOM_DBFS = -66.0


def state(*sources: SoundSource, volume_percent: int = 40) -> ServerState:
    """The server, our stream on the first source."""
    own = (
        replace(sources[0], volume_percent=volume_percent)
        if sources
        else replace(USB, volume_percent=volume_percent)
    )
    return ServerState("usb", (own, *sources[1:]), recorded=own.name)


class Bench:
    """A guardian that is shown audio second by second, and what it told."""

    def __init__(self, find_voice: VoiceFinder | None = None) -> None:
        self.told: list[CaptureEvent] = []
        self.guardian = Guardian(PendingProblems(self.told.append), 10.0, find_voice or VoiceFinder())
        self.now = 100.0
        self.guardian.attend(SELECTION, state())

    def hear(self, audio: Pcm) -> None:
        """Let audio come in, with a look every second."""
        for at in range(0, len(audio), SAMPLE_RATE_HZ):
            self.now += 1.0
            self.guardian.hear(audio[at : at + SAMPLE_RATE_HZ], self.now)

    def dictate(self, audio: Pcm) -> None:
        """Listen for as long as that takes."""
        self.guardian.listen(True, self.now)
        self.hear(audio)
        self.guardian.listen(False, self.now)

    @property
    def problems(self) -> list[ProblemName]:
        """Names of the problems told."""
        return [event.name for event in self.told if isinstance(event, Problem)]

    @property
    def cleared(self) -> list[ProblemName]:
        """Names of those that are over."""
        return [event.name for event in self.told if isinstance(event, ProblemCleared)]

    def message(self) -> str:
        """Of the last problem."""
        return [event.message for event in self.told if isinstance(event, Problem)][-1]


def noise(seconds: float, dbfs: float = -60.0, seed: int = 1) -> Pcm:
    """A room in which nobody speaks."""
    wave = np.random.default_rng(seed).standard_normal(samples(seconds)) * 32_768 * 10 ** (dbfs / 20)
    return np.round(wave).astype(np.int16)


def spoken(voice: Pcm, loud_dbfs: float, room_dbfs: float = ROOM_DBFS) -> Pcm:
    """A voice whose loud frames have that level, in a room."""
    gain = 10 ** ((loud_dbfs - loud_level(levels_of(voice))) / 20)
    return (np.round(voice * gain) + noise(len(voice) / SAMPLE_RATE_HZ, room_dbfs)).astype(np.int16)


# ── how loud it is ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("loud_dbfs", "room_dbfs"), [(-50.0, -75.0), (-50.0, -60.0), (-54.0, -75.0), (-54.0, -66.0)]
)
def test_a_voice_that_costs_words_is_told_once_with_the_volume_that_it_needs(
    demo: Pcm, loud_dbfs: float, room_dbfs: float
) -> None:
    bench = Bench()
    bench.dictate(spoken(demo[: samples(9)], loud_dbfs, room_dbfs))
    assert bench.problems == [QUIET]
    assert "your voice reaches -" in bench.message()
    remedy = bench.guardian.remedy_of(QUIET)
    assert remedy is not None
    assert isinstance(remedy.fix, SetVolume)
    assert 90 <= remedy.fix.percent <= 125
    assert bench.message().endswith(f"pactl set-source-volume usb {remedy.fix.percent}%")


@pytest.mark.parametrize("loud_dbfs", [-18.0, -30.0, -42.0])
def test_a_voice_of_which_hardly_a_word_is_lost_is_no_problem(demo: Pcm, loud_dbfs: float) -> None:
    bench = Bench()
    for _ in range(3):
        bench.dictate(spoken(demo[: samples(6)], loud_dbfs))
    assert bench.problems == []


def test_a_quiet_voice_is_over_when_it_is_heard_well_or_the_volume_is_another(demo: Pcm) -> None:
    for mend in (
        lambda bench: bench.dictate(spoken(demo[: samples(4)], -30.0)),
        lambda bench: bench.guardian.attend(SELECTION, state(volume_percent=80)),
    ):
        bench = Bench()
        bench.dictate(spoken(demo[: samples(4)], -52.0))
        mend(bench)
        assert (bench.problems, bench.cleared) == ([QUIET], [QUIET])


def test_a_quiet_voice_after_a_good_one_may_be_somebody_elses(demo: Pcm) -> None:
    bench = Bench()
    bench.dictate(spoken(demo[: samples(4)], -30.0))
    bench.dictate(spoken(demo[: samples(4)], -52.0))
    assert bench.problems == []


@pytest.mark.parametrize(
    "sound", ["silence", "room_tone", "mains_hum", "fan", "keyboard", "mouse", "chair", "knocks"]
)
def test_a_minute_of_a_quiet_room_is_no_problem(sound: str) -> None:
    rng = np.random.default_rng(3)
    bench = Bench()
    bench.guardian.listen(True, bench.now)
    bench.hear(recorded(SOUNDS[sound](60, rng), -45.0, rng, -60.0))
    assert bench.problems == []


def test_the_noise_of_a_room_alone_is_no_problem_however_long_hands_free_listens() -> None:
    bench = Bench()
    bench.dictate(noise(600, -60.0))
    bench.dictate(noise(600, -60.0, seed=2))
    assert bench.problems == []


# ── nothing at all ────────────────────────────────────────────────────────────────────────────────


def test_nothing_but_noise_each_time_that_a_key_is_held_is_told_the_second_time() -> None:
    bench = Bench()
    for _ in range(NOTHING_TIMES - 1):
        bench.dictate(noise(3))
        assert bench.problems == []
    bench.dictate(noise(3))
    assert bench.problems == [QUIET]
    assert "the last 2 times that you dictated" in bench.message()


def test_who_was_heard_well_before_may_have_meant_to_say_nothing(demo: Pcm) -> None:
    bench = Bench()
    bench.dictate(spoken(demo[: samples(4)], -30.0))
    for _ in range(NOTHING_TIMES_AFTER_VOICE - 1):
        bench.dictate(noise(3))
    assert bench.problems == []
    bench.dictate(noise(3))
    assert bench.problems == [QUIET]


def test_keys_struck_by_accident_and_something_heard_between_do_not_count(demo: Pcm) -> None:
    bench = Bench()
    for _ in range(5):
        bench.dictate(noise(1))
    bench.dictate(noise(3))
    bench.dictate(spoken(demo[: samples(4)], -40.0))
    bench.dictate(noise(3))
    assert bench.problems == []


def test_where_nothing_is_heard_the_microphone_that_others_use_is_named() -> None:
    bench = Bench()
    webcam = SoundSource("cam 1", "Webcam", is_running=True)
    bench.guardian.attend(SELECTION, state(replace(USB, is_unplugged=True), HEADSET, webcam, MONITOR))
    for _ in range(NOTHING_TIMES):
        bench.dictate(noise(3))
    assert "nothing is plugged into its socket" in bench.message()
    assert bench.message().endswith("'Webcam', which another program listens to: pactl set-default-source 'cam 1'")


def test_a_microphone_known_to_be_muted_is_not_told_to_be_quiet_too() -> None:
    bench = Bench()
    bench.guardian.attend(SELECTION, state(replace(USB, is_muted=True)))
    for _ in range(NOTHING_TIMES + 1):
        bench.dictate(np.zeros(samples(20), dtype=np.int16))
    assert set(bench.problems) == {MUTED}


def test_without_the_network_that_finds_voices_nothing_is_said_of_quiet_ones(demo: Pcm) -> None:
    def missing() -> VoiceDetector:
        raise EngineError("voice detection needs onnxruntime; reinstall sayso")

    bench = Bench(VoiceFinder(missing))
    bench.dictate(spoken(demo[: samples(6)], -52.0))
    assert bench.problems == []


# ── in the life of a microphone ───────────────────────────────────────────────────────────────────


def names(events: list[CaptureEvent]) -> list[str]:
    """Events in short."""
    kinds = {
        CaptureOpened: "opened",
        CaptureInterrupted: "interrupted",
        Problem: "problem",
        ProblemCleared: "cleared",
    }
    return [f"{kinds[type(event)]} {getattr(event, 'name', '')}".strip() for event in events]


def test_a_muted_microphone_is_told_each_time_that_listening_begins_and_never_before() -> None:
    world = World(USB)
    world.at(1, world.mute)
    for start in (30, 40):
        world.at(start, world.listen)
        world.at(start + 5, lambda: world.listen(on=False))
    assert names(world.run(50)) == ["opened", *["problem microphone-muted", "cleared microphone-muted"] * 2]


def test_a_muted_microphone_is_told_within_a_tenth_of_a_second_and_over_when_it_is_unmuted() -> None:
    world = World(USB)
    times: list[float] = []
    world.events = Noting(world, times)
    world.at(1, world.mute)
    world.at(5.01, world.listen)
    world.at(8, lambda: world.mute(on=False))
    assert names(world.run(10))[1:] == ["problem microphone-muted", "cleared microphone-muted"]
    assert times[1] - 5.01 < 0.1
    assert times[2] - 8.0 < 0.1


class Noting(list[CaptureEvent]):
    """Events with the time of each."""

    def __init__(self, world: World, times: list[float]) -> None:
        super().__init__()
        self._world, self._times = world, times

    def append(self, event: CaptureEvent) -> None:
        """Note the time."""
        self._times.append(self._world.now)
        super().append(event)


def test_zeros_are_told_only_after_somebody_has_listened_to_them_for_long_enough() -> None:
    world = World(USB)
    world.sounds[USB.name] = 0
    times: list[float] = []
    world.events = Noting(world, times)
    world.at(60, world.listen)
    assert names(world.run(70, silence_warning_seconds=5)) == ["opened", "problem microphone-silent"]
    assert 65 <= times[1] <= 67


def test_a_default_that_is_a_monitor_is_told_while_somebody_listens() -> None:
    world = World(MONITOR, USB, default=MONITOR.name)
    world.at(2, world.listen)
    world.at(5, lambda: world.choose(USB.name))
    assert names(world.run(8)) == ["opened", "problem microphone-wrong", "cleared microphone-wrong"]


def test_what_is_wrong_with_a_microphone_is_over_when_it_is_gone() -> None:
    world = World(USB)
    world.listen()
    world.at(1, world.mute)
    world.at(3, lambda: world.unplug(USB.name))
    assert names(world.run(5)) == [
        *("opened", "problem microphone-muted", "interrupted", "problem microphone-lost"),
        "cleared microphone-muted",
    ]


# ── asleep ────────────────────────────────────────────────────────────────────────────────────────


def test_a_stream_whose_source_the_server_has_suspended_is_kept_and_loses_nothing_when_it_wakes() -> None:
    world = World(USB)
    world.tells_suspension = True
    world.at(2.5, world.suspend)
    world.at(32, lambda: world.suspend(on=False))
    times: list[float] = []
    world.events = Noting(world, times)
    events = world.run(40)
    assert names(events) == [
        *("opened", "interrupted", "problem microphone-stalled"),
        *("opened", "cleared microphone-stalled"),
    ]
    assert len(world.openings) == 1
    assert times[3] - 32 < 0.6
    assert world.heard() == {VOICE}
    assert world.ring.written == pytest.approx(samples(2.5 + 8), abs=2 * 512)


def test_a_source_that_is_suspended_from_the_beginning_is_told_and_heard_when_it_wakes() -> None:
    world = World(USB)
    world.tells_suspension = world.is_suspended = True
    world.at(20, lambda: world.suspend(on=False))
    assert names(world.run(25)) == ["problem microphone-stalled", "opened", "cleared microphone-stalled"]
    assert len(world.openings) == 1


def test_a_stream_that_stays_quiet_although_its_source_is_awake_is_opened_anew() -> None:
    world = World(USB)
    world.tells_suspension = True
    world.at(2, world.suspend)

    def wake_in_name_only() -> None:
        world.tells_suspension = False
        world.change()

    world.at(10, wake_in_name_only)
    world.run(20)
    assert len(world.openings) > 1
