"""Listening on command: where what is heard begins and ends when somebody says so."""

from __future__ import annotations

import pytest
from tests.daemon.fakes import of_type, silence, voice
from tests.daemon.pipeline.bench import PLAN, Bench

from sayso.audio import samples
from sayso.events import UtteranceStarted
from sayso.mailbox import DecodeFinal, DecodePartial, Drop, Promote
from sayso.pipeline import STALL_SECONDS


def test_what_was_said_just_before_the_key_went_down_is_heard() -> None:
    bench = Bench()
    bench.hear(silence(2.0), voice(0.32))
    pressed = bench.ring.written
    bench.do("listen")
    bench.hear(voice(0.64))
    (started,) = of_type(bench.events, UtteranceStarted)
    assert started.start_sample <= pressed - samples(0.32)


def test_what_was_said_long_before_the_key_went_down_is_not_heard() -> None:
    bench = Bench()
    bench.hear(voice(5.0))
    pressed = bench.ring.written
    bench.do("listen")
    bench.hear(silence(2.0))
    assert of_type(bench.events, UtteranceStarted)[0].start_sample >= pressed - 2 * PLAN.pre_roll


def test_letting_the_key_go_ends_the_utterance_at_once_with_a_final_of_all_that_was_said(bench: Bench) -> None:
    bench.hear(silence(0.64), voice(1.0))
    bench.do("stop_listening")
    (final,) = bench.of(DecodeFinal)
    assert not final.speculative
    assert final.ends
    assert final.start + len(final.audio) == bench.ring.written
    assert bench.listening == [True, False]


def test_letting_the_key_go_in_a_pause_promotes_the_final_that_was_begun(bench: Bench) -> None:
    bench.hear(silence(0.64), voice(1.0), silence(0.32))
    bench.do("stop_listening")
    assert [type(r) for r in bench.requests if not isinstance(r, DecodePartial)] == [DecodeFinal, Promote]


def test_a_stop_waits_for_what_the_device_has_not_handed_over_yet(bench: Bench) -> None:
    bench.hear(silence(0.64), voice(1.0))
    bench.pipeline.stop_listening(latency_samples=1_000)
    released = bench.ring.written + 1_000
    bench.step()
    assert bench.of(DecodeFinal) == []
    assert bench.pipeline.waits_for_deadline
    bench.hear(voice(0.128))
    (final,) = bench.of(DecodeFinal)
    assert final.start + len(final.audio) == released
    assert not bench.pipeline.waits_for_deadline


def test_a_stop_does_not_wait_for_ever_for_a_device_that_stalls(bench: Bench) -> None:
    bench.hear(silence(0.64), voice(1.0))
    bench.pipeline.stop_listening(latency_samples=1_000)
    bench.step()
    bench.clock.advance_to(bench.clock.now() + STALL_SECONDS)
    bench.step()
    (final,) = bench.of(DecodeFinal)
    assert final.start + len(final.audio) == bench.ring.written
    assert bench.listening == [True, False]


def test_a_stop_that_is_obeyed_late_finishes_what_was_spoken_before_it(bench: Bench) -> None:
    for piece in (silence(0.64), voice(1.28)):
        bench.write(piece)
    bench.pipeline.stop_listening()
    bench.clock.advance_to(bench.clock.now() + 2 * STALL_SECONDS)
    bench.step()
    (final,) = bench.of(DecodeFinal)
    assert final.start + len(final.audio) == bench.ring.written
    assert bench.listening == [True, False]


def test_letting_the_key_go_without_a_word_types_nothing(bench: Bench) -> None:
    bench.hear(silence(2.0))
    bench.do("stop_listening")
    assert bench.requests == []
    assert bench.listening == [True, False]


def test_cancelling_drops_the_utterance_and_what_was_said_is_not_heard_again(bench: Bench) -> None:
    bench.hear(silence(0.64), voice(1.28))
    bench.do("cancel")
    assert bench.requests[-1] == Drop(1)
    assert bench.listening == [True, False]
    bench.do("listen")
    bench.hear(voice(0.64), silence(1.0))
    assert bench.of(DecodeFinal)[-1].start >= samples(0.64 + 1.28)


def test_cancelling_after_a_soft_end_drops_the_speculation_too(bench: Bench) -> None:
    bench.hear(silence(0.64), voice(1.28), silence(0.32))
    bench.do("cancel")
    assert bench.requests[-1] == Drop(1)
    bench.hear(silence(1.0))
    assert bench.of(Promote) == []


def test_a_cancel_overtakes_a_stop_that_still_waits_for_audio(bench: Bench) -> None:
    bench.hear(silence(0.64), voice(1.0))
    bench.pipeline.stop_listening(latency_samples=3_200)
    bench.step()
    bench.do("cancel")
    bench.hear(voice(0.32), silence(1.0))
    assert bench.requests[-1] == Drop(1)
    assert bench.of(DecodeFinal) == []
    assert bench.listening == [True, False]


def test_a_start_that_is_cancelled_at_once_is_told_all_the_same() -> None:
    bench = Bench()
    bench.pipeline.listen()
    bench.do("cancel")
    assert bench.listening == [True, False]


def test_what_a_cancel_forgot_does_not_come_back_with_the_pre_roll(bench: Bench) -> None:
    bench.hear(silence(0.64), voice(0.064))  # too short to be believed yet
    bench.do("stop_listening")
    bench.do("cancel")
    cancelled = bench.ring.written
    bench.do("listen")
    bench.hear(voice(0.64), silence(1.0))
    (started,) = of_type(bench.events, UtteranceStarted)
    assert started.start_sample >= cancelled


def test_cancelled_audio_that_the_device_has_not_handed_over_yet_is_not_heard_either(bench: Bench) -> None:
    bench.hear(silence(0.64))
    on_the_way = samples(0.32)
    bench.pipeline.cancel(latency_samples=on_the_way)
    cancelled = bench.ring.written + on_the_way
    bench.do("listen")
    bench.hear(voice(1.28), silence(1.0))
    (started,) = of_type(bench.events, UtteranceStarted)
    assert started.start_sample >= cancelled


@pytest.mark.parametrize("command", ["stop_listening", "cancel"])
def test_a_command_that_is_so_already_changes_nothing(command: str) -> None:
    bench = Bench()
    bench.do(command)
    assert bench.events == []
    bench.do("listen")
    bench.do("listen")
    assert bench.listening == [True]


def test_after_a_stop_one_can_listen_again_at_once(bench: Bench) -> None:
    bench.hear(silence(0.64), voice(1.0))
    bench.do("stop_listening")
    bench.do("listen")
    bench.hear(voice(0.64), silence(1.0))
    first, second = bench.of(DecodeFinal)
    assert (first.utterance, second.utterance) == (1, 2)
    assert second.start >= first.start + len(first.audio)
    assert second.start + len(second.audio) > second.voiced_end
