"""The recorder on a microphone that plays what a test says, block by block, each time it looks for a key."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from sayso.audio import FRAME_SAMPLES, Pcm, samples
from sayso.capture import CaptureEvent, Report
from sayso.enrolment.keys import Key
from sayso.enrolment.level import Flaw, flaw_of
from sayso.enrolment.recorder import Heard, Recorder
from sayso.events import CaptureInterrupted, CaptureOpened, Problem, ProblemName
from sayso.ring import Ring

BLOCK = samples(0.05)
LOUD, SILENCE = 8000, 10
PATIENCE_LOOKS = 4000


class Loud:
    """A detector for which what is loud is voice."""

    def __init__(self) -> None:
        self.resets = 0

    def probability(self, frame: Pcm) -> float:
        return float(np.abs(frame.astype(np.int32)).mean() > LOUD / 2)

    def reset(self) -> None:
        self.resets += 1


class Stage:
    """A microphone and a keyboard in step: with each look for a key, 50 ms of sound come."""

    latency_samples = samples(0.1)

    def __init__(self) -> None:
        self.sound: list[Pcm] = []
        self.keys: dict[int, Key] = {}
        self.looks = 0
        self.told: list[str] = []
        self.report_at: dict[int, CaptureEvent] = {}
        self.is_open = False

    def start(self, ring: Ring, report: Report) -> None:
        self.ring, self.report, self.is_open = ring, report, True

    def stop(self) -> None:
        self.is_open = False

    def play(self, *parts: tuple[int, float]) -> None:
        """Levels, each for so many seconds, after what was to be played before."""
        whole = np.concatenate([np.full(samples(length), level, dtype=np.int16) for level, length in parts])
        whole[::2] *= -1
        self.sound += [whole[at : at + BLOCK] for at in range(0, len(whole), BLOCK)]

    def wait(self, seconds: float) -> Key | None:
        self.looks += 1
        if self.looks > PATIENCE_LOOKS:
            pytest.fail("it goes on listening")
        if self.looks in self.report_at:
            self.report(self.report_at[self.looks])
        self.ring.write(self.sound.pop(0) if self.sound else np.full(BLOCK, SILENCE, dtype=np.int16))
        return self.keys.pop(self.looks, None)

    def press(self, key: Key, after_seconds: float) -> None:
        self.keys[self.looks + round(after_seconds / 0.05)] = key


def hear(stage: Stage, longest: float = 10.0) -> Heard:
    with Recorder(stage, Loud(), 0.5, stage.wait, stage.told.append) as recorder:
        return recorder.hear(longest)


def lengths(heard: Heard) -> Sequence[float]:
    take = heard.take
    return take.voice_start / 16_000, (take.voice_end - take.voice_start) / 16_000


def test_a_sentence_ends_by_itself_a_second_after_it_was_read() -> None:
    stage = Stage()
    stage.play((SILENCE, 1.5), (LOUD, 2.0), (SILENCE, 3.0))
    heard = hear(stage)
    assert heard.key is None
    assert lengths(heard) == pytest.approx((1.5, 2.0), abs=0.05)
    assert len(heard.take.audio) == pytest.approx(samples(4.5), abs=BLOCK)
    assert not stage.is_open


def test_a_pause_at_a_comma_does_not_end_it() -> None:
    stage = Stage()
    stage.play((SILENCE, 1.0), (LOUD, 1.0), (SILENCE, 0.8), (LOUD, 1.0), (SILENCE, 2.0))
    assert lengths(hear(stage)) == pytest.approx((1.0, 2.8), abs=0.05)


def test_a_click_is_no_sentence() -> None:
    stage = Stage()
    stage.play((SILENCE, 0.5), (LOUD, 0.1), (SILENCE, 3.0), (LOUD, 2.0), (SILENCE, 2.0))
    assert lengths(hear(stage))[1] == pytest.approx(2.0, abs=0.05)


def test_however_long_nobody_reads_two_seconds_before_the_voice_are_kept() -> None:
    stage = Stage()
    stage.play((SILENCE, 100.0), (LOUD, 2.0), (SILENCE, 2.0))
    assert lengths(hear(stage)) == pytest.approx((2.0, 2.0), abs=0.07)


def test_a_key_ends_it_and_what_was_on_its_way_is_still_heard() -> None:
    stage = Stage()
    stage.play((SILENCE, 1.0), (LOUD, 2.1), (SILENCE, 5.0))
    stage.press(Key.DONE, 3.0)
    heard = hear(stage)
    assert heard.key is Key.DONE
    assert lengths(heard)[1] == pytest.approx(2.1, abs=0.05)
    assert flaw_of(heard.take, "x" * 30) is not Flaw.CUT


def test_who_goes_on_speaking_after_the_key_is_told_so() -> None:
    stage = Stage()
    stage.play((SILENCE, 1.0), (LOUD, 5.0))
    stage.press(Key.DONE, 3.0)
    assert flaw_of(hear(stage).take, "x" * 30) is Flaw.CUT


def test_a_key_without_a_word_before_it_gives_nothing() -> None:
    stage = Stage()
    stage.press(Key.DONE, 1.0)
    assert flaw_of(hear(stage).take, "x" * 30) is Flaw.NOTHING


def test_a_key_after_a_click_gives_nothing() -> None:
    stage = Stage()
    stage.play((SILENCE, 0.5), (LOUD, 0.1), (SILENCE, 5.0))
    stage.press(Key.DONE, 2.0)
    assert flaw_of(hear(stage).take, "x" * 30) is Flaw.NOTHING


def test_a_process_that_was_stopped_for_minutes_asks_again() -> None:
    stage = Stage()
    stage.play((SILENCE, 1.0), (LOUD, 1.0))

    def wait(seconds: float) -> Key | None:
        if stage.looks == 30:
            for _ in range(20 * 120):
                stage.ring.write(np.full(BLOCK, SILENCE, dtype=np.int16))
        return stage.wait(seconds)

    with Recorder(stage, Loud(), 0.5, wait, stage.told.append) as recorder:
        assert flaw_of(recorder.hear(10.0).take, "x" * 30) is Flaw.BROKEN
        stage.sound.clear()
        stage.play((SILENCE, 1.0), (LOUD, 2.0), (SILENCE, 2.0))
        assert lengths(recorder.hear(10.0))[1] == pytest.approx(2.0, abs=0.05)


def test_who_speaks_when_the_sentence_is_shown_is_told_to_wait() -> None:
    stage = Stage()
    stage.play((LOUD, 2.0), (SILENCE, 2.0))
    assert flaw_of(hear(stage).take, "x" * 30) is Flaw.EARLY


@pytest.mark.parametrize("key", [Key.SKIP, Key.BACK, Key.AGAIN, Key.QUIT, Key.PAUSE, Key.KEEP])
def test_other_keys_end_it_at_once(key: Key) -> None:
    stage = Stage()
    stage.press(key, 0.5)
    assert hear(stage).key is key
    assert stage.looks == 10


def test_somebody_who_does_not_stop_is_not_listened_to_for_ever() -> None:
    stage = Stage()
    stage.play((SILENCE, 1.0), (LOUD, 60.0))
    heard = hear(stage, longest=8.0)
    assert len(heard.take.audio) == pytest.approx(samples(9.0), abs=2 * FRAME_SAMPLES)
    assert flaw_of(heard.take, "x" * 30) is Flaw.CUT


def test_a_sentence_after_another_begins_anew() -> None:
    stage = Stage()
    stage.play((SILENCE, 1.0), (LOUD, 2.0), (SILENCE, 2.0), (LOUD, 3.0), (SILENCE, 2.0))
    with Recorder(stage, Loud(), 0.5, stage.wait, stage.told.append) as recorder:
        first, second = recorder.hear(10.0), recorder.hear(10.0)
    assert lengths(first)[1] == pytest.approx(2.0, abs=0.05)
    assert lengths(second) == pytest.approx((1.0, 3.0), abs=0.1)


def test_a_gap_in_the_sound_is_told_and_what_the_microphone_reports() -> None:
    stage = Stage()
    stage.play((SILENCE, 1.0), (LOUD, 2.0), (SILENCE, 2.0))
    with Recorder(stage, Loud(), 0.5, stage.wait, stage.told.append) as recorder:
        stage.report(CaptureOpened("a microphone", 16_000))
        stage.report(Problem(ProblemName.MICROPHONE_MUTED, "it is muted; unmute it"))
        stage.report_at[40] = CaptureInterrupted(samples(2.0))
        assert flaw_of(recorder.hear(10.0).take, "x" * 30) is Flaw.BROKEN
    assert stage.told == ["microphone: a microphone", "it is muted; unmute it"]


def test_a_gap_before_anybody_read_is_none() -> None:
    stage = Stage()
    stage.play((SILENCE, 2.0), (LOUD, 2.0), (SILENCE, 2.0))
    stage.report_at[20] = CaptureInterrupted(samples(1.0))
    assert not hear(stage).take.is_broken


def test_sound_that_the_device_lost_is_a_gap() -> None:
    stage = Stage()
    stage.play((SILENCE, 1.0), (LOUD, 2.0), (SILENCE, 2.0))

    def wait(seconds: float) -> Key | None:
        if stage.looks == 30:
            stage.ring.note_overflow()
        return stage.wait(seconds)

    with Recorder(stage, Loud(), 0.5, wait, stage.told.append) as recorder:
        assert recorder.hear(10.0).take.is_broken


def test_after_a_long_pause_what_was_said_in_it_is_not_heard() -> None:
    stage, detector = Stage(), Loud()
    with Recorder(stage, detector, 0.5, stage.wait, stage.told.append) as recorder:
        stage.play((SILENCE, 1.0), (LOUD, 2.0), (SILENCE, 2.0))
        recorder.hear(10.0)
        stage.sound.clear()
        for _ in range(20 * 70):  # more than the ring holds
            stage.ring.write(np.full(BLOCK, LOUD, dtype=np.int16))
        stage.play((SILENCE, 1.0), (LOUD, 2.0), (SILENCE, 2.0))
        assert lengths(recorder.hear(10.0)) == pytest.approx((1.0, 2.0), abs=0.07)
    assert detector.resets == 1
