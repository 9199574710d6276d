"""A model that is in memory only while it may be needed."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.daemon.engines.loads import Loads, Time
from tests.daemon.fakes import Decode, ReadingEngine, phrase, text_of

from sayso.engines import CheckStatus, Decoding, Window
from sayso.engines.drafted import DraftedEngine, draft_of
from sayso.engines.resident import Presence, ResidentEngine
from sayso.errors import EngineError, ModelError
from sayso.events import (
    Event,
    ListeningChanged,
    UtteranceDelivered,
    UtteranceDropped,
    UtteranceFailed,
    UtteranceHeld,
    UtteranceStarted,
)

WINDOW = Window(phrase(0, 3), 0)


class Bench:
    """A resident engine whose loads and time a test holds in its hands."""

    def __init__(self, unload_after_minutes: float | None = 5.0, engine: ReadingEngine | None = None) -> None:
        self.loads, self.time = Loads(), Time()
        self.is_needed = False
        self.resident = ResidentEngine(
            engine or ReadingEngine(),
            self.loads,
            unload_after_minutes,
            is_needed=lambda: self.is_needed,
            later=self.time.later,
        )
        self.resident.rest()

    @property
    def presence(self) -> Presence:
        return self.resident.presence

    def unloaded(self) -> Bench:
        """The same, after its model was unloaded."""
        self.time.let_pass(5)
        assert self.presence is Presence.UNLOADED
        return self


def said(decoding: Decoding) -> str:
    return "".join(word.text for word in decoding.words).strip()


def test_a_model_that_nobody_has_needed_for_so_long_is_unloaded_and_its_name_is_still_known() -> None:
    bench = Bench(5.0)
    bench.time.let_pass(4.9)
    assert bench.presence is Presence.LOADED
    bench.time.let_pass(0.1)
    assert bench.presence is Presence.UNLOADED
    known = (bench.resident.name, bench.resident.model.name, bench.resident.device)
    assert known == ("reading", "numbers", "cpu")
    assert bench.loads.tries == 0


def test_by_never_nothing_is_unloaded_and_nothing_waits() -> None:
    bench = Bench(None)
    bench.resident.watch(UtteranceDelivered(1))
    assert bench.time.waiting == []


def test_after_an_unload_a_recording_is_transcribed_and_a_check_made_on_the_engine_loaded_for_it() -> None:
    assert Bench().unloaded().resident.transcribe(WINDOW.audio, "en").text == text_of(3)
    assert Bench().unloaded().resident.self_check().status is CheckStatus.WORKS


@pytest.mark.parametrize(
    "end",
    [
        ListeningChanged(False),
        *(kind(1) for kind in (UtteranceDelivered, UtteranceDropped, UtteranceFailed, UtteranceHeld)),
    ],
)
def test_while_it_is_needed_it_stays_and_the_minutes_count_from_the_end_of_the_need(end: Event) -> None:
    bench = Bench(5.0)
    bench.is_needed = True
    bench.time.let_pass(60)
    bench.resident.watch(UtteranceHeld(0))  # an earlier one, while somebody speaks
    bench.time.let_pass(60)
    assert bench.presence is Presence.LOADED
    bench.is_needed = False
    bench.resident.watch(end)
    bench.time.let_pass(4.9)
    assert bench.presence is Presence.LOADED
    bench.time.let_pass(0.1)
    assert bench.presence is Presence.UNLOADED


def test_also_where_it_listens_all_the_time_it_is_unloaded_when_nobody_speaks_for_so_long() -> None:
    bench = Bench(5.0)
    bench.time.let_pass(4.9)
    bench.resident.watch(ListeningChanged(True))
    bench.time.let_pass(4.9)
    assert bench.presence is Presence.LOADED, "who has just begun to listen is about to speak"
    bench.time.let_pass(0.1)
    assert bench.presence is Presence.UNLOADED
    bench.resident.watch(UtteranceStarted(1, 0))
    assert bench.resident.session("en").partial(WINDOW).words


def test_during_a_decode_nothing_is_unloaded_and_the_minutes_count_from_its_end() -> None:
    bench = Bench()

    def long(_decode: Decode) -> None:
        bench.time.let_pass(60)
        bench.resident.watch(UtteranceDelivered(1))
        bench.time.let_pass(60)

    engine = ReadingEngine(before=long)
    bench.resident.replace(engine, bench.loads, 5.0)
    assert said(bench.resident.session("en").final(WINDOW)) == text_of(3)
    assert len(engine.decodes) == 1
    bench.time.let_pass(4.9)
    assert bench.presence is Presence.LOADED
    bench.unloaded()


@pytest.mark.parametrize("event", [ListeningChanged(True), UtteranceStarted(1, 0)])
def test_it_is_loaded_as_soon_as_somebody_is_about_to_speak_and_who_decodes_sooner_waits(event: Event) -> None:
    bench = Bench().unloaded()
    bench.loads.may_end.clear()
    bench.resident.watch(event)
    assert bench.loads.began.wait(10)
    assert bench.presence is Presence.LOADING
    with ThreadPoolExecutor() as pool:
        session = bench.resident.session("en")
        decodes = [pool.submit(session.partial, WINDOW), pool.submit(bench.resident.session("en").final, WINDOW)]
        assert not any(decode.done() for decode in decodes)
        bench.loads.may_end.set()
        assert [said(decode.result(10)) for decode in decodes] == [text_of(3)] * 2
    assert bench.presence is Presence.LOADED
    assert bench.loads.tries == 1


def test_what_is_there_is_not_loaded_again() -> None:
    bench = Bench()
    bench.resident.watch(ListeningChanged(True))
    bench.resident.session("en").partial(WINDOW)
    assert bench.loads.tries == 0


def test_a_model_that_was_loaded_for_nothing_is_unloaded_again() -> None:
    bench = Bench().unloaded()
    bench.resident.watch(ListeningChanged(True))
    with bench.resident.in_use():
        pass
    bench.unloaded()


def test_an_utterance_goes_on_after_an_unload_with_its_language() -> None:
    bench = Bench()
    session = bench.resident.session("de")
    session.partial(WINDOW)
    bench.unloaded()
    assert said(session.final(WINDOW)) == text_of(3)
    (engine,) = bench.loads.engines
    assert engine.sessions == ["de"]


def test_nothing_holds_an_engine_that_was_unloaded() -> None:
    engine = ReadingEngine()
    freed = weakref.ref(engine)
    bench = Bench(engine=engine)
    session = bench.resident.session("en")
    session.partial(WINDOW)
    del engine
    bench.unloaded()
    gc.collect()
    assert freed() is None


@pytest.mark.parametrize(
    ("error", "told"),
    [(ModelError("model.bin is missing"), "model.bin is missing"), (MemoryError("x"), "MemoryError")],
)
def test_a_load_that_fails_is_told_to_each_decode_and_tried_again_when_somebody_speaks_again(
    error: Exception, told: str
) -> None:
    bench = Bench().unloaded()
    bench.loads.error = error
    session = bench.resident.session("en")
    decodes: list[Callable[..., Decoding]] = [session.partial, session.final]
    for decode in decodes:
        with pytest.raises(EngineError, match=rf"'numbers' could not be loaded again: {told}$"):
            decode(WINDOW)
    assert bench.loads.tries == 1
    assert bench.presence is Presence.UNLOADED
    bench.loads.error = None
    bench.resident.watch(UtteranceStarted(2, 0))
    assert said(session.final(WINDOW)) == text_of(3)
    assert bench.loads.tries == 2


def test_with_other_settings_an_utterance_goes_on_with_its_engine_and_the_next_has_the_new_one() -> None:
    old, new = ReadingEngine(), ReadingEngine()
    bench = Bench(engine=old)
    session = bench.resident.session("en")
    session.partial(WINDOW)
    bench.resident.replace(new, bench.loads, 1.0)
    session.final(WINDOW)
    assert (len(old.decodes), len(new.decodes)) == (2, 0)
    bench.resident.session("en").final(WINDOW)
    assert (len(old.decodes), len(new.decodes)) == (2, 1)
    bench.time.let_pass(1)
    assert bench.presence is Presence.UNLOADED


def test_settings_that_need_no_other_engine_leave_it_where_it_is() -> None:
    bench = Bench().unloaded()
    others = Loads()
    bench.resident.replace(None, others, None)
    assert bench.presence is Presence.UNLOADED
    bench.resident.session("en").partial(WINDOW)
    assert (bench.loads.tries, others.tries) == (0, 1)
    assert bench.time.waiting == []


def test_an_engine_given_while_another_is_being_loaded_stays() -> None:
    bench, new = Bench().unloaded(), ReadingEngine()
    bench.loads.may_end.clear()
    bench.resident.need()
    assert bench.loads.began.wait(10)
    (loading,) = [thread for thread in threading.enumerate() if thread.name == "sayso-load"]
    bench.resident.replace(new, bench.loads, 5.0)
    bench.resident.session("en").partial(WINDOW)  # waits for nothing
    bench.loads.may_end.set()
    loading.join(10)
    bench.resident.session("en").partial(WINDOW)
    assert len(new.decodes) == 2
    assert not bench.loads.engines[0].decodes


def test_closing_waits_for_a_load_under_way_and_leaves_nothing_that_waits() -> None:
    bench = Bench().unloaded()
    bench.loads.may_end.clear()
    bench.resident.need()
    with ThreadPoolExecutor() as pool:
        closing = pool.submit(bench.resident.close)
        assert not closing.done()
        bench.loads.may_end.set()
        closing.result(10)
    assert bench.presence is Presence.LOADED
    assert not [one for one in bench.time.waiting if not one.is_cancelled]
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("sayso-")]


def test_by_the_wall_clock_it_is_unloaded_on_a_thread_of_its_own() -> None:
    resident = ResidentEngine(ReadingEngine(), Loads(), 0.0001, is_needed=lambda: False)
    resident.rest()
    (timer,) = [thread for thread in threading.enumerate() if thread.name == "sayso-unload"]
    timer.join(10)
    assert resident.presence is Presence.UNLOADED


def test_the_draft_of_the_engine_behind_it_is_known_also_while_that_is_unloaded() -> None:
    assert draft_of(Bench().resident) is None
    bench = Bench()
    draft = ReadingEngine()
    bench.resident.replace(DraftedEngine(ReadingEngine(), draft), bench.loads, 5.0)
    assert draft_of(bench.unloaded().resident) is draft.model
