"""An application's own model is loaded beside the usual one, and nobody waits for it."""

from __future__ import annotations

import threading
from dataclasses import replace

from tests.daemon.fakes import ReadingEngine

from sayso.engines import Engine
from sayso.errors import ModelError
from sayso.events import Event, Problem, ProblemName
from sayso.profiles import Profile
from sayso.profiles.models import EngineOfUtterance


class Store:
    """Models that are loaded when the test lets them. The last digit of an utterance says where it is said."""

    def __init__(self) -> None:
        self.usual = ReadingEngine()
        self.may_load = threading.Event()
        self.profiles = {
            1: Profile(),
            2: Profile(model="large"),
            3: Profile(model="small"),
            4: Profile(model="none"),
        }
        self.loaded: list[str] = []
        self.events: list[Event] = []
        self.engine_of = EngineOfUtterance(
            lambda: self.usual, self.load, lambda utterance: self.profiles[utterance % 10], self.events.append
        )

    def load(self, name: str) -> Engine:
        assert self.may_load.wait(10)
        self.loaded.append(name)
        if name == "none":
            raise ModelError("no model 'none' in the store")
        engine = ReadingEngine()
        engine.model = replace(engine.model, manifest=replace(engine.model.manifest, name=name))
        return engine

    def wait(self) -> None:
        """Until nothing is being loaded."""
        self.may_load.set()
        for thread in threading.enumerate():
            if thread.name == "sayso-other-model":
                thread.join(10)


def test_until_the_other_model_is_there_the_usual_one_serves() -> None:
    store = Store()
    assert store.engine_of(1) is store.usual
    assert store.engine_of(2) is store.usual
    assert store.engine_of(12) is store.usual
    store.wait()
    assert store.engine_of(22).model.name == "large"
    assert store.engine_of(11) is store.usual
    assert store.engine_of(32).model.name == "large"
    assert store.loaded == ["large"]


def test_an_utterance_stays_with_the_engine_that_it_began_with() -> None:
    """Its language may have been found by then, and the other model need not know that."""
    store = Store()
    assert store.engine_of(2) is store.usual
    store.wait()
    assert store.engine_of(2) is store.usual
    own = store.engine_of(12)
    assert own.model.name == "large"
    store.engine_of.forget()
    assert store.engine_of(12) is own
    assert store.engine_of(22) is store.usual


def test_one_other_model_is_kept_and_a_third_takes_its_place() -> None:
    store = Store()
    for utterance, name in ((2, "large"), (3, "small"), (22, "large")):
        store.engine_of(utterance)
        store.wait()
        assert store.engine_of(utterance + 10).model.name == name
    assert store.loaded == ["large", "small", "large"]


def test_a_model_that_cannot_be_used_is_told_once_and_the_usual_one_goes_on() -> None:
    store = Store()
    store.engine_of(4)
    store.wait()
    assert store.engine_of(14) is store.usual
    assert store.loaded == ["none"]
    (problem,) = store.events
    assert isinstance(problem, Problem)
    assert problem.name is ProblemName.CONFIG_INVALID
    assert "no model 'none'" in problem.message


def test_what_is_forgotten_is_loaded_anew() -> None:
    store = Store()
    store.engine_of(2)
    store.wait()
    store.engine_of.forget()
    assert store.engine_of(12) is store.usual
    store.wait()
    assert store.loaded == ["large", "large"]


def test_a_model_that_comes_when_it_is_no_longer_wanted_is_not_used() -> None:
    store = Store()
    store.engine_of(2)
    store.engine_of.forget()
    store.wait()
    assert store.engine_of(1) is store.usual
    assert store.engine_of._engine is None
