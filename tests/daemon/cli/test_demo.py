"""What the demo measures of itself."""

from __future__ import annotations

from sayso.cli.demo import Stopwatch
from sayso.engines import Segment, Transcription, Word
from sayso.events import Committed, Edit, UtteranceFinished
from sayso.replay.witness import Moment


def offline(*words: str) -> Transcription:
    """A transcript whose words end after 1, 2, … seconds."""
    timed = tuple(Word(f" {word}", float(n), n + 1.0, 0.9) for n, word in enumerate(words))
    return Transcription(" ".join(words), "en", (Segment(0.0, float(len(words)), " ".join(words), timed),))


def test_the_report_says_how_long_words_and_the_end_took() -> None:
    stopwatch = Stopwatch()
    stopwatch(Committed(1, Edit(0, "So it")), Moment(2.5, 2.5))
    stopwatch(UtteranceFinished(1, Edit(0, " goes."), "So it goes.", 3.0, 0), Moment(3.5, 3.5))
    report = stopwatch.report(offline("So", "it", "goes.", "on"))
    assert "a word stood 0.50 s after it was spoken" in report
    assert "3 of 4 words timed" in report
    assert "the end of a sentence 0.50 s after its last sound" in report


def test_where_no_word_can_be_timed_the_report_says_so() -> None:
    assert Stopwatch().report(offline("nothing")) == "sayso: no word could be timed"
