"""How likely an engine holds a text to be, whatever it is wrapped in."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from tests.daemon.engines.loads import Loads
from tests.daemon.fakes import ReadingEngine, phrase

from sayso.audio import Pcm
from sayso.engines import Decoding, Engine, Scored, Session, Window, score
from sayso.engines.ctranslate2 import CTranslate2Engine
from sayso.engines.drafted import DraftedEngine
from sayso.engines.failover import FailoverEngine
from sayso.engines.resident import ResidentEngine

SAID = "Hello, you are watching dictation as it happens."
OTHER = "Hello, you are washing dictation as it happens."


class BrokenSession:
    """Fails as a card does."""

    def partial(self, window: Window) -> Decoding:
        raise RuntimeError("CUDA error")

    final = partial

    def score(self, window: Window, texts: Sequence[str]) -> tuple[Scored, ...] | None:
        raise RuntimeError("CUDA error")


class Broken(ReadingEngine):
    """An engine on a card that has failed."""

    def session(self, language: str | None) -> Session:
        return BrokenSession()


@pytest.fixture
def window(demo: Pcm) -> Window:
    """The beginning of the sample that ships with the package."""
    return Window(demo[: round(3.7 * 16_000)], 0)


def test_what_is_said_is_likelier_than_what_is_not(engine: CTranslate2Engine, window: Window) -> None:
    scored = score(engine.session("en"), window, (SAID, OTHER))
    assert scored is not None
    right, wrong = scored
    assert len(right.tokens) == len(right.log_probabilities)
    assert max(right.log_probabilities) <= 0.0
    assert sum(right.log_probabilities) > sum(wrong.log_probabilities) + 2.0
    before = next(n for n, (a, b) in enumerate(zip(right.tokens, wrong.tokens, strict=False)) if a != b)
    assert right.log_probabilities[:before] == pytest.approx(wrong.log_probabilities[:before], abs=0.02)


def test_of_a_text_that_is_longer_than_what_can_be_said_in_a_window_it_cannot_be_told(
    engine: CTranslate2Engine, window: Window
) -> None:
    assert score(engine.session("en"), window, (SAID, "no " * 500)) is None


def test_an_engine_that_does_not_score_says_so() -> None:
    assert score(ReadingEngine().session("en"), Window(phrase(0, 3), 0), ("one",)) is None


def test_engines_around_another_ask_the_one_that_has_the_last_word(
    engine: CTranslate2Engine, window: Window
) -> None:
    alone = score(engine.session("en"), window, (SAID,))
    assert alone is not None
    around: tuple[Engine, ...] = (
        DraftedEngine(engine, ReadingEngine()),
        FailoverEngine(engine, lambda: engine, lambda: engine, lambda _: None),
        FailoverEngine(Broken(), lambda: engine, lambda: engine, lambda _: None),
        ResidentEngine(engine, Loads(), None, is_needed=lambda: False),
    )
    for one in around:
        assert score(one.session("en"), window, (SAID,)) == alone
    assert score(DraftedEngine(ReadingEngine(), engine).session("en"), window, (SAID,)) is None
