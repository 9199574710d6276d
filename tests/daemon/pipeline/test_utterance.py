"""An utterance: from the frames of one to the orders for the recogniser, and to the journal."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from tests.daemon.fakes import of_type, silence, voice
from tests.daemon.pipeline.bench import PLAN, Bench

from sayso.audio import FRAME_SAMPLES, samples
from sayso.events import ListeningChanged, Rung, UtteranceStarted
from sayso.ladder import Pace
from sayso.mailbox import DecodeFinal, DecodePartial, Drop, Promote, Withdraw
from sayso.ring import NEVER
from sayso.segmenter import Endpointing, Voice


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


def test_with_every_decode_goes_what_the_voice_detector_heard_in_its_window(bench: Bench) -> None:
    bench.hear(silence(0.64), voice(1.28), silence(1.0))
    for request in (*bench.of(DecodePartial), *bench.of(DecodeFinal)):
        end, spoken = request.start + len(request.audio), samples(0.64 + 1.28)
        assert request.hearing.onset_sample == samples(0.64)
        assert request.hearing.voice == Voice(min(end, spoken) - samples(0.64), 1.0)
        voiced = [frame.at_sample for frame in request.hearing.frames if frame.probability > 0.5]
        assert end - FRAME_SAMPLES < request.hearing.frames[-1].at_sample < end
        assert max(voiced) == min(end, spoken) - FRAME_SAMPLES // 2


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


def test_the_journal_is_never_more_than_a_quarter_of_a_second_behind(bench: Bench) -> None:
    bench.hear(silence(0.64))
    for _ in range(100):
        bench.hear(voice(0.032))
        for started in of_type(bench.events, UtteranceStarted):
            kept = sum(len(piece) for piece in bench.kept[started.utterance])
            assert bench.ring.written - started.start_sample - kept < samples(0.256)
    assert len(of_type(bench.events, UtteranceStarted)) == 1


def test_utterances_are_numbered_from_the_first_one_of_the_process(bench: Bench) -> None:
    bench = Bench(first_utterance=41)
    bench.do("listen")
    bench.hear(silence(0.64), voice(1.28), silence(0.7), voice(0.64), silence(1.0))
    started = of_type(bench.events, UtteranceStarted)
    assert [one.utterance for one in started] == [41, 42]
    assert [bench.pipeline.began_at(one.utterance) for one in started] == [one.start_sample for one in started]
    assert bench.pipeline.began_at(40) == 0


@pytest.mark.parametrize(
    ("voiced", "rung", "asks"),
    [(12.0, Rung.LIVE, True), (12.0, Rung.SLOWER, False), (6.0, Rung.LIVE, False)],
)
def test_before_the_final_of_a_long_window_the_rest_of_it_is_heard_to_be_proved(
    bench: Bench, voiced: float, rung: Rung, asks: bool
) -> None:
    bench.busy = True
    bench.hear(silence(0.64), voice(voiced))
    bench.ladder.pace = Pace(rung)
    bench.hear(silence(0.3))
    bench.busy = False
    bench.step()
    kinds = [type(request) for request in bench.requests]
    assert kinds == [DecodePartial, DecodeFinal] if asks else [DecodeFinal]


def test_a_new_plan_counts_from_the_next_utterance_on(bench: Bench) -> None:
    bench.hear(silence(0.64), voice(0.64))
    bench.pipeline.plan = replace(PLAN, endpointing=Endpointing.from_milliseconds(0.5, 1_000, 2_000))
    bench.hear(silence(0.6))
    assert bench.of(Promote) == [Promote(1)]
    bench.hear(voice(0.64), silence(0.96))
    assert len(bench.of(DecodeFinal)) == 1
    bench.hear(silence(1.1))
    assert bench.of(Promote) == [Promote(1), Promote(2)]
