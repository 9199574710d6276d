"""The recogniser: requests in, hypotheses with absolute times out; a failure of the engine is told."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.daemon.fakes import Decode, ReadingEngine, phrase, silence

from sayso.audio import FRAME_SAMPLES, samples
from sayso.clock import VirtualClock, WallClock
from sayso.cuts import Gap
from sayso.engines import Decoding, Session, Window
from sayso.errors import EngineError
from sayso.events import Problem, ProblemCleared, ProblemName
from sayso.gates import DOUBTFUL_NEEDS, FOLLOWING_NEEDS, Hearing
from sayso.language import Speech
from sayso.languages import parse_languages
from sayso.mailbox import DecodeFinal, DecodePartial, Drop, Mailbox, Promote, Withdraw
from sayso.models import Manifest, Model
from sayso.recogniser import (
    PARTIAL_PROMPT_WORDS,
    Dropped,
    Final,
    Partial,
    Recogniser,
    Result,
)
from sayso.recogniser_thread import STUCK_SECONDS, RecogniserThread
from sayso.segmenter import Voice

START = samples(10.0)
SPEECH = np.concatenate((silence(0.5), phrase(0, 2)))


def failing(times: int, error: Exception | None = None) -> ReadingEngine:
    """An engine that fails so many times and then works."""
    left = [times]

    def fail(_decode: Decode) -> None:
        if left[0] > 0:
            left[0] -= 1
            raise error or RuntimeError("no way to decode 'w0 w1'")

    return ReadingEngine(before=fail)


A_VOICE = Hearing(voice=Voice(len(SPEECH), 1.0))
HARDLY_A_VOICE = Hearing(voice=Voice(FRAME_SAMPLES * 8, 0.6), onset_sample=START + len(SPEECH))


class Bench:
    """A recogniser, what it reported, and what is known of what was said."""

    def __init__(self, engine: ReadingEngine, language: str | None = "en") -> None:
        self.reports: list[Problem | ProblemCleared] = []
        self.gaps: tuple[Gap, ...] = ()
        self.recogniser = Recogniser(engine, language, self, self.reports.append)

    def context(self, utterance: int, before_seconds: float, words: int = 99) -> str:
        return f"at most {words} said before {before_seconds:g} in {utterance}"

    def expectation(self, utterance: int, from_seconds: float, until_seconds: float) -> str:
        return f"heard from {from_seconds:g} to {until_seconds:g} in {utterance}"

    def partial(self, utterance: int = 1, start: int = START) -> Result | None:
        return self.recogniser.handle(DecodePartial(utterance, start, SPEECH))

    def final(self, utterance: int = 1, *, speculative: bool = False, ends: bool = True) -> Result | None:
        end = START + len(SPEECH)
        return self.recogniser.handle(DecodeFinal(utterance, START, SPEECH, end, ends, speculative, A_VOICE))


def test_a_partial_becomes_a_hypothesis_with_times_from_the_first_captured_sample() -> None:
    result = Bench(ReadingEngine()).partial()
    assert isinstance(result, Partial)
    found = result.hypothesis
    assert [word.text for word in found.words] == [" w0", " w1"]
    assert found.words[0].start_seconds == pytest.approx(10.5)
    assert found.words[1].end_seconds == pytest.approx(11.2)
    assert (found.window_start_seconds, found.window_end_seconds) == (10.0, pytest.approx(11.2))
    assert (found.utterance, found.final, found.language) == (1, False, "en")


def test_a_final_says_whether_the_utterance_ends_and_where_its_voice_did() -> None:
    result = Bench(ReadingEngine()).final(ends=False)
    assert isinstance(result, Final)
    assert result.hypothesis is not None
    assert result.hypothesis.final
    assert (result.ends, result.voiced_end_seconds) == (False, pytest.approx(11.2))


def test_a_speculative_final_is_a_partial_until_it_is_promoted_and_then_given_once() -> None:
    bench = Bench(ReadingEngine())
    result = bench.final(speculative=True)
    assert isinstance(result, Partial)
    assert not result.hypothesis.final
    assert len(result.hypothesis.words) == 2
    promoted = bench.recogniser.handle(Promote(1))
    assert isinstance(promoted, Final)
    assert promoted.hypothesis is not None
    assert bench.recogniser.handle(Promote(1)) is None


@pytest.mark.parametrize(("order", "answer"), [(Withdraw(1), None), (Drop(1), Dropped(1))])
def test_a_final_that_was_withdrawn_or_dropped_is_never_given(
    order: Withdraw | Drop, answer: Dropped | None
) -> None:
    bench = Bench(ReadingEngine())
    bench.final(speculative=True)
    assert bench.recogniser.handle(order) == answer
    assert bench.recogniser.handle(Promote(1)) is None


def test_an_utterance_is_one_session_and_each_window_has_what_was_said_before_it_in_its_prompt() -> None:
    engine = ReadingEngine()
    bench = Bench(engine)
    bench.partial()
    bench.partial(start=START + samples(0.5))
    bench.final()
    bench.partial(utterance=2)
    assert engine.sessions == ["en", "en"]
    assert [decode.prompt for decode in engine.decodes] == [
        f"at most {PARTIAL_PROMPT_WORDS} said before 10 in 1",
        f"at most {PARTIAL_PROMPT_WORDS} said before 10.5 in 1",
        "at most 99 said before 10 in 1",
        f"at most {PARTIAL_PROMPT_WORDS} said before 10 in 2",
    ]


def test_a_partial_hears_no_more_than_it_needs_before_what_is_not_committed() -> None:
    engine = ReadingEngine()
    bench = Bench(engine)
    audio = np.concatenate((phrase(0, 14), silence(1.0)))
    bench.gaps = (Gap(1, 10.3, 10.4), Gap(1, 10.7, 10.8), Gap(2, 10.7, 10.8), Gap(1, 13.9, 14.0))
    result = bench.recogniser.handle(DecodePartial(1, START, audio))
    assert isinstance(result, Partial)
    assert result.hypothesis.window_start_seconds == pytest.approx(10.75)
    assert result.hypothesis.words[0].text == " w2"
    assert result.hypothesis.words[0].start_seconds == pytest.approx(10.8)


def test_a_final_hears_everything_and_is_told_what_is_believed() -> None:
    engine = ReadingEngine()
    bench = Bench(engine)
    bench.gaps = (Gap(1, 10.3, 10.4),)
    bench.final()
    (decode,) = engine.decodes
    assert len(decode.audio) == len(SPEECH)
    assert decode.expected == "heard from 10 to 11.2 in 1"


def test_a_final_in_the_middle_of_speech_is_told_nothing_because_nobody_knows_where_it_ends() -> None:
    engine = ReadingEngine()
    Bench(engine).final(ends=False)
    assert engine.decodes[0].expected == ""


def test_a_replaced_engine_decodes_from_the_next_window_on() -> None:
    first, second = ReadingEngine(), ReadingEngine()
    bench = Bench(first)
    bench.partial()
    bench.recogniser.engine = second
    bench.partial()
    bench.partial(utterance=2)
    assert (len(first.decodes), len(second.decodes)) == (2, 1)


def test_every_utterance_may_be_in_another_language() -> None:
    engine = ReadingEngine()
    bench = Bench(engine, language=None)
    bench.partial()
    bench.partial(start=START + 512)
    bench.partial(utterance=2)
    assert engine.sessions == [None, None]


class Polyglot(ReadingEngine):
    """An engine that knows several languages, and asks which one it is where it is not told."""

    model = Model(Path("/nowhere"), Manifest("numbers", "a test", {}, ("en", "de", "fr"), 80, 1000))

    def __init__(self, heard: dict[str, float]) -> None:
        super().__init__()
        self.heard = heard
        self.vocabularies: list[tuple[str, ...]] = []

    def session(self, language: str | None) -> Session:
        """Begin an utterance."""
        return _PolyglotSession(self, super().session(language), language)


class _PolyglotSession:
    def __init__(self, engine: Polyglot, real: Session, language: str | None) -> None:
        self._engine, self._real, self._language = engine, real, language

    def partial(self, window: Window) -> Decoding:
        return self._decode(self._real.partial, window)

    def final(self, window: Window) -> Decoding:
        return self._decode(self._real.final, window)

    def _decode(self, decode: Callable[[Window], Decoding], window: Window) -> Decoding:
        self._engine.vocabularies.append(window.vocabulary)
        assert (window.choose is None) is (self._language is not None)
        language = self._language or (window.choose(self._engine.heard) if window.choose else "")
        return replace(decode(window), language=language)


def voiced(voice_seconds: float) -> DecodePartial:
    """A partial of an utterance that has had so much voice."""
    return DecodePartial(1, START, SPEECH, Hearing(voice=Voice(samples(voice_seconds), 1.0)))


def language_of(result: Result | None) -> str:
    """Of the hypothesis in it."""
    hypothesis = result.hypothesis if isinstance(result, Partial | Final) else None
    assert hypothesis is not None
    return hypothesis.language


def test_among_several_languages_the_model_decides_until_it_is_sure_and_then_no_more() -> None:
    engine = Polyglot({"en": 0.1, "de": 0.3, "fr": 0.6})
    bench = Bench(engine)
    bench.recogniser.speech_of = lambda _: Speech(parse_languages("en,de"))
    assert language_of(bench.recogniser.handle(voiced(0.5))) == "de"
    assert language_of(bench.recogniser.handle(voiced(1.5))) == "de"
    engine.heard = {"en": 1.0}
    assert language_of(bench.recogniser.handle(voiced(2.0))) == "de"
    assert engine.sessions == [None, "de"]


def test_a_short_utterance_is_in_the_language_of_the_last_one_that_had_words() -> None:
    engine = Polyglot({"en": 0.1, "de": 0.9})
    bench = Bench(engine, language=None)
    assert language_of(bench.final(1)) == "de"
    engine.heard = {"en": 0.8, "de": 0.2}
    bench.partial(2)
    assert language_of(bench.recogniser.handle(replace(voiced(0.5), utterance=2))) == "de"
    assert language_of(bench.recogniser.handle(replace(voiced(1.5), utterance=2))) == "en"


def test_the_layout_is_asked_once_an_utterance_and_where_it_is_not_known_the_last_language_is_kept() -> None:
    layouts = iter(["de", None, "ja", "fr"])
    engine = Polyglot({"en": 1.0})
    bench = Bench(engine)
    bench.recogniser.speech_of = lambda _: Speech(parse_languages("layout"))
    bench.recogniser.layout = lambda: next(layouts)
    heard = []
    for utterance in (1, 2, 3, 4):  # the model does not know the third one's
        bench.partial(utterance)
        heard.append(language_of(bench.final(utterance)))
    assert heard == ["de", "de", "de", "fr"]
    assert next(layouts, "over") == "over"


def test_before_any_layout_or_utterance_is_known_the_model_decides() -> None:
    bench = Bench(Polyglot({"en": 0.2, "fr": 0.8}))
    bench.recogniser.speech_of = lambda _: Speech(parse_languages("layout"))
    assert language_of(bench.final()) == "fr"


def test_each_utterance_is_decoded_with_its_own_vocabulary() -> None:
    engine = Polyglot({"en": 1.0})
    bench = Bench(engine)
    asked: list[int] = []

    def speech_of(utterance: int) -> Speech:
        asked.append(utterance)
        return Speech(parse_languages("en"), ("Loki", "é ש") if utterance == 1 else ())

    bench.recogniser.speech_of = speech_of
    for utterance in (1, 2):
        bench.partial(utterance)
        bench.final(utterance)
    assert engine.vocabularies == [("Loki", "é ש")] * 2 + [()] * 2
    assert asked == [1, 2]


def test_where_the_model_itself_says_that_nobody_spoke_there_are_no_words() -> None:
    result = Bench(ReadingEngine(no_speech_probability=0.9, mean_log_probability=-1.5)).final()
    assert isinstance(result, Final)
    assert result.hypothesis is not None
    assert result.hypothesis.words == ()


@pytest.mark.parametrize(("no_speech", "log_probability"), [(0.9, -0.5), (0.1, -1.5)])
def test_one_doubt_alone_takes_no_words_away(no_speech: float, log_probability: float) -> None:
    result = Bench(ReadingEngine(no_speech_probability=no_speech, mean_log_probability=log_probability)).partial()
    assert isinstance(result, Partial)
    assert len(result.hypothesis.words) == 2


def test_what_nobody_said_is_judged_by_the_voice_that_was_heard() -> None:
    bench = Bench(ReadingEngine(confidence=DOUBTFUL_NEEDS - 0.01))
    result = bench.recogniser.handle(DecodePartial(1, START, SPEECH, HARDLY_A_VOICE))
    assert isinstance(result, Partial)
    assert result.hypothesis.words == ()
    assert result.hypothesis.resets_prompt


def test_shortly_after_an_utterance_less_is_asked_of_the_next_but_not_because_of_a_speculation() -> None:
    bench = Bench(ReadingEngine(confidence=FOLLOWING_NEEDS))

    def words_of_the_next() -> int:
        result = bench.recogniser.handle(DecodePartial(2, START, SPEECH, HARDLY_A_VOICE))
        assert isinstance(result, Partial)
        return len(result.hypothesis.words)

    bench.final(speculative=True)
    assert words_of_the_next() == 0
    bench.recogniser.handle(Promote(1))
    assert words_of_the_next() == 2


def test_a_partial_that_fails_is_told_once_and_not_tried_again() -> None:
    engine = failing(2)
    bench = Bench(engine)
    assert bench.partial() is None
    assert bench.partial() is None
    assert len(engine.decodes) == 2
    (problem,) = bench.reports
    assert isinstance(problem, Problem)
    assert problem.name is ProblemName.ENGINE_FAILED
    assert "'reading' failed on cpu: RuntimeError. Restart sayso" in problem.message
    assert "engine.device: cpu" in problem.message


def test_what_a_strangers_error_quotes_is_neither_told_nor_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    bench = Bench(failing(1))
    assert bench.partial() is None
    (problem,) = bench.reports
    assert isinstance(problem, Problem)
    for told in (problem.message, caplog.text):
        assert "RuntimeError" in told
        assert "w0" not in told


def test_an_engine_that_says_in_our_words_why_it_failed_is_quoted() -> None:
    bench = Bench(failing(1, EngineError("cuda is out of memory; choose a smaller model.")))
    assert bench.partial() is None
    (problem,) = bench.reports
    assert isinstance(problem, Problem)
    assert "failed on cpu: cuda is out of memory; choose a smaller model. Restart" in problem.message


def test_a_final_that_fails_once_is_tried_again_and_the_problem_is_over() -> None:
    bench = Bench(failing(1))
    result = bench.final()
    assert isinstance(result, Final)
    assert result.hypothesis is not None
    assert [type(report) for report in bench.reports] == [Problem, ProblemCleared]


def test_a_final_that_fails_twice_is_a_final_without_a_hypothesis_and_no_empty_text() -> None:
    bench = Bench(failing(2))
    assert bench.final() == Final(1, None, True, pytest.approx(11.2))
    assert [type(report) for report in bench.reports] == [Problem]


def test_after_a_failure_the_next_decode_gets_a_session_of_its_own() -> None:
    engine = failing(1)
    Bench(engine).final()
    assert len(engine.sessions) == 2


def test_the_thread_answers_in_order_and_ends_when_everything_is_done() -> None:
    mailbox, results = Mailbox(), []
    main = threading.current_thread()
    engine = ReadingEngine(before=lambda _decode: threads.append(threading.current_thread()))
    threads: list[threading.Thread] = []
    thread = RecogniserThread(Bench(engine).recogniser, mailbox, results.append, WallClock())
    for utterance in (1, 2, 3):
        mailbox.order(DecodeFinal(utterance, 0, SPEECH, len(SPEECH)))
    mailbox.order(Drop(4))
    thread.start()
    thread.stop()
    assert [result.utterance for result in results] == [1, 2, 3, 4]
    assert main not in threads


def test_the_thread_outlives_whatever_an_engine_raises() -> None:
    mailbox, results = Mailbox(), []
    thread = RecogniserThread(Bench(failing(2)).recogniser, mailbox, results.append, WallClock())
    for utterance in (1, 2):
        mailbox.order(DecodeFinal(utterance, 0, SPEECH, len(SPEECH)))
    thread.start()
    thread.stop()
    assert [result.hypothesis is None for result in results] == [True, False]


def test_a_request_that_takes_longer_than_any_honest_decode_is_stuck_and_what_comes_before_and_after_is_not() -> (
    None
):
    began: queue.SimpleQueue[threading.Event] = queue.SimpleQueue()

    def decode_until_told(_decode: Decode) -> None:
        done = threading.Event()
        began.put(done)
        assert done.wait(5)

    clock, mailbox = VirtualClock(), Mailbox()
    engine = ReadingEngine(before=decode_until_told)
    thread = RecogniserThread(Bench(engine).recogniser, mailbox, lambda _result: None, clock)
    thread.start()
    clock.advance_to(1_000)
    assert not thread.is_stuck(), "it has waited long for work, not worked long"
    for utterance in (1, 2):
        mailbox.order(DecodeFinal(utterance, 0, SPEECH, len(SPEECH)))
    first = began.get(timeout=5)
    clock.advance_to(1_000 + STUCK_SECONDS)
    assert not thread.is_stuck()
    clock.advance_to(1_001 + STUCK_SECONDS)
    assert thread.is_stuck()
    first.set()
    second = began.get(timeout=5)
    assert not thread.is_stuck(), "each request has its own time"
    second.set()
    thread.stop()
    clock.advance_to(10_000)
    assert not thread.is_stuck()


def test_a_result_that_nobody_takes_is_stuck_too() -> None:
    delivering, taken = threading.Event(), threading.Event()

    def take(_result: Result) -> None:
        delivering.set()
        assert taken.wait(5)

    clock, mailbox = VirtualClock(), Mailbox()
    thread = RecogniserThread(Bench(ReadingEngine()).recogniser, mailbox, take, clock)
    thread.start()
    mailbox.order(DecodeFinal(1, 0, SPEECH, len(SPEECH)))
    assert delivering.wait(5)
    clock.advance_to(STUCK_SECONDS + 1)
    assert thread.is_stuck()
    taken.set()
    thread.stop()
    assert not thread.is_stuck()
