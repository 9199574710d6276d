from __future__ import annotations

from pathlib import Path

import pytest
from live import Dictation, Final, hands_free, held, let_go_with_the_last_word, waits_after_release
from recordings import Part, Recording
from tests.daemon.fakes import Decode, LoudnessDetector, ReadingEngine, recording, text_of

from sayso.config import load_settings
from sayso.errors import EngineError
from sayso.latency import SpokenWord
from sayso.replay.strokes import Key, KeyStroke


def stroke(at_seconds: float, key: Key) -> KeyStroke:
    return KeyStroke(int(at_seconds * 16_000), key)


def test_each_release_waits_for_the_last_final_of_its_own_hold() -> None:
    strokes = [stroke(0.0, Key.PRESS), stroke(5.0, Key.RELEASE), stroke(5.5, Key.PRESS), stroke(8.0, Key.RELEASE)]
    finals = [Final(2.6, 2.0), Final(6.0, 4.75), Final(8.25, 7.75)]  # the second came after the next press
    waits = waits_after_release(strokes, finals)
    assert waits.seconds == pytest.approx((1.0, 0.25))
    assert waits.wordless == 0


def test_a_hold_without_text_is_counted_and_one_whose_text_stood_already_did_not_wait() -> None:
    strokes = [stroke(0.0, Key.PRESS), stroke(5.0, Key.RELEASE), stroke(6.0, Key.PRESS), stroke(8.0, Key.RELEASE)]
    waits = waits_after_release(strokes, [Final(4.0, 3.0)])
    assert waits.seconds == (0.0,)
    assert waits.wordless == 1


@pytest.fixture
def dictation(tmp_path: Path) -> Dictation:
    nothing_set = tmp_path / "config.yaml"
    nothing_set.write_text("")
    return Dictation(load_settings(nothing_set), ReadingEngine(), LoudnessDetector())


@pytest.fixture
def spoken() -> Recording:
    audio = recording([(6, 1.5), (4, 1.5)])
    return Recording(audio, (Part("numbers", 0, len(audio), text_of(10)),))


def test_what_is_read_without_a_fault_has_no_errors_and_every_word_a_latency(
    dictation: Dictation, spoken: Recording
) -> None:
    words = [SpokenWord(f"w{number}", 0.0) for number in range(10)]
    figures = hands_free(dictation, spoken, words)
    assert (figures.wer_percent, figures.contradicted) == (0.0, 0)
    assert len(figures.commits) + figures.unmatched == 10
    assert len(figures.finals) == 2
    assert min(figures.finals) >= 0.5  # the hard endpoint
    assert figures.committed > 0
    assert figures.peak_rss_mb > 0


def test_every_hold_of_a_recording_has_its_wait(dictation: Dictation, spoken: Recording) -> None:
    for measure in (held, let_go_with_the_last_word):
        figures = measure(dictation, spoken)
        assert (figures.wer_percent, len(figures.releases), figures.wordless) == (0.0, 2, 0)
        assert max(figures.releases) < 0.5  # no endpoint is waited for


def test_a_run_in_which_an_utterance_failed_has_no_figures(dictation: Dictation, spoken: Recording) -> None:
    def fail(_: Decode) -> None:
        raise RuntimeError

    dictation.engine.before = fail
    with pytest.raises(EngineError, match="2 utterances failed"):
        hands_free(dictation, spoken, [])
