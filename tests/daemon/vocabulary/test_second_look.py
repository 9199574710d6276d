"""The recogniser looks a second time, prompted, where something unsure sounds like a term of the person's."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest
from tests.daemon.fakes import ReadingEngine
from tests.daemon.test_recogniser import A_VOICE, START

from sayso.audio import Pcm, samples
from sayso.commands.sources import Grammars
from sayso.cuts import Gap
from sayso.engines import Decoding, Session, Window, Word
from sayso.events import Hypothesis
from sayso.language import Speech
from sayso.languages import parse_languages
from sayso.mailbox import DecodeFinal, DecodePartial
from sayso.recogniser import Final, Partial, Recogniser
from sayso.vocabulary import Term
from sayso.vocabulary.live import LiveVocabulary

AUDIO: Pcm = np.full(samples(3.0), 1_000, dtype=np.int16)
UNSURE, SURE = 0.4, 0.95


@dataclass
class Listening:
    """A session that hears a word, and another where the prompt has it."""

    heard: str = "cubicle"
    confidence: float = UNSURE
    prompted: str = "kubectl"
    words: int = 5
    windows: list[Window] = field(default_factory=list)

    def partial(self, window: Window) -> Decoding:
        self.windows.append(window)
        is_asked = "kubectl" in window.vocabulary
        said, sure = (self.prompted, 0.1) if is_asked else (self.heard, self.confidence)
        texts = (("we", SURE), ("use", SURE), (said, sure), ("every", SURE), ("day", SURE))
        words = [Word(f" {text}", 0.3 * n, 0.3 * n + 0.3, each) for n, (text, each) in enumerate(texts)]
        return Decoding(tuple(words[: self.words]), "en", 3.0, 0.0, -0.2)

    final = partial


class Engine(ReadingEngine):
    """An engine with that session."""

    def __init__(self, listening: Listening) -> None:
        super().__init__()
        self.listening = listening

    def session(self, language: str | None) -> Session:
        return self.listening


class Bench:
    """A recogniser that knows a term."""

    def __init__(self, listening: Listening, *terms: Term, given: tuple[str, ...] = ()) -> None:
        self.gaps: tuple[Gap, ...] = ()
        self.windows = listening.windows
        self.recogniser = Recogniser(Engine(listening), "en", self, lambda _: None)
        vocabulary = LiveVocabulary()
        self.recogniser.asking_of = Grammars(lambda _: None, own=lambda _: (), learnt=vocabulary).asking
        self.recogniser.speech_of = lambda _: Speech(parse_languages("en"), given)
        vocabulary.replace(terms or (Term("kubectl", ("cubicle",)),), ())

    def context(self, utterance: int, before_seconds: float, words: int = 99) -> str:
        return ""

    def expectation(self, utterance: int, from_seconds: float, until_seconds: float) -> str:
        return "what is believed"

    def partial(self, utterance: int = 1) -> Hypothesis:
        result = self.recogniser.handle(DecodePartial(utterance, START, AUDIO))
        assert isinstance(result, Partial)
        return result.hypothesis

    def final(self, utterance: int = 1) -> Hypothesis:
        order = DecodeFinal(utterance, START, AUDIO, START + len(AUDIO), hearing=A_VOICE)
        result = self.recogniser.handle(order)
        assert isinstance(result, Final)
        assert result.hypothesis is not None
        return result.hypothesis


def text(hypothesis: Hypothesis) -> str:
    return "".join(word.text for word in hypothesis.words).strip()


def test_what_a_second_look_finds_is_the_hypothesis_and_sure_enough_to_be_committed() -> None:
    bench = Bench(Listening())
    found = bench.partial()
    assert text(found) == "we use kubectl every day"
    assert [window.vocabulary for window in bench.windows] == [(), ("kubectl",)]
    assert found.words[2].confidence == 0.75
    assert found.vocabulary == ("kubectl",)


def test_after_it_was_found_every_decode_of_the_utterance_is_prompted_and_none_of_the_next() -> None:
    bench = Bench(Listening())
    bench.partial()
    assert text(bench.final()) == "we use kubectl every day"
    bench.partial(utterance=2)
    assert [window.vocabulary for window in bench.windows] == [(), ("kubectl",), ("kubectl",), (), ("kubectl",)]


def test_a_second_look_that_finds_nothing_changes_nothing() -> None:
    bench = Bench(Listening(prompted="cubical"))
    assert text(bench.partial()) == "we use cubicle every day"
    assert bench.partial().vocabulary == ()


def test_what_the_recogniser_is_sure_of_is_decoded_once() -> None:
    bench = Bench(Listening(confidence=SURE))
    bench.partial()
    assert len(bench.windows) == 1


def test_a_word_that_is_cut_off_is_looked_at_when_it_is_whole() -> None:
    bench = Bench(Listening(words=3))
    bench.partial()
    assert len(bench.windows) == 1
    bench.final()
    assert len(bench.windows) == 3


def test_a_final_without_partials_is_looked_at_a_second_time_and_not_proved_again() -> None:
    bench = Bench(Listening())
    assert text(bench.final()) == "we use kubectl every day"
    assert [window.expected for window in bench.windows] == ["what is believed", ""]


def test_what_is_committed_is_not_looked_at_again() -> None:
    bench = Bench(Listening())
    bench.gaps = (Gap(1, 11.2, 11.3), Gap(2, 99.0, 99.0))
    bench.final()
    assert len(bench.windows) == 1


def test_terms_of_the_settings_are_in_every_prompt_before_the_others() -> None:
    bench = Bench(Listening(), given=("sayso", "Weitzman"))
    bench.partial()
    assert [window.vocabulary for window in bench.windows] == [
        ("sayso", "Weitzman"),
        ("sayso", "Weitzman", "kubectl"),
    ]


@pytest.mark.parametrize("given", [(), ("sayso",)])
def test_without_terms_nothing_is_decoded_twice(given: tuple[str, ...]) -> None:
    bench = Bench(Listening(), Term("entirely different"), given=given)
    bench.partial()
    bench.final()
    assert [window.vocabulary for window in bench.windows] == [given, given]
