"""Long speech: where an utterance is cut, and that nothing is lost by it."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from tests.daemon.fakes import of_type, silence, voice
from tests.daemon.pipeline.bench import PLAN, Bench

from sayso.audio import FRAME_SAMPLES, samples
from sayso.cuts import MAX_WINDOW_SAMPLES, Gap
from sayso.events import UtteranceStarted
from sayso.mailbox import DecodeFinal, DecodePartial, Drop
from sayso.segmenter import Endpointing


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


@pytest.mark.parametrize(
    ("hop_seconds", "voiced", "pause"),
    [
        pytest.param(0.48, 0.256, 0.192, id="pauses shorter apart than a hop"),
        pytest.param(2.0, 1.28, 0.192, id="long hops"),
    ],
)
def test_short_pauses_again_and_again_keep_no_window_from_being_cut(
    hop_seconds: float, voiced: float, pause: float
) -> None:
    endpointing = Endpointing.from_milliseconds(0.5, 96, 500)
    bench = Bench(plan=replace(PLAN, endpointing=endpointing, hop=samples(hop_seconds)))
    bench.do("listen")
    bench.hear(silence(0.64), *[voice(voiced), silence(pause)] * round(90 / (voiced + pause)), silence(1.0))
    limit = MAX_WINDOW_SAMPLES + samples(1)
    assert all(len(r.audio) <= limit for r in bench.requests if isinstance(r, DecodeFinal | DecodePartial))
    lasting = [final for final in bench.of(DecodeFinal) if not final.speculative]
    assert len(lasting) >= 3
    for before, after in itertools.pairwise(lasting):
        assert after.start == before.start + len(before.audio)
    assert len(of_type(bench.events, UtteranceStarted)) == 1


def test_what_has_too_little_voice_to_be_speech_is_not_decoded_however_long_it_is() -> None:
    bench = Bench(plan=replace(PLAN, min_speech=samples(20.0)))
    bench.do("listen")
    bench.hear(silence(0.64), *[voice(0.256), silence(0.384)] * 45, silence(1.0))
    assert bench.requests == [Drop(1)]


def test_a_forced_cut_prefers_a_quiet_moment(bench: Bench) -> None:
    bench.hear(silence(0.64), voice(17.0), silence(0.16), voice(9.0))
    (forced,) = bench.of(DecodeFinal)
    assert forced.start + len(forced.audio) == pytest.approx(samples(17.72), abs=samples(0.1))
