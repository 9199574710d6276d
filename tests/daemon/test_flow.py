"""The whole flow, from what is said to what stands."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.daemon.fakes import (
    Decode,
    ReadingEngine,
    of_type,
    phrase,
    recording,
    silence,
    text_of,
)
from tests.daemon.flow_bench import FlowBench, SaidSource, Window

from sayso.capture import Report
from sayso.clock import VirtualClock
from sayso.config import Settings
from sayso.errors import TargetAway
from sayso.events import (
    CaptureInterrupted,
    Committed,
    Edit,
    HypothesisChanged,
    ListeningChanged,
    Problem,
    State,
    UtteranceCutShort,
    UtteranceDelivered,
    UtteranceDropped,
    UtteranceFailed,
    UtteranceFinished,
    UtteranceHeld,
    UtteranceStarted,
)
from sayso.recogniser_thread import STUCK_SECONDS
from sayso.ring import Ring
from sayso.stages import plan_from
from sayso.typist import HERE, Target


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


def files(state: Path) -> list[Path]:
    return list((state / "spool").glob("*"))


def test_what_is_said_stands_in_the_window_and_no_audio_is_left_on_disk(
    default_settings: Settings, state: Path
) -> None:
    with FlowBench(default_settings, state) as bench:
        bench.listen()
        bench.source.say(recording([(4, 1.0), (3, 1.0)]))
        bench.watcher.wait(UtteranceDelivered, 2)
    assert bench.window.text == text_of(7)
    assert files(state) == []
    assert bench.flow.status.state is State.LISTENING
    assert bench.window.closed.is_set()
    assert not bench.source.is_open
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("sayso-")]


def test_stopping_the_flow_finishes_what_was_being_said(default_settings: Settings, state: Path) -> None:
    with FlowBench(default_settings, state) as bench:
        bench.listen()
        bench.source.say(np.concatenate((silence(0.6), phrase(0, 5))))
        bench.watcher.wait(UtteranceStarted)
    assert bench.window.text == text_of(5)
    assert files(state) == []
    assert len(of_type(bench.watcher.events, UtteranceDelivered)) == 1


def test_where_the_recogniser_hangs_there_is_no_sign_of_life_but_for_those_who_know_why(
    default_settings: Settings,
) -> None:
    clock, busy, hold = VirtualClock(), threading.Event(), threading.Event()

    def hang(_decode: Decode) -> None:
        busy.set()
        assert hold.wait(10)

    with FlowBench(default_settings, None, ReadingEngine(before=hang), clock) as bench:
        bench.listen()
        bench.source.say(np.concatenate((silence(0.6), phrase(0, 5))))
        assert busy.wait(10)
        bench.flow.ping()
        bench.beats.get(timeout=10)
        clock.advance_to(STUCK_SECONDS + 1)
        bench.flow.ping()
        bench.flow.cancel()
        bench.watcher.wait(ListeningChanged, 2)
        bench.flow.listen()
        bench.watcher.wait(ListeningChanged, 3)  # so the pass that the ping woke is over
        assert bench.beats.empty()
        bench.flow.ping(STUCK_SECONDS + 2)
        bench.beats.get(timeout=10)
        hold.set()


def test_letting_the_key_go_finishes_at_once_and_ends_in_idle(default_settings: Settings, state: Path) -> None:
    with FlowBench(default_settings, state) as bench:
        bench.listen()
        bench.source.say(np.concatenate((silence(0.6), phrase(0, 5))))
        bench.watcher.wait(UtteranceStarted)
        bench.flow.stop_listening()
        bench.watcher.wait(UtteranceDelivered)
        assert bench.flow.status.wait_until_finished(10)
        assert bench.window.text == text_of(5)
    assert bench.flow.status.state is State.IDLE


@pytest.mark.parametrize("stopped", [False, True])
def test_cancelling_keeps_neither_text_nor_audio(stopped: bool, default_settings: Settings, state: Path) -> None:
    hold = threading.Event()

    def wait(_decode: Decode) -> None:
        assert hold.wait(10)

    with FlowBench(default_settings, state, ReadingEngine(before=wait)) as bench:
        bench.listen()
        bench.source.say(np.concatenate((silence(0.6), phrase(0, 5))))
        bench.watcher.wait(UtteranceStarted)
        if stopped:
            bench.flow.stop_listening()
        bench.flow.cancel()
        hold.set()
        bench.watcher.wait(UtteranceDropped)
    assert bench.window.text == ""
    assert not {Committed, UtteranceFinished} & set(map(type, bench.watcher.events))
    assert files(state) == []


def test_an_engine_that_fails_leaves_the_audio_on_disk_and_says_how_it_is_read(
    default_settings: Settings, state: Path
) -> None:
    def fail(_decode: Decode) -> None:
        raise RuntimeError("no memory")

    with FlowBench(default_settings, state, ReadingEngine(before=fail)) as bench:
        bench.listen()
        bench.source.say(recording([(4, 1.0)]))
        bench.watcher.wait(UtteranceFailed)
    assert [path.name for path in files(state)] == ["1.spool"]
    messages = [problem.message for problem in of_type(bench.watcher.events, Problem)]
    assert any("sayso history --recovered" in message for message in messages)
    assert bench.window.text == ""


def test_a_broken_stream_finishes_the_utterance_and_the_next_one_is_heard(
    default_settings: Settings, state: Path
) -> None:
    with FlowBench(default_settings, state) as bench:
        bench.listen()
        bench.source.say(np.concatenate((silence(0.6), phrase(0, 3))))
        bench.flow.emit(CaptureInterrupted(bench.flow.stages.ring.written))
        bench.watcher.wait(UtteranceDelivered)
        bench.source.say(np.concatenate((silence(0.6), phrase(3, 3), silence(1.0))))
        bench.watcher.wait(UtteranceDelivered, 2)
    assert bench.window.text == text_of(6)


def test_the_tail_that_may_still_change_is_shown_where_the_window_can(default_settings: Settings) -> None:
    with FlowBench(default_settings, None) as bench:
        bench.listen()
        bench.source.say(np.concatenate((silence(0.6), phrase(0, 3))))
        bench.watcher.wait(HypothesisChanged)
    assert bench.window.tails
    assert bench.window.tails[0] == of_type(bench.watcher.events, HypothesisChanged)[0].unstable


def test_another_microphone_takes_over_between_two_utterances(default_settings: Settings) -> None:
    with FlowBench(default_settings, None) as bench:
        bench.listen()
        bench.source.say(np.concatenate((silence(0.6), phrase(0, 3))))
        other = SaidSource()
        bench.flow.replace_source(other)
        assert not bench.source.is_open
        bench.watcher.wait(UtteranceDelivered)
        other.say(np.concatenate((silence(0.6), phrase(3, 2), silence(1.0))))
        bench.watcher.wait(UtteranceDelivered, 2)
    assert bench.window.text == text_of(5)
    assert not other.is_open


def test_another_window_takes_over_from_the_next_edit_and_the_old_one_is_closed(
    default_settings: Settings,
) -> None:
    with FlowBench(default_settings, None) as bench:
        bench.listen()
        bench.source.say(recording([(3, 1.0)]))
        bench.watcher.wait(UtteranceDelivered)
        other = Window()
        bench.flow.replace_typist(other, None, default_settings)
        bench.source.say(np.concatenate((silence(0.6), phrase(3, 2), silence(1.0))))
        bench.watcher.wait(UtteranceDelivered, 2)
    assert bench.window.closed.is_set()
    assert bench.window.text == text_of(3)
    assert other.text.strip() == text_of(2, first=3)
    assert other.closed.is_set()


def test_new_settings_and_a_new_engine_count_from_the_next_utterance_on(default_settings: Settings) -> None:
    second = ReadingEngine()
    with FlowBench(default_settings, None) as bench:
        bench.listen()
        bench.source.say(recording([(3, 1.0)]))
        bench.watcher.wait(UtteranceDelivered)
        bench.flow.apply(replace(default_settings, language="auto"), second)
        bench.source.say(np.concatenate((silence(0.6), phrase(3, 2), silence(1.0))))
        bench.watcher.wait(UtteranceDelivered, 2)
    assert second.decodes
    assert second.sessions[0] is None
    assert bench.window.text == text_of(5)


def test_a_source_that_does_not_start_leaves_no_thread_and_no_open_window(default_settings: Settings) -> None:
    bench = FlowBench(default_settings, None)

    def refuse(ring: Ring, report: Report) -> None:
        raise OSError("no such device")

    start: Callable[[Ring, Report], None] = refuse
    bench.source.start = start  # type: ignore[method-assign]  # this one refuses
    with pytest.raises(OSError, match="no such device"):
        bench.flow.start()
    assert bench.window.closed.is_set()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("sayso-")]


def test_the_plan_of_the_live_flow_is_the_settings_in_samples(default_settings: Settings) -> None:
    plan = plan_from(default_settings)
    assert (plan.pre_roll, plan.min_speech, plan.hop, plan.window) == (8_000, 2_560, 7_680, 240_000)
    assert (plan.endpointing.soft_samples, plan.endpointing.hard_samples) == (1_536, 8_000)


def test_the_end_of_an_utterance_names_all_that_was_typed_for_it(default_settings: Settings) -> None:
    with FlowBench(default_settings, None) as bench:
        bench.listen()
        bench.source.say(recording([(4, 1.0)]))
        bench.watcher.wait(UtteranceFinished)
    (finished,) = of_type(bench.watcher.events, UtteranceFinished)
    assert finished.text == text_of(4)


class Desktop(Window):
    """Two windows, one of which has the focus."""

    def __init__(self) -> None:
        super().__init__()
        self.focused = 1
        self.texts = {1: "", 2: ""}
        self.tell: Callable[[], None] = lambda: None

    def target(self) -> Target:
        return Target(self.focused)

    def on_focus(self, tell: Callable[[], None]) -> None:
        self.tell = tell

    def type(self, edit: Edit, target: Target = HERE) -> None:
        if target.key != self.focused:
            raise TargetAway("the focus is elsewhere")
        text = self.texts[target.key]
        self.texts[target.key] = text[: len(text) - edit.delete] + edit.insert

    def focus(self, window: int) -> None:
        self.focused = window
        self.tell()


def test_text_goes_to_the_window_in_which_the_utterance_began_and_waits_for_it(default_settings: Settings) -> None:
    with FlowBench(default_settings, None) as bench:
        desktop = Desktop()
        bench.flow.replace_typist(desktop, None, default_settings)
        assert bench.window.closed.wait(10)
        bench.listen()
        audio = recording([(5, 1.0)])
        half = len(audio) // 2
        bench.source.say(audio[:half])
        bench.watcher.wait(UtteranceStarted)
        desktop.focus(2)
        bench.source.say(audio[half:])
        bench.watcher.wait(UtteranceHeld)
        assert desktop.texts[2] == ""
        assert bench.flow.status.state is State.LISTENING  # what waits keeps nobody from speaking
        desktop.focus(1)
        bench.watcher.wait(UtteranceDelivered)
    assert desktop.texts == {1: text_of(5), 2: ""}


def test_text_in_another_window_begins_without_a_space_and_after_an_undo_as_before(
    default_settings: Settings,
) -> None:
    with FlowBench(default_settings, None) as bench:
        desktop = Desktop()
        bench.flow.replace_typist(desktop, None, default_settings)
        assert bench.window.closed.wait(10)
        bench.listen()
        bench.source.say(recording([(3, 1.0)]))
        bench.watcher.wait(UtteranceDelivered)
        desktop.focus(2)
        bench.source.say(np.concatenate((silence(0.6), phrase(3, 2), silence(1.0))))
        bench.watcher.wait(UtteranceDelivered, 2)
        assert desktop.texts[2] == text_of(2, first=3)
        bench.flow.undo()
        bench.watcher.wait(UtteranceCutShort)
        assert desktop.texts[2] == ""
        bench.source.say(np.concatenate((silence(0.6), phrase(5, 2), silence(1.0))))
        bench.watcher.wait(UtteranceDelivered, 3)
    assert desktop.texts == {1: text_of(3), 2: text_of(2, first=5)}
