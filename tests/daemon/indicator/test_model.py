"""What the service tells becomes what there is to be seen."""

from __future__ import annotations

import pytest

from sayso.events import ProblemName, State
from sayso.indicator.client import signal_told, status_told
from sayso.indicator.model import (
    ASKED_SECONDS,
    LEVEL_STEPS,
    PROBLEM_CHARACTERS,
    SHOWN_SECONDS,
    TAIL_CHARACTERS,
    WHERE_TO,
    AwayTold,
    Facts,
    LevelTold,
    ProblemTold,
    ServiceGone,
    StateTold,
    StatusTold,
    TailTold,
    Teach,
    Told,
    changes_in,
    follow,
    level_steps,
    view,
)


def after(*told: Told, at: float = 0.0) -> Facts:
    """The facts after all of that was told at one time."""
    facts = Facts()
    for one in told:
        facts = follow(facts, one, at)
    return facts


def test_each_press_of_the_learn_key_in_vain_is_seen_anew() -> None:
    told = ProblemTold(ProblemName.NOT_LEARNT, "nothing was learnt")
    facts = follow(after(told), told, SHOWN_SECONDS + 5)
    seen = view(facts, SHOWN_SECONDS + 6)
    assert seen is not None
    assert seen.problem == "nothing was learnt"


@pytest.mark.parametrize("state", [State.IDLE, State.PAUSED])
def test_nothing_is_seen_while_nothing_is_done(state: State) -> None:
    assert view(after(StateTold(state)), 0) is None


@pytest.mark.parametrize("state", [State.LISTENING, State.SPEAKING, State.FINISHING])
def test_dictation_is_seen(state: State) -> None:
    seen = view(after(StateTold(state)), 0)
    assert seen is not None
    assert seen.words == f"sayso: {state.value}"


def test_who_wants_it_always_sees_it_idle_too() -> None:
    seen = view(after(StateTold(State.IDLE)), 0, is_always_shown=True)
    assert seen is not None
    assert seen.state is State.IDLE


def test_a_locked_screen_shows_nothing_of_what_is_still_being_said() -> None:
    facts = after(StateTold(State.FINISHING), TailTold("a secret"), AwayTold(True))
    assert view(facts, 0, is_always_shown=True) is None
    assert view(follow(facts, AwayTold(False), 1), 1) is not None


def test_while_the_service_is_paused_nothing_is_seen_not_even_what_is_wrong() -> None:
    """It is while the screen is locked, also by a locker that only the service has found."""
    moved = ProblemTold(ProblemName.FOCUS_MOVED, "the text waits for its window")
    facts = after(StateTold(State.SPEAKING), TailTold("a secret"), moved, StateTold(State.PAUSED))
    assert view(facts, 0, is_always_shown=True) is None
    assert view(follow(facts, StateTold(State.IDLE), 1), 1) is not None


def test_of_a_problem_that_goes_on_for_ever_the_beginning_is_seen_and_the_question_all_the_same() -> None:
    seen = view(after(ProblemTold("config-invalid", "x" * 1_000_000)), 0)
    assert seen is not None
    assert len(seen.problem) == PROBLEM_CHARACTERS
    assert seen.problem.endswith("…")
    seen = view(after(ProblemTold(ProblemName.FOCUS_MOVED, "x" * 1_000_000)), 0)
    assert seen is not None
    assert seen.problem.endswith(WHERE_TO)


def test_a_service_that_is_gone_shows_nothing_and_leaves_no_tail_behind() -> None:
    facts = after(StateTold(State.SPEAKING), TailTold("what was said"), ServiceGone())
    assert view(facts, 0, is_always_shown=True) is None
    assert follow(facts, StateTold(State.LISTENING), 1).tail == ""


def test_the_end_of_the_tail_is_seen_and_that_more_stood_before_it() -> None:
    facts = after(StateTold(State.SPEAKING), TailTold("x" * 10 + " " + "y" * TAIL_CHARACTERS))
    seen = view(facts, 0)
    assert seen is not None
    assert (seen.tail, seen.is_cut) == ("y" * TAIL_CHARACTERS, True)
    short = view(follow(facts, TailTold(" two\nlines "), 0), 0)
    assert short is not None
    assert (short.tail, short.is_cut) == ("two lines", False)


def test_the_tail_is_gone_when_dictation_is_over() -> None:
    assert after(StateTold(State.SPEAKING), TailTold("and"), StateTold(State.IDLE)).tail == ""


def test_words_for_screen_readers_and_window_lists_never_have_what_was_dictated() -> None:
    seen = view(after(StateTold(State.SPEAKING), TailTold("a secret"), ProblemTold("card-unused", "slow")), 0)
    assert seen is not None
    assert seen.words == "sayso: speaking, slow"


@pytest.mark.parametrize(("dbfs", "steps"), [(-120, 0), (-60, 0), (-33, LEVEL_STEPS // 2), (-6, 20), (0, 20)])
def test_the_meter_goes_from_a_quiet_room_to_nearly_clipped(dbfs: float, steps: int) -> None:
    assert level_steps(dbfs) == steps


def test_the_meter_is_empty_when_nobody_is_listened_to() -> None:
    facts = after(StateTold(State.SPEAKING), LevelTold(-10), StateTold(State.FINISHING))
    seen = view(facts, 0)
    assert seen is not None
    assert seen.level == 0


# ── problems ──────────────────────────────────────────────────────────────────────────────────────


def test_a_problem_is_seen_for_a_while_though_nothing_is_done() -> None:
    facts = after(StateTold(State.IDLE), ProblemTold("microphone-moved", "it moved"))
    seen = view(facts, SHOWN_SECONDS - 0.1)
    assert seen is not None
    assert seen.problem == "it moved"
    assert changes_in(facts, 1) == SHOWN_SECONDS - 1
    assert view(facts, SHOWN_SECONDS + 0.1) is None
    assert changes_in(facts, SHOWN_SECONDS + 0.1) is None


def test_a_problem_that_is_told_again_is_not_seen_anew() -> None:
    facts = after(StateTold(State.IDLE), ProblemTold("bus-lost", "gone"))
    facts = follow(facts, StatusTold(State.IDLE, {"bus-lost": "gone"}), 8)
    assert view(facts, SHOWN_SECONDS + 1) is None
    other = follow(facts, ProblemTold("bus-lost", "gone for good"), 8)
    assert view(other, SHOWN_SECONDS + 1) is not None


def test_a_problem_that_is_not_told_any_more_is_over() -> None:
    facts = after(ProblemTold("bus-lost", "gone"), StatusTold(State.IDLE, {}))
    assert facts.problems == {}


def test_who_dictates_into_a_microphone_that_was_lost_sees_it_for_as_long_as_it_is() -> None:
    facts = after(StateTold(State.LISTENING), ProblemTold("microphone-lost", "gone"), StateTold(State.PROBLEM))
    seen = view(facts, 10_000)
    assert seen is not None
    assert seen.problem == "gone"


def test_text_that_waits_asks_where_to_go_before_other_problems_are_told() -> None:
    moved = ProblemTold(ProblemName.FOCUS_MOVED, "the text waits for its window")
    facts = follow(after(StateTold(State.IDLE), moved), ProblemTold("card-unused", "slow"), 1)
    seen = view(facts, ASKED_SECONDS - 1)
    assert seen is not None
    assert seen.problem == f"the text waits for its window. {WHERE_TO}"


# ── the bus ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("member", "signature", "body", "told"),
    [
        ("StateChanged", "s", ["speaking"], StateTold(State.SPEAKING)),
        ("StateChanged", "s", ["asleep"], None),
        ("HypothesisChanged", "tss", [3, "stands", "moves"], TailTold("moves")),
        ("UtteranceFinished", "tsd", [3, "all", 1.5], TailTold("")),
        ("Problem", "ss", ["bus-lost", "gone"], ProblemTold("bus-lost", "gone")),
        ("Problem", "s", ["bus-lost"], None),
        ("Committed", "ts", [3, "stands"], None),
    ],
)
def test_signals_tell_what_they_say_and_strangers_nothing(
    member: str, signature: str, body: list[object], told: Told | None
) -> None:
    assert signal_told(member, signature, body) == told


def test_a_status_without_a_state_that_is_known_tells_nothing() -> None:
    assert status_told({"state": "asleep", "problems": {}}) is None
    assert status_told({"state": "idle"}) is None
    assert status_told({"state": "idle", "problems": {"a": "b"}}) == StatusTold(State.IDLE, {"a": "b"})


def test_the_teach_light_is_unlit_until_the_service_knows() -> None:
    assert after(StatusTold(State.IDLE, {})).teach is Teach.UNKNOWN
    told = status_told({"state": "idle", "problems": {}, "teach": "yes"})
    assert told is not None
    assert after(told).teach is Teach.YES


def test_the_question_and_what_was_recovered_are_offered_while_the_service_tells_of_them() -> None:
    told = status_told({"state": "idle", "problems": {}, "learning": "asking", "recovered": 2})
    assert told is not None
    assert set(told.offers) == {"learning", "recovered"}
    assert "sayso learning on" in told.offers["learning"]
    assert told.offers["recovered"].startswith("2 of an earlier run")


@pytest.mark.parametrize("learning", ["on", "off", "unanswered", None, 7])
def test_nothing_is_offered_otherwise(learning: object) -> None:
    told = status_told({"state": "idle", "problems": {}, "learning": learning, "recovered": 0})
    assert told is not None
    assert told.offers == {}


def test_an_offer_is_nothing_that_is_wrong_and_nothing_to_be_seen_in_the_overlay() -> None:
    facts = after(StatusTold(State.IDLE, {}, offers={"learning": "may it?"}))
    assert facts.offers["learning"].message == "may it?"
    assert view(facts, 100.0) is None
    assert after(ServiceGone()).offers == {}
