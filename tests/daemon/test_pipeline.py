"""The pipeline: from frames to orders for the recogniser, one pass after the other, without threads."""

from __future__ import annotations

import itertools
import queue
import threading
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from tests.daemon.fakes import LoudnessDetector, of_type, silence, voice

from sayso.audio import FRAME_SAMPLES, Pcm, samples, seconds
from sayso.clock import VirtualClock
from sayso.cuts import MAX_WINDOW_SAMPLES, Gap
from sayso.events import (
    CaptureInterrupted,
    Event,
    ListeningChanged,
    Problem,
    ProblemName,
    UtteranceStarted,
)
from sayso.mailbox import DecodeFinal, DecodePartial, Drop, Mailbox, Promote, Request, Withdraw
from sayso.pipeline import STALL_SECONDS, Pipeline, PipelineThread, StreamingPlan
from sayso.ring import NEVER, Ring
from sayso.segmenter import Endpointing

PLAN = StreamingPlan(
    endpointing=Endpointing.from_milliseconds(0.5, 200, 500),
    pre_roll=samples(0.5),
    min_speech=samples(0.25),
    hop=samples(0.3),
    window=samples(15),
)


class Bench:
    """A pipeline fed by hand; the recogniser takes requests as fast as they come, unless it is `busy`."""

    def __init__(self, plan: StreamingPlan = PLAN, ring_seconds: int = 64) -> None:
        self.ring = Ring(capacity_seconds=ring_seconds)
        self.clock = VirtualClock()
        self.mailbox = Mailbox()
        self.detector = LoudnessDetector()
        self.events: list[Event] = []
        self.requests: list[Request] = []
        self.kept: dict[int, list[Pcm]] = {}
        self.gaps: tuple[Gap, ...] = ()
        self.busy = False
        self.on_start: Callable[[], None] = lambda: None
        self._written = np.zeros(0, dtype=np.int16)
        self._rest = np.zeros(0, dtype=np.int16)
        self.pipeline = Pipeline(
            self.ring,
            self.detector,
            self.mailbox,
            plan,
            gaps=lambda: self.gaps,
            keep=lambda utterance, audio: self.kept.setdefault(utterance, []).append(audio),
            emit=self._emit,
            clock=self.clock,
        )

    def _emit(self, event: Event) -> None:
        self.events.append(event)
        if isinstance(event, UtteranceStarted):
            self.on_start()

    def hear(self, *pieces: Pcm) -> None:
        """Speak, frame by frame; what does not fill a frame is spoken with the next piece."""
        audio = np.concatenate((self._rest, *pieces))
        whole = len(audio) - len(audio) % FRAME_SAMPLES
        self._rest = audio[whole:]
        for at in range(0, whole, FRAME_SAMPLES):
            self.write(audio[at : at + FRAME_SAMPLES])
            self.step()

    def write(self, audio: Pcm) -> None:
        """Let audio come without looking at it."""
        self.ring.write(audio)
        self.clock.advance_to(seconds(self.ring.written))
        self._written = np.concatenate((self._written, audio))

    def step(self) -> None:
        self.pipeline.step()
        while not self.busy and (request := self.mailbox.take()) is not None:
            self.requests.append(request)

    def do(self, command: str) -> None:
        """Give a command and let it be obeyed."""
        getattr(self.pipeline, command)()
        self.step()

    def audio(self, start: int, end: int) -> Pcm:
        """What was said, as it was written."""
        return self._written[start:end]

    def of(self, kind: type) -> list:  # type: ignore[type-arg]  # whatever the caller asks for
        return of_type(self.requests, kind)

    @property
    def listening(self) -> list[bool]:
        return [event.listening for event in of_type(self.events, ListeningChanged)]


@pytest.fixture
def bench() -> Bench:
    bench = Bench()
    bench.do("listen")
    return bench


# ── an utterance ──────────────────────────────────────────────────────────────────────────────────


def test_while_it_does_not_listen_it_looks_at_nothing_and_does_not_want_to_be_woken() -> None:
    bench = Bench()
    bench.hear(voice(2.0))
    assert bench.requests == []
    assert bench.events == []
    assert bench.ring.wake_at == NEVER


def test_while_somebody_speaks_it_wants_to_be_woken_for_every_frame(bench: Bench) -> None:
    bench.hear(silence(0.32), voice(0.64))
    assert bench.ring.wake_at == bench.ring.written + FRAME_SAMPLES


def test_in_silence_it_sleeps_through_a_few_frames_but_never_longer_than_the_pre_roll(bench: Bench) -> None:
    bench.hear(silence(0.32))
    assert bench.ring.written < bench.ring.wake_at <= bench.ring.written + PLAN.pre_roll


def test_silence_is_no_utterance(bench: Bench) -> None:
    bench.hear(silence(3.0))
    assert bench.requests == []
    assert bench.kept == {}


def test_an_utterance_begins_its_pre_roll_before_the_first_voiced_frame(bench: Bench) -> None:
    bench.hear(silence(1.024), voice(0.64))
    assert of_type(bench.events, UtteranceStarted) == [UtteranceStarted(1, samples(1.024) - PLAN.pre_roll)]
    (first, *_) = bench.of(DecodePartial)
    assert first.start == samples(1.024) - PLAN.pre_roll
    assert np.array_equal(first.audio, bench.audio(first.start, first.start + len(first.audio)))


def test_at_the_very_beginning_there_is_only_so_much_pre_roll_as_was_captured(bench: Bench) -> None:
    bench.hear(silence(0.096), voice(0.64))
    assert bench.of(DecodePartial)[0].start == 0


def test_partials_come_a_hop_apart_and_each_hears_everything_so_far(bench: Bench) -> None:
    bench.hear(silence(0.64), voice(4.0))
    partials = bench.of(DecodePartial)
    ends = [partial.start + len(partial.audio) for partial in partials]
    assert {partial.start for partial in partials} == {samples(0.64) - PLAN.pre_roll}
    steps = [after - before for before, after in itertools.pairwise(ends)]
    assert all(PLAN.hop <= step < PLAN.hop + FRAME_SAMPLES for step in steps)
    assert len(partials) == pytest.approx(4.0 / 0.3, abs=2)


def test_a_recogniser_that_is_busy_finds_one_partial_with_everything_when_it_comes_back(bench: Bench) -> None:
    bench.busy = True
    bench.hear(silence(0.64), voice(5.0))
    bench.busy = False
    bench.step()
    (partial,) = bench.of(DecodePartial)
    assert partial.start + len(partial.audio) == pytest.approx(bench.ring.written, abs=FRAME_SAMPLES)


def test_a_final_is_begun_on_speculation_at_the_soft_end_and_promoted_at_the_hard_one(bench: Bench) -> None:
    bench.hear(silence(0.64), voice(1.28), silence(0.256))
    (final,) = bench.of(DecodeFinal)
    assert final.speculative
    assert final.voiced_end == samples(0.64 + 1.28)
    assert bench.of(Promote) == []
    bench.hear(silence(0.256))
    assert bench.of(Promote) == [Promote(1)]
    assert bench.of(Withdraw) == []


def test_speech_that_goes_on_withdraws_the_speculation_and_no_second_utterance_begins(bench: Bench) -> None:
    bench.hear(silence(0.64), voice(1.28), silence(0.256), voice(0.64), silence(1.0))
    kinds = [type(r) for r in bench.requests if not isinstance(r, DecodePartial)]
    assert kinds == [DecodeFinal, Withdraw, DecodeFinal, Promote]
    last = bench.of(DecodeFinal)[-1]
    assert last.start == samples(0.64) - PLAN.pre_roll
    assert last.voiced_end == samples(0.64 + 1.28 + 0.256 + 0.64)
    assert len(of_type(bench.events, UtteranceStarted)) == 1


def test_while_it_speculates_no_partial_is_wanted(bench: Bench) -> None:
    bench.hear(silence(0.64), voice(1.28), silence(0.256))
    before = len(bench.of(DecodePartial))
    bench.hear(silence(0.224))
    assert len(bench.of(DecodePartial)) == before


def test_voice_that_is_shorter_than_the_least_speech_is_dropped_and_never_decoded(bench: Bench) -> None:
    bench.hear(silence(0.64), voice(0.192), silence(1.0))
    assert bench.requests == [Drop(1)]


def test_a_click_does_not_even_begin_an_utterance(bench: Bench) -> None:
    bench.hear(silence(0.64), voice(0.064), silence(1.0))
    assert bench.requests == []
    assert bench.events == [ListeningChanged(True)]


def test_the_next_utterance_does_not_hear_the_end_of_the_one_before(bench: Bench) -> None:
    bench.hear(silence(0.64), voice(1.28), silence(0.512), voice(0.64), silence(1.0))
    first, second = bench.of(DecodeFinal)
    assert second.utterance == 2
    assert second.start >= first.voiced_end
    assert second.start == first.voiced_end + PLAN.endpointing.soft_samples  # nearer than the pre-roll
    assert second.start <= samples(0.64 + 1.28 + 0.512)


def test_the_journal_hears_each_utterance_whole_and_nothing_twice(bench: Bench) -> None:
    bench.hear(silence(0.64), voice(2.0), silence(0.7))
    (final,) = bench.of(DecodeFinal)
    kept = np.concatenate(bench.kept[1])
    assert np.array_equal(kept, bench.audio(final.start, final.start + len(kept)))
    assert len(kept) >= len(final.audio)


def test_the_journal_hears_an_utterance_while_it_is_spoken(bench: Bench) -> None:
    bench.hear(silence(0.64), voice(2.0))
    assert sum(len(piece) for piece in bench.kept[1]) >= samples(2.0)


def test_a_new_plan_counts_from_the_next_utterance_on(bench: Bench) -> None:
    bench.hear(silence(0.64), voice(0.64))
    bench.pipeline.plan = replace(PLAN, endpointing=Endpointing.from_milliseconds(0.5, 1_000, 2_000))
    bench.hear(silence(0.6))
    assert bench.of(Promote) == [Promote(1)]
    bench.hear(voice(0.64), silence(0.96))
    assert len(bench.of(DecodeFinal)) == 1
    bench.hear(silence(1.1))
    assert bench.of(Promote) == [Promote(1), Promote(2)]


# ── listening on command ──────────────────────────────────────────────────────────────────────────


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


# ── when capture fails ────────────────────────────────────────────────────────────────────────────


def test_when_the_stream_breaks_off_what_was_said_is_finished_as_it_stands_and_listening_goes_on(
    bench: Bench,
) -> None:
    bench.hear(silence(0.64), voice(1.0))
    broke_at = bench.ring.written
    bench.pipeline.interrupted(CaptureInterrupted(broke_at))
    bench.step()
    (final,) = bench.of(DecodeFinal)
    assert final.start + len(final.audio) == broke_at
    assert bench.detector.resets == 2  # for listening, and for what is another stream now
    bench.hear(voice(1.0), silence(1.0))
    assert bench.of(DecodeFinal)[-1].start == broke_at
    assert bench.listening == [True]


def test_audio_from_before_a_break_is_never_the_pre_roll_of_what_follows() -> None:
    bench = Bench()
    bench.hear(voice(1.024))
    bench.pipeline.interrupted(CaptureInterrupted(bench.ring.written))
    bench.hear(silence(0.128))
    bench.do("listen")
    bench.hear(voice(1.0))
    assert of_type(bench.events, UtteranceStarted)[0].start_sample >= samples(1.024)


def test_audio_lost_while_nobody_spoke_is_a_problem_and_listening_goes_on() -> None:
    bench = Bench(ring_seconds=2)
    bench.do("listen")
    bench.hear(silence(1.0))
    bench.write(silence(1.9))
    bench.write(silence(1.9))
    bench.step()
    (problem,) = of_type(bench.events, Problem)
    assert problem.name is ProblemName.AUDIO_OVERRUN
    bench.hear(voice(0.64), silence(1.0))
    assert bench.of(Promote) == [Promote(1)]


# ── long speech ───────────────────────────────────────────────────────────────────────────────────


def test_a_long_utterance_is_cut_between_committed_words_and_loses_nothing(bench: Bench) -> None:
    bench.gaps = (Gap(1, 9.0, 9.2),)
    bench.hear(silence(0.64), voice(8.4), silence(0.16), voice(8.0))
    starts = sorted({partial.start for partial in bench.of(DecodePartial)})
    assert len(starts) == 2
    assert samples(9.0) - 2 * FRAME_SAMPLES <= starts[1] <= samples(9.2) + 2 * FRAME_SAMPLES
    assert bench.of(DecodeFinal) == []


def test_gaps_of_another_utterance_are_no_place_to_cut(bench: Bench) -> None:
    bench.gaps = (Gap(7, 9.0, 9.2),)
    bench.hear(silence(0.64), voice(8.4), silence(0.16), voice(8.0))
    assert len({partial.start for partial in bench.of(DecodePartial)}) == 1


def test_where_nothing_could_be_committed_a_cut_is_forced_and_the_windows_adjoin(bench: Bench) -> None:
    bench.hear(silence(0.64), voice(60.0), silence(1.0))
    finals = bench.of(DecodeFinal)
    assert [final.ends for final in finals] == [False] * (len(finals) - 1) + [True]
    assert len(finals) >= 3
    for before, after in itertools.pairwise(finals):
        assert after.start == before.start + len(before.audio)
    limit = MAX_WINDOW_SAMPLES + samples(1)
    assert all(len(r.audio) <= limit for r in bench.requests if isinstance(r, DecodeFinal | DecodePartial))
    assert len(of_type(bench.events, UtteranceStarted)) == 1


def test_a_forced_cut_prefers_a_quiet_moment(bench: Bench) -> None:
    bench.hear(silence(0.64), voice(17.0), silence(0.16), voice(9.0))
    (forced,) = bench.of(DecodeFinal)
    assert forced.start + len(forced.audio) == pytest.approx(samples(17.72), abs=samples(0.1))


# ── its thread ────────────────────────────────────────────────────────────────────────────────────


def test_the_thread_works_when_woken_and_finishes_what_was_being_said_when_it_ends() -> None:
    bench = Bench()
    wake, started = bench.ring.wake, threading.Event()
    bench.on_start = started.set
    thread = PipelineThread(bench.pipeline, wake)
    thread.start()
    bench.pipeline.listen()
    bench.ring.write(np.concatenate((silence(0.64), voice(1.28))))
    assert started.wait(5)
    thread.stop()
    requests = []
    while (request := bench.mailbox.take()) is not None:
        requests.append(request)
    assert [request.utterance for request in requests] == [1]
    assert isinstance(requests[0], DecodeFinal)


def test_a_beat_follows_a_pass_that_was_asked_for_one_on_the_threads_own() -> None:
    bench = Bench()
    beats: queue.SimpleQueue[str] = queue.SimpleQueue()
    thread = PipelineThread(bench.pipeline, bench.ring.wake, lambda: beats.put(threading.current_thread().name))
    thread.start()
    for _ in range(2):
        thread.ping()
        assert beats.get(timeout=5) == "sayso-pipeline"
    bench.pipeline.listen()
    thread.stop()
    assert bench.listening == [True]
    assert beats.empty(), "nobody asked for another"


def test_while_a_pass_hangs_no_beat_comes_and_afterwards_one_for_all_that_were_asked_for() -> None:
    bench = Bench()
    beats: queue.SimpleQueue[None] = queue.SimpleQueue()
    hangs, goes_on = threading.Event(), threading.Event()

    def hang() -> None:
        hangs.set()
        assert goes_on.wait(5)

    bench.on_start = hang
    thread = PipelineThread(bench.pipeline, bench.ring.wake, lambda: beats.put(None))
    thread.start()
    bench.pipeline.listen()
    bench.write(np.concatenate((silence(0.64), voice(1.28))))
    assert hangs.wait(5)
    for _ in range(3):
        thread.ping()
    assert beats.empty()
    goes_on.set()
    beats.get(timeout=5)
    thread.stop()
    assert beats.empty()
