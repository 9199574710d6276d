"""A card that fails: the utterance goes on on the CPU, which is told, and the card is tried again later."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from tests.daemon.fakes import Decode, ReadingEngine, phrase

from sayso import loading
from sayso.config import Settings
from sayso.engines import Engine, EngineOptions, Window
from sayso.engines.failover import RETRY_SECONDS, FailoverEngine
from sayso.engines.resident import ResidentEngine
from sayso.errors import EngineError, ModelError
from sayso.events import Event, Problem, ProblemCleared, ProblemName
from sayso.models import Model


class Desk:
    """An engine on a card that can be broken, and time that stands still until it is told to pass."""

    def __init__(self) -> None:
        self.card, self.cpu = ReadingEngine(), ReadingEngine()
        self.card.device = "cuda"  # type: ignore[misc]
        self.told: list[Event] = []
        self.over = threading.Event()
        self.seconds = 0.0
        self.new_card: Callable[[], Engine] = self.working_card
        self.tries = 0
        self.engine = FailoverEngine(self.card, lambda: self.cpu, self.again, self.tell, now=lambda: self.seconds)

    def tell(self, event: Event) -> None:
        self.told.append(event)
        if isinstance(event, ProblemCleared):
            self.over.set()

    def again(self) -> Engine:
        self.tries += 1
        return self.new_card()

    def working_card(self) -> Engine:
        card = ReadingEngine()
        card.device = "cuda"  # type: ignore[misc]
        return card

    def break_card(self) -> None:
        def fault(decode: Decode) -> None:
            raise RuntimeError("CUDA failed with error an illegal memory access was encountered")

        self.card.before = fault


@pytest.fixture
def desk() -> Desk:
    return Desk()


SPOKEN = Window(phrase(1, 3), 0)


def test_while_the_card_works_the_cpu_has_nothing_to_do(desk: Desk) -> None:
    session = desk.engine.session("en")
    session.partial(SPOKEN)
    session.final(SPOKEN)
    assert len(desk.card.decodes) == 2
    assert desk.cpu.sessions == []
    assert desk.engine.device == "cuda"
    assert desk.told == []


@pytest.mark.parametrize("which", ["partial", "final"])
def test_a_fault_in_mid_utterance_is_decoded_again_on_the_cpu_and_told_once(desk: Desk, which: str) -> None:
    expected = desk.cpu.session("en").final(SPOKEN).words
    session = desk.engine.session("en")
    session.partial(SPOKEN)
    desk.break_card()
    assert getattr(session, which)(SPOKEN).words == expected
    assert session.final(SPOKEN).words == expected
    assert desk.engine.session("en").final(SPOKEN).words == expected
    assert desk.engine.device == "cpu"
    (problem,) = desk.told
    assert isinstance(problem, Problem)
    assert problem.name is ProblemName.CARD_FAILED
    assert problem.message.startswith("'numbers' failed on cuda (RuntimeError): the CPU goes on, nothing is lost.")
    assert "illegal memory" not in problem.message


def test_a_recording_is_transcribed_a_second_time(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def fault(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(desk.card, "transcribe", fault, raising=False)
    assert desk.engine.transcribe(SPOKEN.audio, "en") == desk.cpu.transcribe(SPOKEN.audio, "en")


def test_the_card_is_tried_again_after_a_while_and_the_next_utterance_goes_back_to_it(desk: Desk) -> None:
    desk.break_card()
    begun = desk.engine.session("en")
    begun.partial(SPOKEN)
    desk.seconds = RETRY_SECONDS - 1
    desk.engine.session("en")
    assert desk.tries == 0
    desk.seconds = RETRY_SECONDS
    desk.engine.session("en")
    assert desk.over.wait(5)
    assert desk.engine.device == "cuda"
    assert desk.told[-1] == ProblemCleared(ProblemName.CARD_FAILED)
    before = len(desk.cpu.decodes)
    begun.final(SPOKEN)
    assert len(desk.cpu.decodes) == before + 1, "what was begun on the CPU ends there"
    assert desk.engine.session("en").final(SPOKEN).words


def test_a_card_that_still_fails_is_tried_no_more_often(desk: Desk) -> None:
    tried = threading.Event()

    def still_broken() -> Engine:
        tried.set()
        raise EngineError("still broken")

    desk.new_card = still_broken
    desk.break_card()
    desk.engine.session("en").partial(SPOKEN)
    desk.seconds = RETRY_SECONDS
    desk.engine.session("en")
    assert tried.wait(5)
    for thread in [one for one in threading.enumerate() if one.name == "sayso-card"]:
        thread.join(5)
    desk.engine.session("en")
    assert desk.tries == 1
    assert desk.engine.device == "cpu"


def test_where_the_cpu_fails_too_the_utterance_fails_as_on_any_engine(desk: Desk) -> None:
    def fault(decode: Decode) -> None:
        raise RuntimeError("nothing works today")

    desk.break_card()
    desk.cpu.before = fault
    with pytest.raises(RuntimeError, match="nothing works today"):
        desk.engine.session("en").final(SPOKEN)


def test_a_fault_of_the_model_is_no_fault_of_the_card(desk: Desk) -> None:
    def fault(decode: Decode) -> None:
        raise ModelError("does not know this language")

    desk.card.before = fault
    with pytest.raises(ModelError):
        desk.engine.session("en").final(SPOKEN)
    assert desk.engine.device == "cuda"
    assert desk.told == []


def test_who_asks_for_the_device_is_told_where_it_runs_now(desk: Desk) -> None:
    resident = ResidentEngine(desk.engine, lambda: desk.engine, None, is_needed=lambda: False)
    assert resident.device == "cuda"
    desk.break_card()
    resident.session("en").partial(SPOKEN)
    assert resident.device == "cpu"


def test_an_engine_on_a_card_is_loaded_with_the_cpu_behind_it(
    default_settings: Settings, monkeypatch: pytest.MonkeyPatch, tiny: Model
) -> None:
    asked: list[EngineOptions] = []

    def fault(decode: Decode) -> None:
        raise RuntimeError

    def load(name: str, model: Model, options: EngineOptions) -> Engine:
        asked.append(options)
        engine = ReadingEngine()
        engine.device = "cpu" if options.device == "cpu" else "cuda"  # type: ignore[misc]
        if engine.device == "cuda":
            engine.before = fault
        return engine

    monkeypatch.setattr(loading, "load_engine", load)
    told: list[Event] = []
    wanted = replace(default_settings.engine, model=str(tiny.folder), compute_type="float16")
    engine = loading.engine_from(replace(default_settings, engine=wanted), tell=told.append)
    assert engine.device == "cuda"
    assert engine.session("en").final(SPOKEN).words
    assert engine.device == "cpu"
    assert [options.device for options in asked] == ["auto", "cpu"]
    assert asked[1].compute_type is None, "float16 is slow, or unknown, on a CPU"
    assert [type(event) for event in told] == [Problem]
